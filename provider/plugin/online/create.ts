import { bring, type Settled } from "../../lifecycle/bring";
import { factsOf } from "../../lifecycle/facts";
import { beginning } from "../../lifecycle/situation";
import { InitError } from "../init-error";
import { pickInputs, wantedOf } from "../inputs";
import { outputsOf } from "../outputs";
import type { PlainObject } from "../plain";
import { idOf, type Online, runOf } from "./call";
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
  const id = idOf(wanted);
  const outs = outputsOf(settled.situation, { echo: pickInputs(inputs), previous: {} });
  if (settled.failure === undefined) return { id, outs };
  throw exists(settled) ? new InitError(id, outs, settled.failure) : settled.failure;
}

/** The vault has, or may have, something of this resource: a failure must not lose it. */
export function exists({ situation }: Settled): boolean {
  const { certificate, holder, requestOurs, requestFits } = factsOf(situation);
  const ours = holder === "us" && (certificate === "placeholder" || certificate === "issued");
  const followed = situation.progress.outcome !== undefined && (requestOurs || requestFits);
  return ours || followed || situation.progress.accepted;
}
