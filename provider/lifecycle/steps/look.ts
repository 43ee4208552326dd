import type { CertificateOperation } from "../../vault/model";
import { bundleOf } from "../facts";
import type { Progress, Situation } from "../situation";
import { readStatus } from "../status";
import { after, name, requestSeen, type Step, withOperation } from "./step";

export const lookAtCertificate: Step = async (s, { tools, call }) =>
  after(s, { certificate: (await tools.vault.getCertificate(name(s), call)) ?? "absent" });

export const lookAtRequest: Step = async (s, run) => {
  // After a 409 whoever made the request is of interest; before it, only the one that the state remembers.
  const remembered =
    s.conflict === undefined && bundleOf(s)?.cer !== undefined ? s.memory?.request?.requestId : undefined;
  const operation = await requestSeen(s, run, remembered);
  if (s.conflict === undefined) return after(withOperation(s, operation), {}, endedUnseen(s, operation));
  // Refused because of a request that is not there: it ends just now, or is being written.
  if (operation === "absent") return after(s, { conflict: { ...s.conflict, kind: "pendingConflict" } });
  // A 409 also says that the certificate seen before it is no longer the whole truth.
  return after(s, { operation, certificate: undefined, conflict: undefined }, endedUnseen(s, operation));
};

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

/** What took the place of a request that is gone. */
export const lookAtSuccessor: Step = async (s, run) => {
  const seen = await lookAtCertificate(s, run);
  return after(seen, { operation: await requestSeen(s, run, undefined) }, { successorSeen: true });
};

export const lookAtDeleted: Step = async (s, { tools, call }) =>
  after(s, { deleted: (await tools.vault.getDeletedCertificate(name(s), call)) ?? "absent" });

/** The version that a completed request has made. */
export const readVersion: Step = async (s, run) => {
  const seen = await lookAtCertificate(s, run);
  return after(seen, {}, { completed: true });
};
