import { KeyVaultCertificateError } from "../errors/error";
import { duration, longestTimerMs } from "./pace";
import type { Situation } from "./situation";
import type { Run } from "./steps/step";
import type { Deadline } from "./tools";
import { type UnderWay, watchCalls } from "./under-way";

/** Longer than any wait needs to tell its own end first; a call that is still being tried then is given up. */
const graceMs = 2000;

/**
 * Runs the work with calls that end with the deadline, and with the engine: a vault that throttles or fails for an hour must not hold a run
 * of ten minutes, and what an orphan has in line for a connection must not be sent. The failure is KVC_TIMED_OUT or KVC_ENGINE_GONE,
 * or KVC_OUTCOME_UNKNOWN where an order was under way.
 */
export async function withinDeadline<T>(
  { wanted }: Situation,
  run: Run,
  work: (bounded: Run) => Promise<T>,
): Promise<T> {
  const { tools, call } = run;
  const { vaultUrl, certificateName } = wanted;
  const where = { vaultUrl, certificateName };
  const engine = tools.engine.signal;
  const controller = new AbortController();
  const underWay = watchCalls(tools.vault, call);
  const giveUp = () =>
    controller.abort(new KeyVaultCertificateError("KVC_TIMED_OUT", where, endOf(run, underWay)));
  const stop = () => {
    const doing = `${underWay.call() ?? "the next step"} was under way`;
    controller.abort(new KeyVaultCertificateError("KVC_ENGINE_GONE", where, { doing }));
  };
  const deadline = steady(run);
  const remaining = Math.max(0, deadline.at - tools.clock()) + graceMs;
  const timer = setTimeout(giveUp, Math.min(remaining, longestTimerMs));
  // Not `AbortSignal.any`, which leaves something of each run on a signal that lives as long as the process.
  engine.addEventListener("abort", stop, { once: true });
  if (engine.aborted) stop();
  const { vault, onRetry } = underWay;
  const bounded = {
    ...call,
    signal: controller.signal,
    onRetry,
    get deadline() {
      return deadline.at;
    },
  };
  try {
    return await work({ tools: { ...tools, vault }, deadline, call: bounded });
  } finally {
    clearTimeout(timer);
    engine.removeEventListener("abort", stop);
  }
}

/**
 * The same deadline however this machine's clock is set meanwhile: its times are given by that clock as it is when they are asked for, so
 * that what they are compared with has moved with them.
 */
function steady({ tools, deadline }: Run): Deadline {
  const { clock, steadyClock = clock } = tools;
  const [begun, now] = [steadyClock(), clock()];
  const [left, spent] = [deadline.at - now, now - deadline.startedAt];
  const since = () => steadyClock() - begun;
  return {
    option: deadline.option,
    get at() {
      return clock() + left - since();
    },
    get startedAt() {
      return clock() - spent - since();
    },
  };
}

/** How it stood when the run was given up. What the next one does is for who knows the situation to add: `retold`. */
function endOf({ deadline, tools }: Run, underWay: UnderWay) {
  return {
    waitingFor: `the ${deadline.option}`,
    waited: duration(deadline.at - deadline.startedAt),
    met: obstacle(underWay, tools.tokenAwaited?.() === true),
    option: deadline.option,
  };
}

function obstacle({ call, lastRetry }: UnderWay, tokenAwaited: boolean): string {
  const [what, note] = [call(), lastRetry()];
  if (note !== undefined) {
    const attempts = note.attempt === 1 ? "1 attempt" : `${note.attempt} attempts`;
    return `${what ?? "a call"} did not come through: ${note.reason} (${note.request}, ${attempts})`;
  }
  if (what === undefined) return "it was still at work";
  return tokenAwaited
    ? `the credential has given no token for ${what}`
    : `the vault has not answered ${what}`;
}
