import type { ErrorCode } from "../errors/table";
import { type Facts, factsOf, mayTouch, present } from "./facts";
import { patienceForNameMs } from "./patience";
import type { Situation } from "./situation";
import type { OnConflict } from "./wanted";

/** What to do next. Every action but `done` and `fail` is followed by another decision. */
export type Action =
  | "lookAtCertificate"
  | "lookAtRequest"
  | "lookAtSuccessor"
  | "lookAtDeleted"
  | "order"
  | "wait"
  | "waitForOther"
  | "readVersion"
  | "merge"
  | "sign"
  | "cancel"
  | "awaitCancellation"
  | "deleteRequest"
  | "recover"
  | "purge"
  | "takeOver"
  | "patchAttributes"
  | "patchPolicy"
  | "pause"
  | "done"
  | "fail";

/** One row of the decision: the first whose `when` holds is taken. */
export interface DecisionRow {
  /** Names the row in tests, logs and ARCHITECTURE.md. */
  readonly reason: string;
  readonly when: (facts: Facts, situation: Situation) => boolean;
  readonly action: Action;
  /** The failure that a `fail` row means. */
  readonly code?: ErrorCode;
}

export interface Decision {
  readonly action: Action;
  readonly reason: string;
  readonly code: ErrorCode | undefined;
}

const inProgress = (f: Facts) => f.request === "inProgress";
const resumable = (f: Facts) => inProgress(f) && f.requestFits;
const waitsForChain = (f: Facts) => resumable(f) && f.issuer === "manual";
const unsigned = (f: Facts) => f.request === "failed" || f.request === "cancelled";
const conflict = (kind: NonNullable<Situation["conflict"]>["kind"]) => (_: Facts, s: Situation) =>
  s.conflict?.kind === kind;
const passing: ReadonlySet<string> = new Set(["pendingConflict", "beingDeleted", "beingRecovered"]);
const busy = (f: Facts, s: Situation) =>
  (s.conflict !== undefined && passing.has(s.conflict.kind)) ||
  (softDeleted(f, s) && (f.deleted === "absent" || s.progress.nameChange === "purged")) ||
  (s.progress.nameChange === "recovered" && f.certificate === "absent");
const softDeleted = conflict("softDeleted");
const deletedOfAnother = (f: Facts) => f.deleted === "stranger" || f.deleted === "nobody";
const endedAs = (f: Facts, s: Situation, outcome: Situation["progress"]["outcome"]) =>
  (f.requestFresh && s.progress.outcome === outcome) || endedUnseen(f, s, outcome);

/** The reply to this run's order was lost, and the request had ended by the time it was looked at. */
function endedUnseen(f: Facts, s: Situation, outcome: Situation["progress"]["outcome"]): boolean {
  const operation = s.operation === "absent" ? undefined : s.operation;
  return (
    s.progress.replyLost &&
    (f.requestFits || f.certificate === "issued" || !s.wanted.ownershipTag) &&
    f.request === outcome &&
    operation?.requestId !== s.memory?.request?.requestId
  );
}

/** A request in progress that does not give what is wanted, and what to do about it. A merge makes none, so none is in its way. */
const inTheWay = (f: Facts, s: Situation, resolution: OnConflict | "replace") =>
  s.wanted.part !== "merge" &&
  inProgress(f) &&
  !f.requestFits &&
  (s.wanted.onConflict ?? (f.requestOurs ? "replace" : "fail")) === resolution;
const toEnd = (f: Facts, s: Situation) => inTheWay(f, s, "cancel") || inTheWay(f, s, "replace");

/**
 * The decision, from top to bottom. Order is behaviour: each row may rely on every row above it not having applied.
 */
// One row a line: it is read as a table.
// prettier-ignore
export const decisionTable: readonly DecisionRow[] = [
  // What stood in the way of an order.
  { reason: "RequestInTheWay", action: "lookAtRequest", when: conflict("pendingInProgress") },
  { reason: "DeletedNotLookedAt", action: "lookAtDeleted", when: (f, s) => softDeleted(f, s) && f.deleted === "unseen" },
  { reason: "BusyTooLong", action: "fail", code: "KVC_BUSY_TOO_LONG", when: (f, s) => busy(f, s) && (s.progress.outOfTime || s.progress.pausedMs >= patienceForNameMs) },
  { reason: "Busy", action: "pause", when: busy },
  { reason: "DeletedOfAnother", action: "fail", code: "KVC_SOFT_DELETED_NOT_OURS", when: (f, s) => softDeleted(f, s) && deletedOfAnother(f) && !s.wanted.adopt },
  { reason: "DeletedToKeep", action: "fail", code: "KVC_SOFT_DELETED", when: (f, s) => softDeleted(f, s) && s.wanted.onSoftDeleted === "fail" },
  { reason: "DeletedToRecover", action: "recover", when: (f, s) => softDeleted(f, s) && s.wanted.onSoftDeleted === "recover" },
  { reason: "DeletedProtected", action: "fail", code: "KVC_CANNOT_PURGE", when: (f, s) => softDeleted(f, s) && !f.purgeable },
  { reason: "DeletedToPurge", action: "purge", when: softDeleted },
  { reason: "NameTaken", action: "fail", code: "KVC_NAME_TAKEN", when: conflict("nameTaken") },
  { reason: "ConflictUnknown", action: "fail", code: "KVC_CONFLICT_UNKNOWN", when: conflict("unknown") },

  // A request that is gone: what took its place is told before whose it is.
  { reason: "SuccessorNotLookedAt", action: "lookAtSuccessor", when: (f, s) => endedAs(f, s, "gone") && !s.progress.successorSeen },
  { reason: "RequestGone", action: "fail", code: "KVC_REQUEST_GONE", when: (f, s) => endedAs(f, s, "gone") && !(mayTouch(f, s) && (f.versionFits || resumable(f))) },

  // Whose it is.
  { reason: "NotLookedAt", action: "lookAtCertificate", when: (f) => f.certificate === "unseen" },
  { reason: "HeldByStranger", action: "fail", code: "KVC_NOT_OURS", when: (f, s) => present(f) && f.holder === "stranger" && !s.wanted.adopt },
  { reason: "HeldByNobody", action: "fail", code: "KVC_ALREADY_EXISTS", when: (f, s) => present(f) && f.holder === "nobody" && !s.wanted.adopt },

  // Before anything else: what a replacement does not finish must not be deleted with what it replaces.
  { reason: "TakenOver", action: "takeOver", when: (f, s) => f.ofEarlierIncarnation && s.memory === undefined && s.progress.tookOver === undefined },

  // How the request that this run waited for ended.
  { reason: "EngineGone", action: "fail", code: "KVC_ENGINE_GONE", when: (_, s) => s.progress.outcome === "engineGone" },
  { reason: "TimedOut", action: "fail", code: "KVC_TIMED_OUT", when: (_, s) => s.progress.outcome === "timedOut" },
  { reason: "StatusUnknown", action: "fail", code: "KVC_STATUS_UNKNOWN", when: (f) => f.request === "unknown" },
  { reason: "ChainAnswersUnsigned", action: "merge", when: (f, s) => unsigned(f) && f.requestFits && s.chain?.kind === "answers" },
  { reason: "RequestFailed", action: "fail", code: "KVC_REQUEST_FAILED", when: (f, s) => endedAs(f, s, "failed") },
  { reason: "RequestCancelled", action: "fail", code: "KVC_REQUEST_CANCELLED", when: (f, s) => endedAs(f, s, "cancelled") },

  // The request that there is.
  { reason: "RequestNotLookedAt", action: "lookAtRequest", when: (f) => f.requestToLookAt },
  { reason: "RequestCompleted", action: "readVersion", when: (f, s) => f.request === "completed" && f.requestFits && (!f.versionFits || s.progress.followed !== undefined) && !s.progress.completed },
  { reason: "ChainAnswersRequest", action: "merge", when: (f, s) => waitsForChain(f) && s.chain?.kind === "answers" },
  { reason: "ChainUnusable", action: "fail", code: "KVC_CHAIN_WRONG_KEY", when: (f, s) => waitsForChain(f) && s.chain?.kind === "unusable" },
  { reason: "SignerToAsk", action: "sign", when: (f, s) => waitsForChain(f) && s.wanted.signer !== undefined && s.signed === undefined },
  { reason: "ChainDemanded", action: "fail", code: "KVC_WAITING_FOR_CHAIN", when: (f, s) => waitsForChain(f) && s.wanted.waitForCompletion === true },
  { reason: "InProgress", action: "wait", when: (f, s) => resumable(f) && f.issuer !== "manual" && s.wanted.waitForCompletion !== false },
  { reason: "ConflictRefused", action: "fail", code: "KVC_REQUEST_IN_PROGRESS", when: (f, s) => inTheWay(f, s, "fail") },
  { reason: "ConflictToWaitFor", action: "waitForOther", when: (f, s) => inTheWay(f, s, "wait") },
  { reason: "ConflictManual", action: "deleteRequest", when: (f, s) => toEnd(f, s) && f.issuer === "manual" },
  { reason: "ConflictToCancel", action: "cancel", when: (f, s) => toEnd(f, s) && s.progress.cancellation === undefined },
  { reason: "ConflictCancelling", action: "awaitCancellation", when: (f, s) => toEnd(f, s) && s.progress.cancellation === "asked" },
  { reason: "ConflictNotCancelled", action: "fail", code: "KVC_NOT_CANCELLED", when: (f, s) => inTheWay(f, s, "cancel") },
  { reason: "ConflictToDelete", action: "deleteRequest", when: (f, s) => inTheWay(f, s, "replace") || inTheWay(f, s, "delete") },

  // The version that there is.
  { reason: "ChainWithoutRequest", action: "fail", code: "KVC_CHAIN_WITHOUT_REQUEST", when: (f, s) => f.versionFits && !resumable(f) && f.wantedIssuer === "manual" && s.signed === undefined && s.chain?.kind === "unusable" },
  { reason: "AttributesDiffer", action: "patchAttributes", when: (f, s) => present(f) && f.attributesDiffer && !s.progress.attributesPatched && (f.versionFits || resumable(f)) },
  { reason: "PolicyDiffers", action: "patchPolicy", when: (f, s) => present(f) && (f.versionFits || resumable(f)) && f.policyDiffers && !s.progress.policyPatched },
  { reason: "Fits", action: "done", when: (f) => f.versionFits },
  { reason: "NotWaitedFor", action: "done", when: resumable },

  // A new version has to be made, once in a run.
  { reason: "NothingToMerge", action: "fail", code: "KVC_NOTHING_TO_MERGE", when: (_, s) => s.wanted.part === "merge" },
  { reason: "VanishedAfterOrder", action: "fail", code: "KVC_NOT_SETTLING", when: (_, s) => s.progress.ordered !== undefined || s.progress.followed !== undefined },
  { reason: "NothingThere", action: "order", when: (f) => f.certificate === "absent" },
  { reason: "RequestAbandoned", action: "order", when: (f) => f.certificate === "placeholder" },
  { reason: "VersionOutdated", action: "order", when: () => true },
];

/** The next step from this situation, and why. Total: the last row always applies. */
export function decide(situation: Situation): Decision {
  const facts = factsOf(situation);
  const row = decisionTable.find(({ when }) => when(facts, situation));
  if (row === undefined) throw new TypeError("the decision table has no row that always applies");
  return { action: row.action, reason: row.reason, code: row.code };
}
