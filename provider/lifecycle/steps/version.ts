import type { CertificateOperation } from "../../vault/model";
import { earlierIncarnation, tagsOfNewVersion, wantedTags } from "../facts";
import { markedTags, readMark, userTags } from "../ownership";
import { policyPatch } from "../policy";
import { bundleOf, operationOf } from "../seen";
import { guarded } from "./guarded";
import { after, conflictIn, isFirstLostReply, name, type Step } from "./step";

/** How the service may refuse a merge whose request has ended or is gone: documented nowhere. */
const refusalsOfMerge = [
  "KVC_BAD_REQUEST",
  "KVC_FORBIDDEN",
  "KVC_MERGE_FORBIDDEN",
  "KVC_NOT_CANCELLABLE",
  "KVC_NOT_FOUND",
] as const;

const mergeNow: Step = async (s, { tools, call }) => {
  if (s.chain?.kind !== "answers") throw new TypeError("there is no chain to merge");
  for (const warning of s.chain.warnings) tools.reporter.warn(warning);
  const request = { x5c: [...s.chain.x5c], enabled: s.wanted.enabled, tags: tagsOfNewVersion(s) };
  try {
    const certificate = await tools.vault.mergeCertificate(name(s), request, call);
    // The merge's reply is the certificate, and the request that it answered is thereby completed.
    const answered = operationOf(s);
    const operation = answered === undefined ? s.operation : completed(answered);
    const done = { completed: true, accepted: true, outcome: "succeeded" } as const;
    return after(s, { certificate, operation, chain: { kind: "merged" } }, done);
  } catch (error) {
    const conflict = conflictIn(error);
    if (conflict?.kind === "pendingConflict") return after(s, { conflict });
    if (!isFirstLostReply(error, s)) throw error;
    // The chain is the current version by now, or it can be merged again: looking tells.
    return after(s, { certificate: undefined, operation: undefined }, { replyLost: true, accepted: true });
  }
};

export const merge: Step = guarded(mergeNow, "request", refusalsOfMerge);

function completed({ issuerName, csr, cancellationRequested, requestId }: CertificateOperation) {
  return { issuerName, csr, cancellationRequested, requestId, status: "completed" };
}

/** Puts this create's incarnation in the mark, and leaves all else for later. */
export const takeOver: Step = guarded(async (s, { tools, call }) => {
  const bundle = bundleOf(s);
  const tookOver = bundle && earlierIncarnation(s, bundle);
  const seen = bundle && readMark(bundle.tags);
  if (bundle === undefined || seen === undefined) throw new TypeError("there is no mark to take over");
  const tags = markedTags(userTags(bundle.tags), { ...seen, incarnation: s.mark.incarnation });
  await tools.vault.updateCertificate(name(s), bundle.version, { tags }, call);
  return after(s, { certificate: { ...bundle, tags } }, { tookOver, accepted: true });
});

export const patchAttributes: Step = guarded(async (s, { tools, call }) => {
  const bundle = bundleOf(s);
  if (bundle === undefined) throw new TypeError("there is no version to patch");
  const isOwn = bundle.cer !== undefined && s.wanted.part !== "request";
  const enabled = isOwn ? { enabled: s.wanted.enabled } : {};
  const patch = { tags: wantedTags(s), ...enabled };
  const patched = await tools.vault.updateCertificate(name(s), bundle.version, patch, call);
  // A versioned reply carries neither the policy nor the pending object.
  const policy = bundle.policy === undefined ? {} : { policy: bundle.policy };
  const certificate = { ...patched, hasPending: bundle.hasPending, ...policy };
  return after(s, { certificate }, { attributesPatched: true, accepted: true });
});

export const patchPolicy: Step = guarded(async (s, { tools, call }) => {
  const bundle = bundleOf(s);
  const stored = bundle?.policy;
  const patch = stored === undefined ? s.wanted.policy : policyPatch(stored, s.wanted.policy, s.wanted.part);
  // Of what somebody has added a PATCH takes nothing away.
  if (Object.keys(patch).length === 0) return after(s, {}, { policyPatched: true });
  const policy = await tools.vault.updatePolicy(name(s), patch, call);
  const certificate = bundle === undefined ? s.certificate : { ...bundle, policy };
  return after(s, { certificate }, { policyPatched: true, accepted: true });
});
