import { judgeChain } from "./judge-chain";
import { judgeContent } from "./judge-content";
import type { Situation } from "./situation";

/** The verdicts that rest on bytes, anew where there are other bytes: on the given chain, then on what no mark vouches for. */
export function judge(before: Situation, next: Situation, nowMs: number): Situation {
  return judgeContent(before, judgeChain(before, next, nowMs));
}
