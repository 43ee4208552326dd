import type { CertificatePolicy } from "../vault/model";
import { fingerprint, type Plain } from "./canonical";
import { policyIdentity } from "./policy";

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

/** What the program asks for, once its inputs have been checked. */
export interface Wanted extends Target {
  readonly policy: CertificatePolicy;
  readonly enabled: boolean;
  readonly tags: Readonly<Record<string, string>>;
  readonly preserveCertificateOrder: boolean | undefined;
  /** A signed chain in any accepted form, or a list of such. */
  readonly chain: string | readonly string[] | undefined;
  readonly reissue: Plain | undefined;
  /** Take over a certificate that is not this resource's own. */
  readonly adopt: boolean;
  /** `undefined`: wait where an issuer completes the request, do not wait for a chain. */
  readonly waitForCompletion: boolean | undefined;
  /** `undefined`: our own request is cancelled and deleted, a stranger's is an error. */
  readonly onConflict: OnConflict | undefined;
  readonly onSoftDeleted: OnSoftDeleted;
  /** Write the owner's mark into a tag. */
  readonly ownershipTag: boolean;
}

/**
 * The generation of what is wanted: everything that takes a new version to become true. 16 hexadecimal digits, and for a
 * renewal its ordinal: `0123456789abcdef.2` is the second renewal of the same thing.
 */
export function generationOf(
  wanted: Pick<Wanted, "policy" | "preserveCertificateOrder" | "reissue">,
  renewal = 0,
): string {
  const base = fingerprint({
    policy: policyIdentity(wanted.policy),
    preserveCertificateOrder: wanted.preserveCertificateOrder ?? false,
    reissue: wanted.reissue,
  });
  return renewal === 0 ? base : `${base}.${renewal}`;
}

/** The generation without its ordinal: what was wanted, however often it was renewed. */
export function baseOf(generation: string): string {
  return generation.split(".")[0] ?? generation;
}

/** How often a generation has been renewed. */
export function renewalOf(generation: string | undefined): number {
  return Number(generation?.split(".")[1] ?? 0);
}
