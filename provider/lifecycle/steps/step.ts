import { isError, type KeyVaultCertificateError } from "../../errors/error";
import { type CallOptions, maxRetryAfterMs } from "../../vault/client";
import type { CertificateOperation } from "../../vault/model";
import { isForKeyOf } from "../../x509/certificate";
import { factsOf } from "../facts";
import { bundleOf, operationOf } from "../seen";
import type { Progress, Situation } from "../situation";
import { outcomeOfStatus, readStatus } from "../status";
import type { Deadline, Tools } from "../tools";

/** What a step needs beside the situation. */
export interface Run {
  readonly tools: Tools;
  readonly deadline: Deadline;
  readonly call: CallOptions;
}

/** Does one thing and says what is known now. */
export type Step = (s: Situation, run: Run) => Promise<Situation>;

export const name = (s: Situation): string => s.wanted.certificateName;

/** The situation with what a step has found out and done. */
export function after(
  s: Situation,
  known: Partial<Omit<Situation, "progress">>,
  progress: Partial<Progress> = {},
): Situation {
  return { ...s, ...known, progress: { ...s.progress, ...progress } };
}

/** Nothing that was seen of the name still holds. */
export const unseen = {
  certificate: undefined,
  operation: undefined,
  deleted: undefined,
  conflict: undefined,
} as const;

/** The same, but a request that this run has made or waited for stays known; any other is looked at with the certificate. */
export function unseenButOwn({ operation, progress: { ordered, followed } }: Situation) {
  const isOfThisRun = ordered !== undefined || followed !== undefined;
  return { ...unseen, operation: isOfThisRun ? operation : undefined };
}

/** No later look finds this request in progress. */
export const ended = (seen: CertificateOperation | "absent"): boolean =>
  seen === "absent" || readStatus(seen.status) !== "inProgress";

/** This run's own request, which a later look has not found as it was. */
export function requestEnded(
  s: Situation,
  begun: CertificateOperation,
  seen: CertificateOperation | "absent",
): Situation {
  const { requestId: followed } = begun;
  if (seen === "absent") return after(s, { operation: begun }, { outcome: "gone", followed });
  const status = readStatus(seen.status);
  const outcome = status === undefined ? "unknown" : outcomeOfStatus[status];
  return after(s, { operation: seen }, { outcome, followed });
}

/** The 409 that an error is, or `undefined`. */
export function conflictIn(error: unknown): Situation["conflict"] {
  if (!isError(error, "KVC_CONFLICT")) return undefined;
  return { kind: error.details.kind, words: error.details.serviceMessage ?? error.message };
}

type Attempt<T> =
  | { readonly conflict: undefined; readonly value: T }
  | { readonly conflict: NonNullable<Situation["conflict"]>; readonly value: undefined };

/** What a call gave, or the 409 that it met. */
export async function attempt<T>(call: () => Promise<T>): Promise<Attempt<T>> {
  try {
    return { conflict: undefined, value: await call() };
  } catch (error) {
    const conflict = conflictIn(error);
    if (conflict === undefined) throw error;
    return { conflict, value: undefined };
  }
}

/** The pending object: of that request, or whichever there is where none is named. */
export async function requestSeen(
  s: Situation,
  { tools, call }: Run,
  requestId: string | undefined,
): Promise<CertificateOperation | "absent"> {
  return (await tools.vault.getOperation(name(s), requestId, call)) ?? "absent";
}

/**
 * A reply was lost for the first time in this run: look before doing it again. A second time is left to the next run, and so is a look that the
 * vault does not want for longer than a run waits.
 */
export function isFirstLostReply(
  error: unknown,
  s: Situation,
): error is KeyVaultCertificateError<"KVC_OUTCOME_UNKNOWN"> {
  if (!isError(error, "KVC_OUTCOME_UNKNOWN") || s.progress.replyLost) return false;
  return (error.details.retryAfterMs ?? 0) <= maxRetryAfterMs;
}

/**
 * What was seen of a request. One that has completed has changed what has the name, unless that is its version already, or is to be waited for
 * as such.
 */
export function withOperation(s: Situation, operation: Situation["operation"]): Situation {
  const seen = { ...s, operation };
  const { request, requestFits, versionFits } = factsOf(seen);
  const isOlder = !requestFits || (versionFits && !answersRequest(seen));
  return request === "completed" && isOlder ? { ...seen, certificate: undefined } : seen;
}

/** The version is for the key of the request. */
export function answersRequest(s: Situation): boolean {
  const [bundle, operation] = [bundleOf(s), operationOf(s)];
  // What is not there at all has been taken away meanwhile, and would not come by waiting.
  if (bundle === undefined || operation === undefined) return true;
  if (bundle.cer === undefined) return false;
  return isForKeyOf(bundle.cer, operation.csr);
}
