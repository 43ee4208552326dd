import { isError } from "../../errors/error";
import { nextLookAtSelfInMs, nextLookInMs } from "../pace";
import { patienceForCancellationMs } from "../patience";
import { issuerKind } from "../policy";
import { operationOf } from "../seen";
import type { Situation } from "../situation";
import { follow } from "../wait";
import { guarded } from "./guarded";
import {
  after,
  attempt,
  conflictIn,
  ended,
  name,
  requestEnded,
  requestSeen,
  type Run,
  type Step,
  withOperation,
} from "./step";

interface Following {
  readonly waitingFor: string;
  readonly pace?: typeof nextLookInMs;
  /** Earlier than that of the run. */
  readonly until?: number;
}

/** Follows the request that was seen, until no later look finds it in progress. */
function followRequest(
  s: Situation,
  run: Run,
  { waitingFor, pace = nextLookInMs, until = Infinity }: Following,
) {
  const { tools, deadline } = run;
  const requestId = operationOf(s)?.requestId;
  const watch = tools.scheduler.watch(() => requestSeen(s, run, requestId), ended, pace);
  return follow(watch, ended, {
    tools,
    waitingFor,
    deadline: { ...deadline, at: Math.min(deadline.at, until) },
  });
}

export const wait: Step = async (s, run) => {
  const begun = operationOf(s);
  if (begun === undefined) throw new TypeError("there is no request to wait for");
  const { issuerName, requestId: followed } = begun;
  const pace = issuerKind(issuerName) === "self" ? nextLookAtSelfInMs : nextLookInMs;
  const waited = await followRequest(s, run, { waitingFor: issuerName, pace });
  if (waited.kind !== "value") {
    return after(s, { operation: waited.last ?? begun }, { outcome: waited.kind, followed });
  }
  return requestEnded(s, begun, waited.value);
};

/** A request that is not ours, and that is let come to its end; whatever that is, the decision is then made anew. */
export const waitForOther: Step = async (s, run) => {
  const waitingFor = `the other request at ${operationOf(s)?.issuerName ?? "its issuer"}`;
  const waited = await followRequest(s, run, { waitingFor });
  if (waited.kind !== "value") return after(s, {}, { outcome: waited.kind });
  return after(s, { operation: waited.value, certificate: undefined });
};

export const cancel: Step = guarded(async (s, run) => {
  const { tools, call } = run;
  const requestId = operationOf(s)?.requestId;
  try {
    const operation = (await tools.vault.cancelOperation(name(s), requestId, call)) ?? "absent";
    return after(withOperation(s, operation), {}, { cancellation: "asked", accepted: true });
  } catch (error) {
    const conflict = conflictIn(error);
    if (conflict !== undefined) return after(s, { conflict });
    // 403 or 400: the request is no longer in progress, or its issuer does not cancel. Looking again tells which.
    if (!isError(error, "KVC_NOT_CANCELLABLE", "KVC_BAD_REQUEST")) throw error;
    const operation = await requestSeen(s, run, requestId);
    return after(withOperation(s, operation), {}, { cancellation: "refused" });
  }
}, "request");

export const awaitCancellation: Step = async (s, run) => {
  const waitingFor = `${operationOf(s)?.issuerName ?? "the issuer"} to cancel`;
  const until = run.tools.clock() + patienceForCancellationMs;
  const waited = await followRequest(s, run, { waitingFor, until });
  if (waited.kind === "engineGone") return after(s, {}, { outcome: "engineGone" });
  const operation = waited.kind === "value" ? waited.value : s.operation;
  return after(withOperation(s, operation), {}, { cancellation: "waited" });
};

export const deleteRequest: Step = guarded(async (s, { tools, call }) => {
  const operation = operationOf(s);
  const { conflict, value: deleted } = await attempt(() =>
    tools.vault.deleteOperation(name(s), operation?.requestId, call),
  );
  if (conflict !== undefined) return after(s, { conflict });
  if (operation !== undefined && deleted !== undefined && issuerKind(operation.issuerName) === "integrated") {
    tools.reporter.warn(
      `certificate "${name(s)}": request ${operation.requestId} at issuer "${operation.issuerName}" was deleted from the vault before it ended; it may still be issued and billed`,
    );
  }
  return after(s, { operation: "absent" }, { accepted: true });
}, "request");
