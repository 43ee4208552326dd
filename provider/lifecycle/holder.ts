import type { CertificateBundle } from "../vault/model";
import { readMark } from "./ownership";
import type { Situation } from "./situation";

/** Whose the certificate is: "nobody" has no mark, and no state of ours vouches for it. */
export type Holder = "us" | "stranger" | "nobody";

export function holderOf(s: Situation, bundle: CertificateBundle): Holder {
  const mark = readMark(bundle.tags);
  if (mark !== undefined) return mark.owner === s.mark.owner ? "us" : "stranger";
  return s.memory === undefined ? "nobody" : "us";
}
