import type { Action } from "../../../provider/lifecycle/decide";
import { patienceForNameMs } from "../../../provider/lifecycle/patience";
import type { Situation } from "../../../provider/lifecycle/situation";
import type { ErrorCode } from "../../../provider/errors/table";
import { issued, operation, otherRequestId, policy, requestId } from "./certificate";
import {
  answering,
  ca,
  disturbed,
  ended,
  fitting,
  manual,
  met,
  metDeleted,
  outdated,
  requested,
  settled,
  superseded,
  wrongKey,
} from "./moments";
import { memory, ourTags, situation, strangersTags, wanted } from "./situation";

export interface ExpectedRow {
  readonly reason: string;
  readonly action: Action;
  readonly code?: ErrorCode;
  /** The history, in words. */
  readonly when: string;
  readonly situation: Situation;
}

const row = (reason: string, when: string, action: Action, s: Situation): ExpectedRow => ({
  reason,
  when,
  action,
  situation: s,
});
const failing = (reason: string, when: string, code: ErrorCode, s: Situation): ExpectedRow => ({
  ...row(reason, when, "fail", s),
  code,
});
const strangers = issued({ tags: strangersTags });
const signer = { command: ["./sign.sh"] } as const;
const tooLong = { pausedMs: patienceForNameMs };

/** One history for each row of the decision, in the table's order. */
// One row a line: it is read beside the table.
// prettier-ignore
export const expectedRows: readonly ExpectedRow[] = [
  row("RequestInTheWay", "an order met a request in progress", "lookAtRequest", met("pendingInProgress")),
  row("DeletedNotLookedAt", "an order met a deleted certificate", "lookAtDeleted", met("softDeleted")),
  failing("BusyTooLong", "the name is still being deleted after ten minutes", "KVC_BUSY_TOO_LONG", met("beingDeleted", { progress: tooLong })),
  row("Busy", "the name is being recovered", "pause", met("beingRecovered", { progress: { pausedMs: patienceForNameMs - 1 } })),
  failing("DeletedOfAnother", "the deleted certificate is a stranger's", "KVC_SOFT_DELETED_NOT_OURS", metDeleted({ deleted: strangers })),
  failing("DeletedToKeep", "onSoftDeleted is fail", "KVC_SOFT_DELETED", metDeleted({ wanted: { onSoftDeleted: "fail" } })),
  row("DeletedToRecover", "onSoftDeleted is recover", "recover", metDeleted()),
  failing("DeletedProtected", "onSoftDeleted is purge, and the vault is protected", "KVC_CANNOT_PURGE", metDeleted({ wanted: { onSoftDeleted: "purge" }, deleted: { ...fitting, recoveryLevel: "Recoverable" } })),
  row("DeletedToPurge", "onSoftDeleted is purge", "purge", metDeleted({ wanted: { onSoftDeleted: "purge" } })),
  failing("NameTaken", "a plain key or secret has the name", "KVC_NAME_TAKEN", met("nameTaken")),
  failing("ConflictUnknown", "an order met a conflict that nobody knows", "KVC_CONFLICT_UNKNOWN", met("unknown")),
  row("SuccessorNotLookedAt", "somebody deleted the request that was waited for", "lookAtSuccessor", ended("gone", "inProgress")),
  failing("RequestGone", "it is gone, and nothing that fits took its place", "KVC_REQUEST_GONE", requested({ operation: "absent", progress: { followed: requestId, outcome: "gone", successorSeen: true } })),
  row("NotLookedAt", "the run begins", "lookAtCertificate", situation()),
  failing("HeldByStranger", "the tag names another resource", "KVC_NOT_OURS", situation({ certificate: strangers })),
  failing("HeldByNobody", "there is a certificate without a tag, and no state of ours", "KVC_ALREADY_EXISTS", situation({ certificate: issued() })),
  row("TakenOver", "a create finds its own certificate with the mark of an earlier create", "takeOver", situation({ certificate: issued({ tags: ourTags(wanted(), { incarnation: "ffffffff" }) }) })),
  failing("EngineGone", "the engine went away", "KVC_ENGINE_GONE", ended("engineGone", "inProgress")),
  failing("TimedOut", "the deadline passed", "KVC_TIMED_OUT", ended("timedOut", "inProgress")),
  failing("StatusUnknown", "the status is not in the table", "KVC_STATUS_UNKNOWN", requested({ operation: operation({ status: "Paused" }) })),
  row("ChainAnswersUnsigned", "the issuer failed, and a chain for the CSR is given", "merge", { ...ended("failed"), chain: answering }),
  failing("RequestFailed", "the issuer refused", "KVC_REQUEST_FAILED", ended("failed")),
  failing("RequestCancelled", "somebody cancelled the request that was waited for", "KVC_REQUEST_CANCELLED", ended("cancelled", "canceled")),
  row("RequestNotLookedAt", "a crash left a placeholder with our mark", "lookAtRequest", requested({ operation: undefined })),
  row("RequestCompleted", "the request that fits has ended well, and its version has not been read", "readVersion", requested({ operation: operation({ status: "completed" }) })),
  row("ChainAnswersRequest", "the chain is for the key of the request that waits", "merge", requested({ wanted: manual, chain: answering })),
  failing("ChainUnusable", "the chain is for another key", "KVC_CHAIN_WRONG_KEY", requested({ wanted: manual, chain: wrongKey })),
  row("SignerToAsk", "the CSR is out, and a signer is there to be asked", "sign", requested({ wanted: { ...manual, signer } })),
  failing("ChainDemanded", "waitForCompletion is true and there is no chain", "KVC_WAITING_FOR_CHAIN", requested({ wanted: { ...manual, waitForCompletion: true } })),
  row("InProgress", "an issuer works on the request", "wait", requested({ wanted: ca })),
  failing("ConflictRefused", "a stranger's request is in the way", "KVC_REQUEST_IN_PROGRESS", disturbed()),
  row("ConflictToWaitFor", "onConflict is wait", "waitForOther", disturbed({ wanted: { onConflict: "wait" } })),
  row("ConflictManual", "a request that waits for a chain is for something else", "deleteRequest", superseded({ wanted: manual })),
  row("ConflictToCancel", "an issuer works on something else that we wanted", "cancel", superseded()),
  row("ConflictCancelling", "its cancellation was asked for", "awaitCancellation", superseded({ progress: { cancellation: "asked" } })),
  failing("ConflictNotCancelled", "onConflict is cancel, and the issuer did not", "KVC_NOT_CANCELLED", disturbed({ wanted: { onConflict: "cancel" }, progress: { cancellation: "waited" } })),
  row("ConflictToDelete", "the cancellation of our own was refused", "deleteRequest", superseded({ progress: { cancellation: "refused" } })),
  failing("ChainWithoutRequest", "the chain is not of the current version, and no request waits", "KVC_CHAIN_WITHOUT_REQUEST", settled({ wanted: manual, certificate: issued({ tags: ourTags(wanted(manual)), policy: manual.policy }), chain: wrongKey })),
  row("AttributesDiffer", "a tag is missing", "patchAttributes", settled({ wanted: { tags: { team: "web" } } })),
  row("PolicyDiffers", "the stored policy has drifted", "patchPolicy", settled({ certificate: { ...fitting, policy: policy({ keySize: 4096 }) } })),
  row("Fits", "the current version is what is wanted", "done", settled()),
  row("NotWaitedFor", "the CSR is out and there is no chain yet", "done", requested({ wanted: manual })),
  failing("NothingToMerge", "the request of a merge is gone, and somebody else's stands in its place", "KVC_NOTHING_TO_MERGE", superseded({ wanted: { ...manual, part: "merge" } })),
  failing("VanishedAfterOrder", "what this run ordered ended well and gave nothing that fits", "KVC_NOT_SETTLING", requested({ operation: operation({ status: "completed", requestId: otherRequestId }), certificate: outdated, progress: { ordered: requestId, outcome: "succeeded" } })),
  row("NothingThere", "the name is free", "order", situation({ certificate: "absent" })),
  row("RequestAbandoned", "only a placeholder is left of an earlier request", "order", requested({ operation: "absent" })),
  row("VersionOutdated", "the current version was made for something else", "order", situation({ certificate: outdated, memory: memory({ request: undefined }) })),
];
