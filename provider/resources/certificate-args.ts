import type { Input } from "@pulumi/pulumi";
import type { OnConflict, OnSoftDeleted } from "../lifecycle/wanted";
import type { CertificatePolicyArgs } from "./certificate-policy";

export type { OnConflict, OnSoftDeleted } from "../lifecycle/wanted";

/** When a certificate is due for a new version. Exactly one of the two. */
export interface RenewalArgs {
  /** Days before the end of the current version: 1 to 27 times `validityInMonths`. */
  daysBeforeExpiry?: Input<number>;
  /** Percentage of the current version's lifetime: 1 to 99. */
  lifetimePercentage?: Input<number>;
}

/** A program that has the CSR of an `Unknown` certificate signed. */
export interface SignerArgs {
  /**
   * The program and its arguments, each taken literally: no shell reads them. A path is relative to the folder of the Pulumi program. It
   * gets the CSR (PEM) on stdin and writes the chain on stdout; what it writes on stderr is shown. Environment variables that begin with
   * `KEYVAULT_CERTIFICATE_` tell it what for; `KEYVAULT_CERTIFICATE_IDEMPOTENCY_KEY` stays the same for one request.
   */
  command: Input<string>[];
  /** Variables beside those of the process, and over them. Kept as secrets. */
  env?: Input<Record<string, Input<string>>>;
  /** Seconds that one run may take. Default: 600. */
  timeoutSeconds?: Input<number>;
}

/** What a program says of one certificate. */
export interface CertificateArgs {
  /**
   * URL of the vault, such as `https://contoso.vault.azure.net`. Default: the configuration value `keyvault:vaultUrl`, else the
   * environment variable `AZURE_KEYVAULT_URL`. Another vault replaces the certificate.
   */
  vaultUrl?: Input<string>;
  /** Name in the vault: 1 to 127 letters, digits and dashes. Default: the resource's name. Another name replaces the certificate. */
  certificateName?: Input<string>;
  /** How the certificate is made. */
  policy: Input<CertificatePolicyArgs>;
  /** Whether the version may be used. Default: true. */
  enabled?: Input<boolean>;
  /** At most 15, and 14 beside the owner's tag. Changed in place. */
  tags?: Input<Record<string, Input<string>>>;
  /** Keep the order of the certificates of a chain in the linked secret. Default: false. */
  preserveCertificateOrder?: Input<boolean>;
  /**
   * The signed chain of an `Unknown` certificate, in any order: a PEM bundle, DER in base64, PKCS#7 in PEM or base64, or a
   * list of any of them. Merged once its leaf answers the CSR; left alone where its leaf is the current version.
   */
  chain?: Input<string | Input<string>[]>;
  /**
   * Has an `Unknown` certificate signed within the same `up`: asked with the CSR of the pending request, and again with the same CSR by
   * the next `up` where it failed. Not beside `chain`.
   */
  signer?: SignerArgs;
  /** Any change of this value issues a new version under the same name. */
  reissue?: Input<unknown>;
  /** Take over a certificate of that name that another stack, or nobody, owns. Default: false. */
  adopt?: Input<boolean>;
  /**
   * Whether the resource is done only when the request is completed. Default: true for Self and integrated issuers; for issuer
   * `Unknown` a request that waits for its chain is a success, and true makes it a failure, so that dependants do not run.
   */
  waitForCompletion?: Input<boolean>;
  /** Whether a delete also purges the certificate, so that its name is free at once. Default: false. */
  purgeOnDelete?: Input<boolean>;
  /**
   * What to do about a request in progress that does not give what is wanted: `wait` until it ends, `cancel` it, `delete` it (an
   * integrated issuer may still issue and bill it), or `fail`. Default: this resource's own request is cancelled and deleted, and
   * another's is a failure that names it.
   */
  onConflict?: Input<OnConflict>;
  /**
   * What to do about a deleted certificate that still holds the name: `recover` it (default; a version that fits is kept), `purge` it,
   * or `fail`. One that is not this resource's own needs `adopt`.
   */
  onSoftDeleted?: Input<OnSoftDeleted>;
  /**
   * When a new version is due: planned in a preview, made in `up`. Exactly one of the two. Without it only Key Vault's own
   * `lifetimeActions` renew.
   */
  renewal?: Input<RenewalArgs>;
  /**
   * Whether one tag, `pulumi-keyvault-certificates`, holds which resource owns the certificate. Default: true. Without it a
   * crash between request and state cannot be told from a certificate of somebody else.
   */
  ownershipTag?: Input<boolean>;
}
