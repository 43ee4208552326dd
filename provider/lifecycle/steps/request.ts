import { isError } from "../../errors/error";
import type { CertificatePolicy } from "../../vault/model";
import { tagsOfNewVersion } from "../facts";
import { nextLookAtSelfInMs, nextLookInMs } from "../pace";
import { freshLookMs, patienceForCancellationMs } from "../patience";
import { issuerKind } from "../policy";
import { bundleOf, operationOf } from "../seen";
import type { Situation } from "../situation";
import { outcomeOfStatus, readStatus } from "../status";
import { follow } from "../wait";
import { lookAtCertificate } from "./look";
import {
  after,
  attempt,
  conflictIn,
  ended,
  isFirstLostReply,
  name,
  requestSeen,
  type Run,
  type Step,
  withOperation,
} from "./step";

export const order: Step = async (s, run) => {
  const { tools, call } = run;
  if (isStale(s, tools.clock())) return after(await lookAtCertificate(s, run), {}, { lookedAt: undefined });
  const { enabled, preserveCertificateOrder } = s.wanted;
  const request = {
    policy: policyToOrder(s),
    enabled,
    tags: tagsOfNewVersion(s),
    ...(preserveCertificateOrder === undefined ? {} : { preserveCertificateOrder }),
  };
  try {
    const operation = await tools.vault.createCertificate(name(s), request, call);
    const ordered = { ordered: operation.requestId, orderedAt: tools.clock() };
    // The stored policy is the ordered one by now, whatever the version before was made from.
    const replaced = { accepted: true, policyPatched: true };
    const done = { ...ordered, ...replaced, outcome: undefined, nameChange: undefined };
    // A placeholder that was there has made way for the new request's.
    const certificate = bundleOf(s)?.cer === undefined ? "absent" : s.certificate;
    return after(s, { operation, certificate, conflict: undefined }, done);
  } catch (error) {
    const conflict = conflictIn(error);
    if (conflict !== undefined) return after(s, { conflict, deleted: undefined });
    if (!isFirstLostReply(error, s)) throw error;
    return after(s, { certificate: undefined, operation: undefined }, { replyLost: true });
  }
};

/** Looked at once more it is fresh, whatever the clock says then: a machine that stands still between any two steps must get on too. */
function isStale({ progress: { lookedAt } }: Situation, now: number): boolean {
  return lookedAt !== undefined && now - lookedAt > freshLookMs;
}

/** A create replaces the stored policy as a whole: the lifetime actions, where they are another resource's, are handed on. */
function policyToOrder(s: Situation): CertificatePolicy {
  const { policy, part } = s.wanted;
  const stored = bundleOf(s)?.policy?.lifetimeActions;
  return part === "request" && stored !== undefined ? { ...policy, lifetimeActions: stored } : policy;
}

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
  if (waited.value === "absent") return after(s, { operation: begun }, { outcome: "gone", followed });
  const status = readStatus(waited.value.status);
  const outcome = status === undefined ? "unknown" : outcomeOfStatus[status];
  return after(s, { operation: waited.value }, { outcome, followed });
};

/** A request that is not ours, and that is let come to its end; whatever that is, the decision is then made anew. */
export const waitForOther: Step = async (s, run) => {
  const waitingFor = `the other request at ${operationOf(s)?.issuerName ?? "its issuer"}`;
  const waited = await followRequest(s, run, { waitingFor });
  if (waited.kind !== "value") return after(s, {}, { outcome: waited.kind });
  return after(s, { operation: waited.value, certificate: undefined });
};

export const cancel: Step = async (s, run) => {
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
};

export const awaitCancellation: Step = async (s, run) => {
  const waitingFor = `${operationOf(s)?.issuerName ?? "the issuer"} to cancel`;
  const until = run.tools.clock() + patienceForCancellationMs;
  const waited = await followRequest(s, run, { waitingFor, until });
  if (waited.kind === "engineGone") return after(s, {}, { outcome: "engineGone" });
  const operation = waited.kind === "value" ? waited.value : s.operation;
  return after(withOperation(s, operation), {}, { cancellation: "waited" });
};

export const deleteRequest: Step = async (s, { tools, call }) => {
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
};
