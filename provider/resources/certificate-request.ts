import * as pulumi from "@pulumi/pulumi";
import type { OnConflict, OnSoftDeleted, Renewal } from "../lifecycle/wanted";
import type { CertificatePolicy } from "../vault/model";
import type { CertificateArgs } from "./certificate-args";
import type { CertificatePolicyArgs } from "./certificate-policy";
import { demandResolvable, hasType, hiddenInputs, seedsOf, typeToken, vaultUrlOf } from "./hidden-inputs";

/** What a CSR is made from. The issuer is always `Unknown`; lifetime actions are the `CertificateMerge`'s. */
export type CertificateRequestPolicyArgs = Omit<
  CertificatePolicyArgs,
  "issuerName" | "lifetimeActions" | "certificateType" | "certificateTransparency"
>;

/** What a program says of a request. */
export interface CertificateRequestArgs extends Pick<
  CertificateArgs,
  | "vaultUrl"
  | "certificateName"
  | "preserveCertificateOrder"
  | "reissue"
  | "adopt"
  | "purgeOnDelete"
  | "onConflict"
  | "onSoftDeleted"
  | "renewal"
  | "ownershipTag"
> {
  /** What the CSR is made from. Any change is a new CSR. */
  policy: pulumi.Input<CertificateRequestPolicyArgs>;
}

const seeds = seedsOf([
  "versionlessId",
  "versionlessSecretId",
  "csrPem",
  "status",
  "statusDetails",
  "requestId",
  "operationError",
  "version",
  "notBefore",
  "expiresOn",
  "__mark",
]);

const className = "CertificateRequest";

/**
 * A certificate that is signed elsewhere, as far as its CSR: it owns the certificate, and gives the CSR to a CA that is a Pulumi
 * resource itself. A `CertificateMerge` takes what that signs. Every update is a new CSR, and nothing else is; what does not change
 * the CSR (tags, enabled, lifetime actions) is the merge's.
 *
 * `version`, `notBefore`, `expiresOn` and `status` are what the last refresh has seen: the merge comes after.
 *
 * @see https://learn.microsoft.com/azure/key-vault/certificates/create-certificate-signing-request
 */
export class CertificateRequest extends pulumi.CustomResource {
  /** @internal */
  static readonly __pulumiType = typeToken(className);

  /** True for a request of this class, whichever copy of this package made it. */
  static override isInstance(value: unknown): value is CertificateRequest {
    return hasType(value, CertificateRequest.__pulumiType);
  }

  /** `https://{vault}/certificates/{name}`: known in a preview. */
  declare readonly versionlessId: pulumi.Output<string>;
  /** `https://{vault}/secrets/{name}`: known in a preview. */
  declare readonly versionlessSecretId: pulumi.Output<string>;
  /**
   * The certificate signing request (RFC 2986) in PEM, for the CA's resource. Not for a callback: `csrPem.apply(order)` would order in
   * every preview and in every `up`.
   */
  declare readonly csrPem: pulumi.Output<string>;
  /** `inProgress`, `completed`, `cancelled` or `failed`. */
  declare readonly status: pulumi.Output<string>;
  declare readonly statusDetails: pulumi.Output<string | null>;
  /** 32 hexadecimal digits. */
  declare readonly requestId: pulumi.Output<string>;
  declare readonly operationError: pulumi.Output<{ code?: string; message?: string } | null>;
  /** 32 hexadecimal digits. */
  declare readonly version: pulumi.Output<string | null>;
  /** RFC 3339, UTC. */
  declare readonly notBefore: pulumi.Output<string | null>;
  /** RFC 3339, UTC. */
  declare readonly expiresOn: pulumi.Output<string | null>;
  /** @internal What a merge writes into the owner's tag of the version that answers this request. */
  declare readonly __mark: pulumi.Output<string>;

  declare readonly vaultUrl: pulumi.Output<string>;
  declare readonly certificateName: pulumi.Output<string>;
  declare readonly policy: pulumi.Output<Omit<CertificatePolicy, "issuerName">>;
  declare readonly preserveCertificateOrder: pulumi.Output<boolean | undefined>;
  declare readonly reissue: pulumi.Output<unknown>;
  declare readonly adopt: pulumi.Output<boolean | undefined>;
  declare readonly purgeOnDelete: pulumi.Output<boolean | undefined>;
  declare readonly onConflict: pulumi.Output<OnConflict | undefined>;
  declare readonly onSoftDeleted: pulumi.Output<OnSoftDeleted | undefined>;
  declare readonly renewal: pulumi.Output<Renewal | undefined>;
  declare readonly ownershipTag: pulumi.Output<boolean | undefined>;

  constructor(name: string, args: CertificateRequestArgs, options?: pulumi.CustomResourceOptions) {
    demandResolvable();
    super(
      typeToken(className),
      name,
      {
        ...seeds,
        ...args,
        vaultUrl: vaultUrlOf(args.vaultUrl),
        certificateName: args.certificateName ?? name,
        ...hiddenInputs(className, name, options),
      },
      options,
    );
  }
}
