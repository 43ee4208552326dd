import * as pulumi from "@pulumi/pulumi";
import type { OnConflict, OnSoftDeleted, Renewal } from "../lifecycle/wanted";
import type { Signer } from "../signers/request";
import type { CertificatePolicy } from "../vault/model";
import type { CertificateArgs, SignerArgs } from "./certificate-args";
import { demandResolvable, hasType, hiddenInputs, seedsOf, typeToken, vaultUrlOf } from "./hidden-inputs";

const seeds = seedsOf([
  "versionlessId",
  "versionlessSecretId",
  "certificateId",
  "secretId",
  "keyId",
  "version",
  "thumbprint",
  "thumbprintSha256",
  "certificatePem",
  "csrPem",
  "status",
  "statusDetails",
  "requestId",
  "operationError",
  "notBefore",
  "expiresOn",
  "createdOn",
  "updatedOn",
  "serialNumber",
]);

const className = "Certificate";

/**
 * A certificate of an Azure Key Vault: requested by policy, followed until its request ends, and kept in step with the
 * program. A changed policy is a new version under the same name; only another vault or another name replaces it.
 *
 * The outputs of a version (`certificateId` to `certificatePem`, `notBefore` to `serialNumber`) are null while no version has been
 * issued, and stay those of the current version while a new one is pending.
 *
 * @see https://learn.microsoft.com/azure/key-vault/certificates/create-certificate-scenarios
 */
export class Certificate extends pulumi.CustomResource {
  /** @internal */
  static readonly __pulumiType = typeToken(className);

  /** True for a certificate of this class, whichever copy of this package made it. */
  static override isInstance(value: unknown): value is Certificate {
    return hasType(value, Certificate.__pulumiType);
  }

  /** `https://{vault}/certificates/{name}`: known in a preview. */
  declare readonly versionlessId: pulumi.Output<string>;
  /** `https://{vault}/secrets/{name}`, for whoever wants the newest version: known in a preview. */
  declare readonly versionlessSecretId: pulumi.Output<string>;
  /** `https://{vault}/certificates/{name}/{version}`. */
  declare readonly certificateId: pulumi.Output<string | null>;
  /** `https://{vault}/secrets/{name}/{version}`. */
  declare readonly secretId: pulumi.Output<string | null>;
  /** `https://{vault}/keys/{name}/{version}`. */
  declare readonly keyId: pulumi.Output<string | null>;
  /** 32 hexadecimal digits. */
  declare readonly version: pulumi.Output<string | null>;
  /** SHA-1 of the certificate, upper-case hexadecimal. */
  declare readonly thumbprint: pulumi.Output<string | null>;
  /** SHA-256 of the certificate, upper-case hexadecimal. */
  declare readonly thumbprintSha256: pulumi.Output<string | null>;
  /** The certificate itself, without its chain, in PEM (RFC 7468). */
  declare readonly certificatePem: pulumi.Output<string | null>;
  /**
   * The certificate signing request (RFC 2986) in PEM. Do not order from it in a callback: `csrPem.apply(order)` runs in every
   * preview and in every `up`.
   */
  declare readonly csrPem: pulumi.Output<string | null>;
  /** Of the last request: `inProgress`, `completed`, `cancelled` or `failed`. */
  declare readonly status: pulumi.Output<string>;
  /** The service's words on the last request, while it is in progress or has failed. */
  declare readonly statusDetails: pulumi.Output<string | null>;
  /** Of the last request: 32 hexadecimal digits. */
  declare readonly requestId: pulumi.Output<string | null>;
  /** The issuer's words, where the last request failed. */
  declare readonly operationError: pulumi.Output<{ code?: string; message?: string } | null>;
  /** RFC 3339, UTC. */
  declare readonly notBefore: pulumi.Output<string | null>;
  /** RFC 3339, UTC. */
  declare readonly expiresOn: pulumi.Output<string | null>;
  /** RFC 3339, UTC. */
  declare readonly createdOn: pulumi.Output<string | null>;
  /** RFC 3339, UTC. */
  declare readonly updatedOn: pulumi.Output<string | null>;
  /** Upper-case hexadecimal. */
  declare readonly serialNumber: pulumi.Output<string | null>;

  declare readonly vaultUrl: pulumi.Output<string>;
  declare readonly certificateName: pulumi.Output<string>;
  declare readonly policy: pulumi.Output<CertificatePolicy>;
  declare readonly enabled: pulumi.Output<boolean>;
  declare readonly tags: pulumi.Output<Record<string, string> | undefined>;
  declare readonly preserveCertificateOrder: pulumi.Output<boolean | undefined>;
  declare readonly chain: pulumi.Output<string | string[] | undefined>;
  declare readonly signer: pulumi.Output<Signer | undefined>;
  declare readonly reissue: pulumi.Output<unknown>;
  declare readonly adopt: pulumi.Output<boolean | undefined>;
  declare readonly waitForCompletion: pulumi.Output<boolean | undefined>;
  declare readonly purgeOnDelete: pulumi.Output<boolean | undefined>;
  declare readonly onConflict: pulumi.Output<OnConflict | undefined>;
  declare readonly onSoftDeleted: pulumi.Output<OnSoftDeleted | undefined>;
  declare readonly renewal: pulumi.Output<Renewal | undefined>;
  declare readonly ownershipTag: pulumi.Output<boolean | undefined>;

  constructor(name: string, args: CertificateArgs, options?: pulumi.CustomResourceOptions) {
    demandResolvable();
    super(
      typeToken(className),
      name,
      {
        ...seeds,
        ...args,
        ...signerOf(args),
        vaultUrl: vaultUrlOf(args.vaultUrl),
        certificateName: args.certificateName ?? name,
        ...hiddenInputs(className, name, options),
      },
      options,
    );
  }
}

/** The environment of a signer often holds a CA's password: it is a secret whether the program says so or not. */
function signerOf({ signer }: CertificateArgs): { signer?: pulumi.Input<SignerArgs> } {
  if (signer === undefined) return {};
  const { env, ...others } = signer;
  return { signer: { ...others, ...(env === undefined ? {} : { env: pulumi.secret(env) }) } };
}
