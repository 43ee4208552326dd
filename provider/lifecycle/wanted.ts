import type { CertificatePolicy } from "../vault/model";
import { fingerprint, type Plain } from "./canonical";
import { policyIdentity } from "./policy";

/** Where a resource is: what replaces it when it changes. */
export interface Target {
  /** Normalised: `https://contoso.vault.azure.net`. */
  readonly vaultUrl: string;
  readonly certificateName: string;
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
  /** Write the owner's mark into a tag. */
  readonly ownershipTag: boolean;
}

/** The generation of what is wanted: everything that takes a new version to become true. 16 hexadecimal digits. */
export function generationOf(
  wanted: Pick<Wanted, "policy" | "preserveCertificateOrder" | "reissue">,
): string {
  return fingerprint({
    policy: policyIdentity(wanted.policy),
    preserveCertificateOrder: wanted.preserveCertificateOrder ?? false,
    reissue: wanted.reissue,
  });
}
