import { type Outcome, isAmbiguous, isTransientStatus, retryAfterMs } from "./outcome";

/** How often one call has been sent in vain. */
export interface Spent {
  /** 429: not carried out, and not counted against the limit by the service. */
  readonly throttled: number;
  /** All else that is worth another attempt. */
  readonly transient: number;
}

export type RetryVerdict =
  | { readonly action: "settle" }
  | {
      readonly action: "repeat";
      readonly delayMs: number;
      /** The whole vault pauses, not this call only. */
      readonly shared: boolean;
      readonly reason: string;
      readonly spent: Spent;
    };

const settle: RetryVerdict = { action: "settle" };

/** 1, 2, 4, 8, 16 s and then 16 s each time: what the service's throttling guidance asks for. */
const backoffMs = [1000, 2000, 4000, 8000, 16_000] as const;

/** Six attempts of which none got an answer: waits of 31 s in all. */
export const maxTransient = 6;
/** Throttled attempts of one call: waits of about four minutes in all. A burst of creates is let through in portions. */
export const maxThrottled = 20;
/** The longest Retry-After that is waited for; a longer one is an error that names it. */
export const maxRetryAfterMs = 300_000;

/**
 * Whether a call is sent once more, and when. Pure. A request that may have been carried out is repeated only where
 * that is safe; one that certainly was not (429, no connection) always. Retry-After is a law on 429 and 503. A host
 * without an address and a refused TLS certificate are not retried: more attempts in half a minute change neither.
 */
export function decideRetry(input: {
  readonly repeatable: boolean;
  readonly outcome: Outcome;
  readonly spent: Spent;
  readonly now: number;
}): RetryVerdict {
  const { outcome, spent } = input;
  if (outcome.kind === "reply") {
    if (outcome.status === 429) return afterThrottling(outcome, spent, input.now);
    if (!isTransientStatus(outcome.status)) return settle;
  } else if (outcome.fault !== "notSent" && outcome.fault !== "broken") {
    return settle;
  }
  return isAmbiguous(outcome) && !input.repeatable ? settle : afterTransient(outcome, spent, input.now);
}

function afterThrottling(reply: Outcome & { kind: "reply" }, spent: Spent, now: number): RetryVerdict {
  const demanded = retryAfterMs(reply, now);
  const throttled = spent.throttled + 1;
  if (throttled >= maxThrottled || (demanded ?? 0) > maxRetryAfterMs) return settle;
  return {
    action: "repeat",
    delayMs: demanded ?? backoff(throttled),
    shared: true,
    reason: "the vault is throttling",
    spent: { ...spent, throttled },
  };
}

function afterTransient(outcome: Outcome, spent: Spent, now: number): RetryVerdict {
  const demanded =
    outcome.kind === "reply" && outcome.status === 503 ? retryAfterMs(outcome, now) : undefined;
  const transient = spent.transient + 1;
  if (transient >= maxTransient || (demanded ?? 0) > maxRetryAfterMs) return settle;
  return {
    action: "repeat",
    delayMs: demanded ?? backoff(transient),
    shared: demanded !== undefined,
    reason: outcome.kind === "reply" ? `the vault answered ${outcome.status}` : outcome.reason,
    spent: { ...spent, transient },
  };
}

function backoff(attempt: number): number {
  return backoffMs[Math.min(attempt, backoffMs.length) - 1] ?? 16_000;
}
