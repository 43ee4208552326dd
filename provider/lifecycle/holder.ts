import type { CertificateBundle } from "../vault/model";
import { readMark } from "./ownership";
import { hasSameIdentity } from "./policy";
import type { Situation } from "./situation";

/** Whose the certificate is: "nobody" has no mark, and no state of ours vouches for it. */
export type Holder = "us" | "stranger" | "nobody";

export function holderOf(s: Situation, bundle: CertificateBundle): Holder {
  const mark = readMark(bundle.tags);
  if (mark !== undefined) return mark.owner === s.mark.owner ? "us" : "stranger";
  if (s.memory !== undefined) return "us";
  // Without a tag there is nothing else to know our own by: the name was free right before our order.
  const { ordered, replyLost } = s.progress;
  const perhapsOrdered = !s.wanted.ownershipTag && (ordered !== undefined || replyLost);
  return perhapsOrdered && hasSameIdentity(bundle.policy, s.wanted.policy) ? "us" : "nobody";
}
