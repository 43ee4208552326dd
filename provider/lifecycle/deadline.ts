import { KeyVaultCertificateError } from "../errors/error";
import { duration, longestTimerMs } from "./pace";
import type { Situation } from "./situation";
import type { Run } from "./steps/step";

/** Longer than any wait needs to tell its own end first; a call that is still being tried then is given up. */
const graceMs = 2000;

/**
 * Runs the work with calls that end with the deadline: a vault that throttles or fails for an hour must not hold a run of ten minutes. The
 * failure is KVC_TIMED_OUT, or KVC_OUTCOME_UNKNOWN where an order was under way.
 */
export async function withinDeadline<T>(
  { wanted }: Situation,
  run: Run,
  work: (bounded: Run) => Promise<T>,
): Promise<T> {
  const { deadline, tools, call } = run;
  const controller = new AbortController();
  const giveUp = () => {
    const { vaultUrl, certificateName } = wanted;
    const waited = duration(tools.clock() - deadline.startedAt);
    const details = {
      waitingFor: "the vault's answer",
      waited,
      last: "none that could be used",
      option: deadline.option,
    };
    controller.abort(new KeyVaultCertificateError("KVC_TIMED_OUT", { vaultUrl, certificateName }, details));
  };
  const remaining = Math.max(0, deadline.at - tools.clock()) + graceMs;
  const timer = setTimeout(giveUp, Math.min(remaining, longestTimerMs));
  try {
    return await work({ ...run, call: { ...call, signal: controller.signal } });
  } finally {
    clearTimeout(timer);
  }
}
