import { isError } from "../errors/error";
import type { CallOptions } from "../vault/client";
import type { CertificateOperation } from "../vault/model";
import type { Action } from "./decide";
import { bundleOf, operationOf, wantedTags } from "./facts";
import { issuerKind } from "./policy";
import type { Progress, Situation } from "./situation";
import { outcomeOfStatus, readStatus } from "./status";
import type { Deadline, Tools } from "./tools";
import { follow } from "./wait";

/** What a step needs beside the situation. */
export interface Run {
  readonly tools: Tools;
  readonly deadline: Deadline;
  readonly call: CallOptions;
}

/** Does one thing and says what is known now. */
export type Step = (s: Situation, run: Run) => Promise<Situation>;

/** How long one pause for a busy name or request is. */
const pauseMs = 2000;
/** How long a cancellation is waited for before the request is deleted all the same: Self took 10 s when recorded. */
const cancellationPatienceMs = 60_000;

const name = (s: Situation) => s.wanted.certificateName;

function after(
  s: Situation,
  known: Partial<Omit<Situation, "progress">>,
  progress: Partial<Progress> = {},
): Situation {
  return { ...s, ...known, progress: { ...s.progress, ...progress } };
}

const lookAtCertificate: Step = async (s, { tools, call }) =>
  after(s, { certificate: (await tools.vault.getCertificate(name(s), call)) ?? "absent" });

const lookAtRequest: Step = async (s, { tools, call }) => {
  // After a 409 whoever made the request is of interest; before it, only the one that the state remembers.
  const remembered =
    s.conflict === undefined && bundleOf(s)?.cer !== undefined ? s.memory?.request?.requestId : undefined;
  const operation = (await tools.vault.getOperation(name(s), remembered, call)) ?? "absent";
  // A 409 also says that the certificate seen before it is no longer the whole truth.
  const certificate = s.conflict === undefined ? s.certificate : undefined;
  return after(s, { operation, certificate, conflict: undefined });
};

const order: Step = async (s, { tools, call }) => {
  const { policy, enabled, preserveCertificateOrder } = s.wanted;
  const tags = wantedTagsOfOrder(s);
  const request = {
    policy,
    enabled,
    tags,
    ...(preserveCertificateOrder === undefined ? {} : { preserveCertificateOrder }),
  };
  try {
    const operation = await tools.vault.createCertificate(name(s), request, call);
    return after(
      s,
      { operation, conflict: undefined },
      { ordered: operation.requestId, accepted: true, outcome: undefined },
    );
  } catch (error) {
    if (isError(error, "KVC_CONFLICT")) {
      return after(s, {
        conflict: { kind: error.details.kind, words: error.details.serviceMessage ?? error.message },
      });
    }
    // The reply was lost: look before ordering again. A second time is left to the next `pulumi up`.
    if (!isError(error, "KVC_OUTCOME_UNKNOWN") || s.progress.replyLost) throw error;
    return after(s, { certificate: undefined, operation: undefined }, { replyLost: true });
  }
};

/** The tags of a new request: its own generation, whatever the current version's is. */
function wantedTagsOfOrder(s: Situation): Record<string, string> {
  return wantedTags({ ...s, certificate: "absent" });
}

const wait: Step = async (s, run) => {
  const { tools, deadline, call } = run;
  const begun = operationOf(s);
  if (begun === undefined) throw new TypeError("there is no request to wait for");
  const followed = begun.requestId;
  const look = async () => (await tools.vault.getOperation(name(s), followed, call)) ?? "absent";
  const ended = (seen: CertificateOperation | "absent") =>
    seen === "absent" || readStatus(seen.status) !== "inProgress";
  const waited = await follow(tools.scheduler.watch(look, ended), ended, {
    tools,
    deadline,
    waitingFor: begun.issuerName,
  });
  if (waited.kind !== "value") {
    return after(s, { operation: waited.last ?? begun }, { outcome: waited.kind, followed });
  }
  if (waited.value === "absent") return after(s, { operation: begun }, { outcome: "gone", followed });
  const status = readStatus(waited.value.status);
  return after(
    s,
    { operation: waited.value },
    { outcome: status === undefined ? "unknown" : outcomeOfStatus[status], followed },
  );
};

const readVersion: Step = async (s, { tools, call }) =>
  after(
    s,
    { certificate: (await tools.vault.getCertificate(name(s), call)) ?? "absent" },
    { completed: true },
  );

const merge: Step = async (s, { tools, call }) => {
  if (s.chain?.kind !== "answers") throw new TypeError("there is no chain to merge");
  for (const warning of s.chain.warnings) tools.reporter.warn(warning);
  const { enabled } = s.wanted;
  const request = { x5c: [...s.chain.x5c], enabled, tags: wantedTagsOfOrder(s) };
  const merged = await tools.vault.mergeCertificate(name(s), request, call);
  const operation = operationOf(s);
  // The merge's reply is the certificate, and the request that it answered is thereby completed.
  return after(
    s,
    {
      certificate: merged,
      chain: { kind: "merged" },
      operation: operation === undefined ? s.operation : { ...operation, status: "completed" },
    },
    { completed: true, accepted: true, outcome: "succeeded" },
  );
};

const cancel: Step = async (s, { tools, call }) => {
  const requestId = operationOf(s)?.requestId;
  try {
    const operation = (await tools.vault.cancelOperation(name(s), requestId, call)) ?? "absent";
    return after(s, { operation }, { cancellation: "asked", accepted: true });
  } catch (error) {
    // 403 or 400: the request is no longer in progress, or its issuer does not cancel. Looking again tells which.
    if (!isError(error, "KVC_NOT_CANCELLABLE", "KVC_BAD_REQUEST")) throw error;
    return after(
      s,
      { operation: (await tools.vault.getOperation(name(s), requestId, call)) ?? "absent" },
      { cancellation: "refused" },
    );
  }
};

const awaitCancellation: Step = async (s, run) => {
  const begun = operationOf(s);
  const until = {
    ...run.deadline,
    at: Math.min(run.deadline.at, run.tools.clock() + cancellationPatienceMs),
  };
  const look = async () =>
    (await run.tools.vault.getOperation(name(s), begun?.requestId, run.call)) ?? "absent";
  const ended = (seen: CertificateOperation | "absent") =>
    seen === "absent" || readStatus(seen.status) !== "inProgress";
  const waitingFor = `${begun?.issuerName ?? "the issuer"} to cancel the superseded request`;
  const waited = await follow(run.tools.scheduler.watch(look, ended), ended, {
    tools: run.tools,
    deadline: until,
    waitingFor,
  });
  if (waited.kind === "engineGone") return after(s, {}, { outcome: "engineGone" });
  return after(
    s,
    { operation: waited.kind === "value" ? waited.value : s.operation },
    { cancellation: "waited" },
  );
};

const deleteRequest: Step = async (s, { tools, call }) => {
  const operation = operationOf(s);
  await tools.vault.deleteOperation(name(s), operation?.requestId, call);
  if (operation !== undefined && issuerKind(operation.issuerName) === "integrated") {
    tools.reporter.warn(
      `request ${operation.requestId} at issuer "${operation.issuerName}" was deleted from the vault before it ended; it may still be issued and billed`,
    );
  }
  return after(s, { operation: "absent" }, { accepted: true });
};

const patchAttributes: Step = async (s, { tools, call }) => {
  const bundle = bundleOf(s);
  const { enabled } = s.wanted;
  const patch = { tags: wantedTags(s), ...(bundle?.cer === undefined ? {} : { enabled }) };
  const patched = await tools.vault.updateCertificate(name(s), bundle?.version, patch, call);
  // A versioned reply carries neither the policy nor the pending object.
  const kept =
    bundle === undefined
      ? {}
      : { hasPending: bundle.hasPending, ...(bundle.policy === undefined ? {} : { policy: bundle.policy }) };
  return after(s, { certificate: { ...patched, ...kept } }, { attributesPatched: true, accepted: true });
};

const patchPolicy: Step = async (s, { tools, call }) => {
  const policy = await tools.vault.updatePolicy(name(s), s.wanted.policy, call);
  const bundle = bundleOf(s);
  return after(
    s,
    { certificate: bundle === undefined ? s.certificate : { ...bundle, policy } },
    { policyPatched: true, accepted: true },
  );
};

const pause: Step = async (s, { tools }) => {
  const what =
    s.conflict?.kind === "beingRecovered"
      ? "recovered"
      : s.conflict?.kind === "beingDeleted"
        ? "deleted"
        : "changed";
  tools.reporter.progress(`waiting until the certificate of this name is no longer being ${what}`);
  await tools.sleep(pauseMs, tools.engine.signal);
  const seen = { conflict: undefined, certificate: undefined, operation: undefined } as const;
  const outcome = tools.engine.signal.aborted ? { outcome: "engineGone" as const } : {};
  return after(s, seen, { pausedMs: s.progress.pausedMs + pauseMs, ...outcome });
};

/** What each action does. `done` and `fail` end the run and so do nothing. */
export const steps: Readonly<Record<Exclude<Action, "done" | "fail">, Step>> = {
  lookAtCertificate,
  lookAtRequest,
  order,
  wait,
  readVersion,
  merge,
  cancel,
  awaitCancellation,
  deleteRequest,
  patchAttributes,
  patchPolicy,
  pause,
};
