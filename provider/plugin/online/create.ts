import { bring, type Settled } from "../../lifecycle/bring";
import { fingerprint } from "../../lifecycle/canonical";
import { factsOf, present } from "../../lifecycle/facts";
import { beginning } from "../../lifecycle/situation";
import { InitError } from "../init-error";
import { pickInputs, wantedOf } from "../inputs";
import type { PlainObject } from "../plain";
import { hold, idOf, type Online, runOf } from "./call";
import { conclude } from "./conclude";
import { standingOfCreate } from "./standing";

/**
 * Requests the certificate and follows the request to its end, or takes over what an interrupted create has left. From the first
 * request that the service accepted, every failure is an init error: the resource stays in the state, and `update` goes on.
 */
export async function create(
  inputs: PlainObject,
  online: Online,
): Promise<{ id: string; outs: PlainObject }> {
  const wanted = wantedOf(inputs);
  const { mark, memory } = standingOfCreate(inputs);
  const start = beginning(wanted, mark, memory, online.clock());
  const settled = await bring(start, runOf(inputs, wanted, "create", online));
  if (exists(settled)) hold(online, wanted, { mark, tookOver: settled.situation.progress.tookOver });
  const id = idOf(wanted);
  const echo = pickInputs(inputs);
  const { outs, failure } = conclude(settled, (failed) => ({
    echo,
    previous: {},
    wanted: failed ? fingerprint(echo) : undefined,
  }));
  if (failure === undefined) return { id, outs };
  throw exists(settled) ? new InitError(id, outs, failure) : failure;
}

/** The vault has, or may have, something of this resource: a failure must not lose it. */
export function exists(settled: Settled): boolean {
  const { situation } = settled;
  const facts = factsOf(situation);
  const { holder, requestOurs, requestFits } = facts;
  const ours = holder === "us" && present(facts);
  const followed = situation.progress.outcome !== undefined && (requestOurs || requestFits);
  // What is somebody else's must not come into the state by an order of which nothing is known.
  const mayBeOurs = holder === "us" || !present(facts);
  return (
    ours ||
    followed ||
    isGoneTold(settled) ||
    situation.progress.accepted ||
    (mayBeOurs && isReplyLost(settled))
  );
}

/** Of the request of a state that would still have it in progress, and have every later run tell the same. A merge asks for it by its id each time. */
const isGoneTold = ({ situation: { memory, wanted }, failure }: Settled): boolean =>
  memory !== undefined && wanted.part !== "merge" && failure?.code === "KVC_REQUEST_GONE";

/** Also where it was not looked up any more what became of the request. */
function isReplyLost({ situation, failure }: Settled): boolean {
  return situation.progress.replyLost || failure?.code === "KVC_OUTCOME_UNKNOWN";
}
