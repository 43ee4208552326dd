import type { Signer } from "../signers/request";
import type { CertificatePolicy } from "../vault/model";
import type { Plain } from "./canonical";

/** Where a resource is: what replaces it when it changes. */
export interface Target {
  /** Normalised: `https://contoso.vault.azure.net`. */
  readonly vaultUrl: string;
  readonly certificateName: string;
}

/** What to do about a request in progress that does not fit. */
export type OnConflict = "wait" | "cancel" | "delete" | "fail";

/** What to do about a soft-deleted certificate that holds the name. */
export type OnSoftDeleted = "recover" | "purge" | "fail";

/** When a certificate is due for a new version; exactly one of the two. */
export interface Renewal {
  readonly daysBeforeExpiry?: number;
  /** 1 to 99. */
  readonly lifetimePercentage?: number;
}

/**
 * What of a certificate a resource is for. `whole`: all of it. `request` and `merge` share one certificate: the one owns it and asks for
 * versions, the other merges chains into them and has tags, enabled flag and lifetime actions.
 */
export type Part = "whole" | "request" | "merge";

/** What the program asks for, once its inputs have been checked. */
export interface Wanted extends Target {
  readonly part: Part;
  readonly policy: CertificatePolicy;
  readonly enabled: boolean;
  readonly tags: Readonly<Record<string, string>>;
  readonly preserveCertificateOrder: boolean | undefined;
  /** A signed chain in any accepted form, or a list of such. */
  readonly chain: string | readonly string[] | undefined;
  /** A program that has the CSR of an `Unknown` certificate signed. */
  readonly signer: Signer | undefined;
  readonly reissue: Plain | undefined;
  /** Take over a certificate that is not this resource's own. */
  readonly adopt: boolean;
  /** `undefined`: wait where an issuer completes the request, do not wait for a chain. */
  readonly waitForCompletion: boolean | undefined;
  /** `undefined`: our own request is cancelled and deleted, a stranger's is an error. */
  readonly onConflict: OnConflict | undefined;
  readonly onSoftDeleted: OnSoftDeleted;
  readonly renewal: Renewal | undefined;
  /** Write the owner's mark into a tag. */
  readonly ownershipTag: boolean;
}
