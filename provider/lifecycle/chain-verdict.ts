import type { ChainRefusal } from "../x509/refusal";

/** What the chain that the user gave is good for. */
export type ChainVerdict =
  /** It answers the CSR of the request: these are the certificates to merge, leaf first, DER in base64. */
  | { readonly kind: "answers"; readonly x5c: readonly string[]; readonly warnings: readonly string[] }
  /** Its leaf is the current version: it was merged already. */
  | { readonly kind: "merged" }
  /** It is no chain, or one for another key. */
  | { readonly kind: "unusable"; readonly refusal: ChainRefusal };
