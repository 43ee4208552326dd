import * as pulumi from "@pulumi/pulumi";
import type { LifetimeAction } from "../vault/model";
import type { CertificateArgs } from "./certificate-args";
import type { LifetimeActionArgs } from "./certificate-policy";
import { CertificateRequest } from "./certificate-request";
import { demandResolvable, hasType, hiddenInputs, seedsOf, typeToken } from "./hidden-inputs";

/** What a program says of a merge. */
export interface CertificateMergeArgs extends Pick<CertificateArgs, "enabled" | "tags"> {
  /** The request whose CSR was signed. Vault and name are its. */
  request: CertificateRequest;
  /**
   * What the CA has signed for `request.csrPem`, with the intermediates, in any order: a PEM bundle, DER in base64, PKCS#7 in PEM or
   * base64, or a list of any of them.
   */
  chain: pulumi.Input<string | pulumi.Input<string>[]>;
  /** What Key Vault does when the version nears its end. Default: `EmailContacts` at 80 % of the lifetime. Changed in place. */
  lifetimeActions?: pulumi.Input<pulumi.Input<LifetimeActionArgs>[]>;
}

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
  "status",
  "notBefore",
  "expiresOn",
  "createdOn",
  "updatedOn",
  "serialNumber",
]);

const className = "CertificateMerge";

/**
 * The signed half of a `CertificateRequest`: checks the chain, merges it into the pending request, and keeps tags, enabled flag and
 * lifetime actions. A new CSR comes with a new chain through the graph, in the same `up`; the old version stays current until
 * it is merged. A delete leaves the certificate to its request.
 *
 * @see https://learn.microsoft.com/rest/api/keyvault/certificates/merge-certificate/merge-certificate (api-version 2025-07-01)
 */
export class CertificateMerge extends pulumi.CustomResource {
  /** @internal */
  static readonly __pulumiType = typeToken(className);

  /** True for a merge of this class, whichever copy of this package made it. */
  static override isInstance(value: unknown): value is CertificateMerge {
    return hasType(value, CertificateMerge.__pulumiType);
  }

  /** `https://{vault}/certificates/{name}`: known in a preview. */
  declare readonly versionlessId: pulumi.Output<string>;
  /** `https://{vault}/secrets/{name}`, for whoever wants the newest version: known in a preview. */
  declare readonly versionlessSecretId: pulumi.Output<string>;
  /** `https://{vault}/certificates/{name}/{version}`. */
  declare readonly certificateId: pulumi.Output<string>;
  /** `https://{vault}/secrets/{name}/{version}`. */
  declare readonly secretId: pulumi.Output<string>;
  /** `https://{vault}/keys/{name}/{version}`. */
  declare readonly keyId: pulumi.Output<string>;
  /** 32 hexadecimal digits. */
  declare readonly version: pulumi.Output<string>;
  /** SHA-1 of the certificate, upper-case hexadecimal. */
  declare readonly thumbprint: pulumi.Output<string>;
  /** SHA-256 of the certificate, upper-case hexadecimal. */
  declare readonly thumbprintSha256: pulumi.Output<string>;
  /** The certificate itself, without its chain, in PEM (RFC 7468). */
  declare readonly certificatePem: pulumi.Output<string>;
  /** `completed`, or `inProgress` while the chain could not be merged. */
  declare readonly status: pulumi.Output<string>;
  /** RFC 3339, UTC. */
  declare readonly notBefore: pulumi.Output<string>;
  /** RFC 3339, UTC. */
  declare readonly expiresOn: pulumi.Output<string>;
  /** RFC 3339, UTC. */
  declare readonly createdOn: pulumi.Output<string>;
  /** RFC 3339, UTC. */
  declare readonly updatedOn: pulumi.Output<string>;
  /** Upper-case hexadecimal. */
  declare readonly serialNumber: pulumi.Output<string>;

  declare readonly vaultUrl: pulumi.Output<string>;
  declare readonly certificateName: pulumi.Output<string>;
  /** Of the request: 32 hexadecimal digits. */
  declare readonly requestId: pulumi.Output<string>;
  declare readonly chain: pulumi.Output<string | string[]>;
  declare readonly enabled: pulumi.Output<boolean>;
  declare readonly tags: pulumi.Output<Record<string, string> | undefined>;
  declare readonly lifetimeActions: pulumi.Output<LifetimeAction[] | undefined>;
  declare readonly ownershipTag: pulumi.Output<boolean | undefined>;

  constructor(name: string, args: CertificateMergeArgs, options?: pulumi.CustomResourceOptions) {
    demandResolvable();
    const { request, ...others } = args;
    if (!CertificateRequest.isInstance(request))
      throw new TypeError(
        `CertificateMerge "${name}": request must be a CertificateRequest, got ${typeof request}; make one with new CertificateRequest(…) and give it here`,
      );
    const { vaultUrl, certificateName, requestId, ownershipTag, __mark } = request;
    super(
      typeToken(className),
      name,
      {
        ...seeds,
        ...others,
        vaultUrl,
        certificateName,
        requestId,
        ownershipTag,
        __mark,
        ...hiddenInputs(className, name, options),
      },
      options,
    );
  }
}
