import { bundleOf } from "../facts";
import { after, name, type Step } from "./step";

export const lookAtCertificate: Step = async (s, { tools, call }) =>
  after(s, { certificate: (await tools.vault.getCertificate(name(s), call)) ?? "absent" });

export const lookAtRequest: Step = async (s, { tools, call }) => {
  // After a 409 whoever made the request is of interest; before it, only the one that the state remembers.
  const remembered =
    s.conflict === undefined && bundleOf(s)?.cer !== undefined ? s.memory?.request?.requestId : undefined;
  const operation = (await tools.vault.getOperation(name(s), remembered, call)) ?? "absent";
  // A 409 also says that the certificate seen before it is no longer the whole truth.
  const certificate = s.conflict === undefined ? s.certificate : undefined;
  return after(s, { operation, certificate, conflict: undefined });
};

/** What took the place of a request that is gone. */
export const lookAtSuccessor: Step = async (s, { tools, call }) => {
  const certificate = (await tools.vault.getCertificate(name(s), call)) ?? "absent";
  const operation = (await tools.vault.getOperation(name(s), undefined, call)) ?? "absent";
  return after(s, { certificate, operation }, { successorSeen: true });
};

export const lookAtDeleted: Step = async (s, { tools, call }) =>
  after(s, { deleted: (await tools.vault.getDeletedCertificate(name(s), call)) ?? "absent" });

/** The version that a completed request has made. */
export const readVersion: Step = async (s, run) => {
  const seen = await lookAtCertificate(s, run);
  return after(seen, {}, { completed: true });
};
