import type { ErrorCode } from "../errors/table";
import { type Facts, factsOf } from "./facts";
import type { Situation } from "./situation";

/** What to do next. Every action but `done` and `fail` is followed by another decision. */
export type Action =
  | "lookAtCertificate"
  | "lookAtRequest"
  | "order"
  | "wait"
  | "readVersion"
  | "merge"
  | "cancel"
  | "awaitCancellation"
  | "deleteRequest"
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

/** How long a create waits for a name that the service is still deleting or recovering: up to 149 s were recorded. */
export const patienceForNameMs = 5 * 60 * 1000;

const present = (f: Facts) => f.certificate === "placeholder" || f.certificate === "issued";
const inProgress = (f: Facts) => f.request === "inProgress";
const resumable = (f: Facts) => inProgress(f) && f.requestFits;
const superseded = (f: Facts) => inProgress(f) && f.requestOurs && !f.requestFits;
const conflict = (kind: NonNullable<Situation["conflict"]>["kind"]) => (_: Facts, s: Situation) =>
  s.conflict?.kind === kind;
const nameIsBusy = (s: Situation) =>
  s.conflict?.kind === "beingDeleted" || s.conflict?.kind === "beingRecovered";
const endedAs = (f: Facts, s: Situation, outcome: Situation["progress"]["outcome"]) =>
  f.requestFresh && s.progress.outcome === outcome;

/**
 * The decision, from top to bottom. Order is behaviour: each row may rely on every row above it not having applied.
 */
// One row a line: it is read as a table.
// prettier-ignore
export const decisionTable: readonly DecisionRow[] = [
  // What stood in the way of an order.
  { reason: "RequestInTheWay", action: "lookAtRequest", when: conflict("pendingInProgress") },
  { reason: "RequestBusy", action: "pause", when: conflict("pendingConflict") },
  { reason: "NameSoftDeleted", action: "fail", code: "KVC_SOFT_DELETED", when: conflict("softDeleted") },
  { reason: "NameBusyTooLong", action: "fail", code: "KVC_BEING_CHANGED", when: (_, s) => nameIsBusy(s) && s.progress.pausedMs >= patienceForNameMs },
  { reason: "NameBusy", action: "pause", when: (_, s) => nameIsBusy(s) },
  { reason: "NameTaken", action: "fail", code: "KVC_NAME_TAKEN", when: conflict("nameTaken") },
  { reason: "ConflictUnknown", action: "fail", code: "KVC_CONFLICT_UNKNOWN", when: conflict("unknown") },

  // Whose it is.
  { reason: "NotLookedAt", action: "lookAtCertificate", when: (f) => f.certificate === "unseen" },
  { reason: "HeldByStranger", action: "fail", code: "KVC_NOT_OURS", when: (f, s) => present(f) && f.holder === "stranger" && !s.wanted.adopt },
  { reason: "HeldByNobody", action: "fail", code: "KVC_ALREADY_EXISTS", when: (f, s) => present(f) && f.holder === "nobody" && !s.wanted.adopt },

  // How the request of this run ended.
  { reason: "RequestFailed", action: "fail", code: "KVC_REQUEST_FAILED", when: (f, s) => endedAs(f, s, "failed") },
  { reason: "RequestCancelled", action: "fail", code: "KVC_REQUEST_CANCELLED", when: (f, s) => endedAs(f, s, "cancelled") },
  { reason: "RequestGone", action: "fail", code: "KVC_REQUEST_GONE", when: (f, s) => endedAs(f, s, "gone") },
  { reason: "StatusUnknown", action: "fail", code: "KVC_STATUS_UNKNOWN", when: (f) => f.request === "unknown" },
  { reason: "TimedOut", action: "fail", code: "KVC_TIMED_OUT", when: (f, s) => endedAs(f, s, "timedOut") },
  { reason: "EngineGone", action: "fail", code: "KVC_ENGINE_GONE", when: (f, s) => endedAs(f, s, "engineGone") },

  // The request that there is.
  { reason: "RequestNotLookedAt", action: "lookAtRequest", when: (f) => f.requestToLookAt },
  { reason: "RequestCompleted", action: "readVersion", when: (f, s) => f.request === "completed" && f.requestFits && !f.versionFits && !s.progress.completed },
  { reason: "ChainAnswersRequest", action: "merge", when: (f, s) => resumable(f) && f.issuer === "manual" && s.chain?.kind === "answers" },
  { reason: "ChainUnusable", action: "fail", code: "KVC_CHAIN_WRONG_KEY", when: (f, s) => resumable(f) && f.issuer === "manual" && s.chain?.kind === "unusable" },
  { reason: "ChainDemanded", action: "fail", code: "KVC_WAITING_FOR_CHAIN", when: (f, s) => resumable(f) && f.issuer === "manual" && s.wanted.waitForCompletion === true },
  { reason: "InProgress", action: "wait", when: (f, s) => resumable(f) && f.issuer !== "manual" && s.wanted.waitForCompletion !== false },
  { reason: "SupersededManual", action: "deleteRequest", when: (f) => superseded(f) && f.issuer === "manual" },
  { reason: "Superseded", action: "cancel", when: (f, s) => superseded(f) && s.progress.cancellation === undefined },
  { reason: "SupersededCancelling", action: "awaitCancellation", when: (f, s) => superseded(f) && s.progress.cancellation === "asked" },
  { reason: "SupersededToDelete", action: "deleteRequest", when: (f) => superseded(f) },
  { reason: "RequestOfAnother", action: "fail", code: "KVC_REQUEST_IN_PROGRESS", when: (f) => inProgress(f) && !f.requestFits },

  // The version that there is.
  { reason: "ChainWithoutRequest", action: "fail", code: "KVC_CHAIN_WITHOUT_REQUEST", when: (f, s) => f.versionFits && !inProgress(f) && s.chain?.kind === "unusable" },
  { reason: "AttributesDiffer", action: "patchAttributes", when: (f, s) => present(f) && f.attributesDiffer && !s.progress.attributesPatched && (f.versionFits || resumable(f)) },
  { reason: "PolicyDiffers", action: "patchPolicy", when: (f, s) => present(f) && f.versionFits && f.policyDiffers && !s.progress.policyPatched },
  { reason: "Fits", action: "done", when: (f) => f.versionFits },
  { reason: "WaitsForChain", action: "done", when: (f) => resumable(f) },

  // A new version has to be made, once in a run.
  { reason: "VanishedAfterOrder", action: "fail", code: "KVC_NOT_SETTLING", when: (_, s) => s.progress.ordered !== undefined },
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
