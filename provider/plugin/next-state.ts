import { earlierIncarnation, type Facts } from "../lifecycle/facts";
import { generationOfVersion, generationThatFits } from "../lifecycle/generation";
import { bundleOf, deletedOf, operationOf } from "../lifecycle/seen";
import type { Situation } from "../lifecycle/situation";
import { readCsr, readCsrPem } from "../x509/csr";
import { type PlainObject, textAt } from "./plain";
import { chainMark, type HiddenState, hiddenStateOf, stateSchema } from "./state";

/** What a run leaves: what it knew before and what the engine stores as inputs. */
export interface Kept {
  /** The inputs exactly as the engine stores them. */
  readonly echo: PlainObject;
  /** The outputs before. */
  readonly previous: PlainObject;
  /** Where an update did not get to its end: the fingerprint of the inputs that it was for. */
  readonly wanted?: string | undefined;
}

/** What the run has found, and the request that the outputs name. */
interface Found {
  readonly facts: Facts;
  readonly requestId: unknown;
}

/** What the next run shall know of this one beside the outputs. */
export function nextState(s: Situation, { previous, wanted }: Kept, found: Found): HiddenState {
  const { facts, requestId } = found;
  const old: Partial<HiddenState> = hiddenStateOf(previous) ?? {};
  return {
    schema: stateSchema,
    incarnation: s.mark.incarnation,
    tookOver: tookOver(s) ?? old.tookOver,
    generation: generationAfter(s, old.generation, facts),
    ...requestAfter(s, old, found),
    earlierRequests:
      s.wanted.part === "merge" ? requestsMet(s, old) : earlierRequests(previous, old, requestId),
    mergedChain: s.chain?.kind === "merged" ? chainMark(s.wanted.chain) : old.mergedChain,
    wanted,
  };
}

/**
 * Also where the create has not got to it, or does not know whether it has: a version with that mark may still come, and a recovery whose end was
 * not seen gives one back.
 */
function tookOver(s: Situation): string | undefined {
  if (s.memory !== undefined) return s.progress.recovered;
  const met = bundleOf(s) ?? deletedOf(s);
  return s.progress.tookOver ?? s.progress.recovered ?? (met && earlierIncarnation(s, met));
}

/** A chain that comes late is hardly ever for a request older than these. */
const mostEarlierRequests = 3;

/** With the request that the outputs name so far, where another takes its place. */
function earlierRequests(previous: PlainObject, old: Partial<HiddenState>, requestId: unknown) {
  const [before, csr] = [textAt(previous, "requestId"), textAt(previous, "csrPem")];
  if (before === undefined || csr === undefined || before === requestId) return old.earlierRequests;
  const { spkiSha256 } = readCsrPem(csr);
  return [{ requestId: before, spkiSha256 }, ...(old.earlierRequests ?? [])].slice(0, mostEarlierRequests);
}

/** A merge, which has no CSR among its outputs, keeps the key of its last request with those before. */
function requestsMet({ operation, memory }: Situation, { earlierRequests = [] }: Partial<HiddenState>) {
  const own = typeof operation === "object" && operation.requestId === memory?.request?.requestId;
  if (!own) return earlierRequests;
  const { requestId, csr } = operation;
  const others = earlierRequests.filter((request) => request.requestId !== requestId);
  return [{ requestId, spkiSha256: readCsr(csr).spkiSha256 }, ...others].slice(0, mostEarlierRequests + 1);
}

/** What is remembered of the last request of this resource: of the one that the outputs name, in all that is said of it. */
function requestAfter(s: Situation, old: Partial<HiddenState>, { facts, requestId }: Found) {
  const requestGone = isRequestGone(s, old, facts) ? true : undefined;
  const isAnother = isOtherThanBefore(s, requestId);
  const orderedOn = orderedOnIn(s) ?? (isAnother ? undefined : old.orderedOn);
  if (!isAnother && !isForThis(s, facts) && !hasMadeVersion(facts))
    return { ordered: old.ordered, issuer: old.issuer, orderedOn, requestGone };
  const issuer = operationOf(s)?.issuerName ?? s.wanted.policy.issuerName;
  return { ordered: madeFor(s, facts), issuer, orderedOn, requestGone };
}

/** The outputs name the request that was seen, and it is not the one that the state knew. */
function isOtherThanBefore(s: Situation, requestId: unknown): boolean {
  return operationOf(s)?.requestId === requestId && requestId !== s.memory?.request?.requestId;
}

/** To the second, as the service has its times. */
function orderedOnIn({ progress: { orderedAt } }: Situation): string | undefined {
  return orderedAt === undefined ? undefined : new Date(Math.floor(orderedAt / 1000) * 1000).toISOString();
}

/** What the request was made for: what is wanted, or, where only its mark or its version tells that it is ours, what that says. */
function madeFor(s: Situation, facts: Facts): string | undefined {
  const bundle = bundleOf(s);
  if (bundle !== undefined && hasMadeVersion(facts)) return generationThatFits(s, bundle);
  if (isForThis(s, facts)) return s.mark.generation;
  return bundle && generationOfVersion(s, bundle);
}

const isForThis = (s: Situation, { requestFits }: Facts) => requestFits || s.progress.orderedAt !== undefined;

/** A create that takes over a version finds the request that has made it, and no state that knows it. */
const hasMadeVersion = ({ versionFits, request }: Facts) => versionFits && request === "completed";

function isRequestGone(s: Situation, old: Partial<HiddenState>, facts: Facts): boolean {
  if (facts.versionFits) return false;
  if (s.operation === "absent" || (s.progress.outcome === "gone" && !facts.requestFits)) return true;
  // Not looked for again, it is as gone as it was.
  return s.operation === undefined && s.progress.orderedAt === undefined && old.requestGone === true;
}

/** The generation of the current version after a run. */
function generationAfter(s: Situation, old: string | undefined, facts: Facts): string | undefined {
  const bundle = bundleOf(s);
  if (bundle === undefined) return s.certificate === "absent" ? undefined : old;
  if (facts.versionFits) return generationThatFits(s, bundle);
  return bundle.cer === undefined ? undefined : generationOfVersion(s, bundle);
}
