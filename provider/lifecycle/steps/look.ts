import type { CertificateOperation } from "../../vault/model";
import { isRemembered } from "../generation";
import { patienceForVersionMs } from "../patience";
import { bundleOf } from "../seen";
import type { Progress, Situation } from "../situation";
import { readStatus } from "../status";
import { after, answersRequest, name, requestSeen, type Step, withOperation } from "./step";

export const lookAtCertificate: Step = async (s, { tools, call }) => {
  const certificate = (await tools.vault.getCertificate(name(s), call)) ?? "absent";
  return after(s, { certificate }, { lookedAt: tools.clock() });
};

export const lookAtRequest: Step = async (s, run) => {
  const operation = await requestSeen(s, run, requestOfInterest(s));
  if (s.conflict === undefined) return after(withOperation(s, operation), {}, endedUnseen(s, operation));
  // Refused because of a request that is not there: it ends just now, or is being written.
  if (operation === "absent") return after(s, { conflict: { ...s.conflict, kind: "pendingConflict" } });
  // A 409 also says that the certificate seen before it is no longer the whole truth.
  return after(s, { operation, certificate: undefined, conflict: undefined }, endedUnseen(s, operation));
};

/**
 * After a 409, after an order whose reply was lost, behind a placeholder, and for a request beside a version that came since, it is whichever there
 * is; else only the one that the state remembers, and for a merge always that one.
 */
function requestOfInterest(s: Situation): string | undefined {
  const remembered = s.memory?.request?.requestId;
  if (s.wanted.part === "merge") return s.conflict === undefined ? remembered : undefined;
  const whichever = s.conflict !== undefined || s.progress.replyLost || bundleOf(s)?.cer === undefined;
  return whichever || isSucceeded(s) ? undefined : remembered;
}

/** A CertificateRequest whose request had ended, beside a version of which its state does not know: another one has made that. */
function isSucceeded(s: Situation): boolean {
  const bundle = bundleOf(s);
  const ended = s.wanted.part === "request" && s.memory?.request?.unfinished === false;
  return ended && bundle !== undefined && !isRemembered(s, bundle);
}

/**
 * How the request ended that the state takes for unfinished. Its end is told before anything else is begun: the preview has announced that this
 * run goes on with it, and a new order is for the next one to announce.
 */
function endedUnseen(s: Situation, operation: CertificateOperation | "absent"): Partial<Progress> {
  const request = s.memory?.request;
  if (request?.unfinished !== true || request.generation !== s.mark.generation) return {};
  const followed = request.requestId;
  if (operation === "absent") return { outcome: "gone", followed };
  const status = operation.requestId === followed ? readStatus(operation.status) : undefined;
  return status === "failed" || status === "cancelled" ? { outcome: status, followed } : {};
}

/** What took the place of a request that is gone: its version last, which it may have given by then. */
export const lookAtSuccessor: Step = async (s, run) => {
  const operation = await requestSeen(s, run, undefined);
  return lookAtCertificate(after(s, { operation }, { successorSeen: true }), run);
};

export const lookAtDeleted: Step = async (s, { tools, call }) =>
  after(s, { deleted: (await tools.vault.getDeletedCertificate(name(s), call)) ?? "absent" });

/** The version that a completed request has made: the one with its key, for the certificate can lag behind its request. */
export const readVersion: Step = async (s, run) => {
  const { clock, sleep, engine, reporter } = run.tools;
  const until = Math.min(clock() + patienceForVersionMs, run.deadline.at);
  for (;;) {
    const seen = await lookAtCertificate(s, run);
    if (answersRequest(seen) || clock() >= until || engine.signal.aborted)
      return after(seen, {}, { completed: true });
    reporter.progress("the request has completed; waiting for its version to show");
    await sleep(1000, engine.signal);
  }
};
