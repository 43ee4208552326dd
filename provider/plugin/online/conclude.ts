import type { Settled } from "../../lifecycle/bring";
import { factsOf, mayTouch } from "../../lifecycle/facts";
import { told } from "../../lifecycle/refusals";
import type { Kept } from "../next-state";
import { outputsOf } from "../outputs";
import type { PlainObject } from "../plain";

export interface Conclusion {
  readonly outs: PlainObject;
  readonly failure: Settled["failure"];
}

/**
 * What a run leaves, by whether it failed. Bytes from the vault that cannot be read are a failure too, and must not lose what is known otherwise:
 * the outputs are then those of before.
 */
export function conclude(settled: Settled, keptAfter: (failed: boolean) => Kept): Conclusion {
  const { situation, failure } = settled;
  // A version that may not be touched is none to hand on either.
  const own = mayTouch(factsOf(situation), situation) ? situation : { ...situation, certificate: undefined };
  try {
    return { outs: outputsOf(own, keptAfter(failure !== undefined)), failure };
  } catch (error) {
    const unread = { ...situation, certificate: undefined, operation: undefined };
    return { outs: outputsOf(unread, keptAfter(true)), failure: failure ?? told(error, situation) };
  }
}
