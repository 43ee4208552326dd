import { fingerprint, type Plain } from "../lifecycle/canonical";
import { readStatus, statusTable } from "../lifecycle/status";
import type { Validity } from "../lifecycle/renewal";
import type { EarlierRequest, Memory } from "../lifecycle/situation";
import { type PlainObject, textAt } from "./plain";

/** Number of the form in which outputs are kept. A newer package rewrites older states by an update without a vault request. */
export const stateSchema = 1;

/** What a resource remembers beside its outputs, under one hidden output. */
export interface HiddenState {
  readonly schema: number;
  readonly incarnation: string;
  /** The incarnation whose certificate the create has taken over. */
  readonly tookOver?: string | undefined;
  /** Of the current version. */
  readonly generation?: string | undefined;
  /** What the last request was made for. */
  readonly ordered?: string | undefined;
  /** When the last request was made: RFC 3339, UTC. */
  readonly orderedOn?: string | undefined;
  /** The request that the outputs name is no longer in the vault. */
  readonly requestGone?: boolean | undefined;
  /** Issuer of the last request, where it is not that of the policy that the outputs echo. */
  readonly issuer?: string | undefined;
  /** The requests before the last one, the latest first: a chain for one of them is then refused by its name. */
  readonly earlierRequests?: readonly EarlierRequest[] | undefined;
  /** The chain that was merged, or found to be the current version already. */
  readonly mergedChain?: string | undefined;
  /**
   * A create or an update did not get to its end: a fingerprint of its inputs, as after an update the engine keeps the old ones. Not the inputs: a secret
   * among them would stand here in clear, as only properties of its own name inherit that it is one.
   */
  readonly wanted?: string | undefined;
}

const stateName = "__state";

/** The hidden state of outputs; `undefined` for the outputs of no certificate of ours. */
export function hiddenStateOf(outputs: PlainObject): HiddenState | undefined {
  const value = outputs[stateName];
  if (typeof value !== "object" || value === null || Array.isArray(value)) return undefined;
  return value as unknown as HiddenState;
}

export function withHiddenState(outputs: PlainObject, state: HiddenState): Record<string, unknown> {
  return { ...outputs, [stateName]: state };
}

/** What the decision is told of earlier runs. */
export function memoryOf(outputs: PlainObject): Memory | undefined {
  const state = hiddenStateOf(outputs);
  if (state === undefined) return undefined;
  const requestId = outputs["requestId"];
  return {
    incarnation: state.incarnation,
    tookOver: state.tookOver,
    generation: state.generation,
    version: textAt(outputs, "version"),
    earlierRequests: state.earlierRequests,
    request:
      typeof requestId === "string" && state.ordered !== undefined
        ? {
            requestId,
            generation: state.ordered,
            unfinished: state.requestGone !== true && mayLive(textAt(outputs, "status")),
            orderedOn: state.orderedOn,
            csrPem: textAt(outputs, "csrPem"),
          }
        : undefined,
  };
}

/** The validity of the current version, in Unix milliseconds; `undefined` where there is none. */
export function validityOf(outputs: PlainObject): Validity | undefined {
  const [notBefore, expiresOn] = [textAt(outputs, "notBefore"), textAt(outputs, "expiresOn")];
  if (notBefore === undefined || expiresOn === undefined) return undefined;
  return { notBefore: Date.parse(notBefore), expiresOn: Date.parse(expiresOn) };
}

/** An unknown status is no end: the request is looked at before another is made. */
function mayLive(status: string | undefined): boolean {
  if (status === undefined) return false;
  const known = readStatus(status);
  return known === undefined || !statusTable[known].terminal;
}

/** A chain as it is remembered: a fingerprint, not another copy. */
export function chainMark(chain: Plain | undefined): string | undefined {
  return chain === undefined ? undefined : fingerprint(chain);
}
