import { breaksOff, isAmbiguous, isTransientStatus, type Outcome, retryAfterMs } from "./outcome";
import { type Passing, passingOf } from "./patience";

/** How often one call has been sent in vain. */
export interface Spent {
  /** 429: not carried out, and not counted against the limit by the service. */
  readonly throttled: number;
  /** What may pass by itself. */
  readonly passing: number;
  /** When that was first met, in milliseconds since 1970. */
  readonly passingSince?: number;
  /** All else that is worth another attempt. */
  readonly transient: number;
}

/** The attempt that is the next one, from 1. */
export function attemptAfter({ throttled, passing, transient }: Spent): number {
  return 1 + throttled + passing + transient;
}

export type RetryVerdict =
  | {
      readonly action: "settle";
      /** The call has ended, and the vault still asks for so many milliseconds without requests. */
      readonly pauseMs?: number;
    }
  | {
      readonly action: "repeat";
      readonly delayMs: number;
      /** The whole vault pauses, not this call only. */
      readonly shared: boolean;
      readonly reason: string;
      readonly spent: Spent;
      /** What may pass by itself: when it was first met, and its last attempt; both in milliseconds since 1970. */
      readonly passing?: { readonly what: Passing; readonly since: number; readonly until: number };
    };

export const unspent: Spent = { throttled: 0, passing: 0, transient: 0 };

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
 * How long a new name or a new role is waited for, from when the vault's requests first met its absence. Both take some
 * minutes, a role up to ten as documented; one that is really missing must not hold up a pipeline for longer.
 */
export const maxPassingMs = 300_000;

interface RetryInput {
  readonly repeatable: boolean;
  readonly outcome: Outcome;
  readonly spent: Spent;
  /** Like the two below, milliseconds since 1970. */
  readonly now: number;
  /** When the vault's requests first met what this one met. Default: now. */
  readonly since?: number | undefined;
  /** Of the caller: what may pass by itself is not waited for any longer. */
  readonly deadline?: number | undefined;
}

/**
 * Whether a call is sent once more, and when. Pure. A request that may have been carried out is repeated only where
 * that is safe; one that certainly was not (429, no connection, no address, no role) always. Retry-After is a law on
 * 429 and 503: nothing is sent earlier, also where this call ends with it. A refused TLS certificate is not retried: time does not change it.
 */
export function decideRetry(input: RetryInput): RetryVerdict {
  const verdict = repetition(input);
  const pauseMs = demandedPauseMs(input.outcome, input.now) ?? 0;
  const obeyed = pauseMs > 0 && pauseMs <= maxRetryAfterMs;
  return verdict.action === "settle" && obeyed ? { action: "settle", pauseMs } : verdict;
}

/** How long the vault asks for no request; undefined where it does not, or its Retry-After is a hint only. */
export function demandedPauseMs(outcome: Outcome, now: number): number | undefined {
  if (outcome.kind === "fault" || (outcome.status !== 429 && outcome.status !== 503)) return undefined;
  return retryAfterMs(outcome, now);
}

function repetition(input: RetryInput): RetryVerdict {
  const { outcome, spent, now } = input;
  const passing = passingOf(outcome);
  if (passing !== undefined) return afterPassing(passing, input);
  if (outcome.kind === "reply") {
    if (outcome.status === 429) return afterThrottling(outcome, spent, now);
    if (breaksOff(outcome)) return input.repeatable ? afterTransient(outcome, spent, now) : settle;
    if (!isTransientStatus(outcome.status)) return settle;
  } else if (outcome.fault !== "notSent" && outcome.fault !== "broken") {
    return settle;
  }
  return isAmbiguous(outcome) && !input.repeatable ? settle : afterTransient(outcome, spent, now);
}

function afterPassing(what: Passing, input: RetryInput): RetryVerdict {
  const { outcome, spent, now } = input;
  // The call's own memory too: the vault's ends when another certificate's request is let through.
  const since = Math.min(input.since ?? now, spent.passingSince ?? now);
  const until = Math.min(since + maxPassingMs, input.deadline ?? Infinity);
  if (now >= until) return settle;
  const passing = spent.passing + 1;
  return {
    action: "repeat",
    delayMs: Math.min(backoff(passing), until - now),
    shared: false,
    reason: reasonOf(outcome),
    spent: { ...spent, passing, passingSince: since },
    passing: { what, since, until },
  };
}

function afterThrottling(reply: Outcome & { kind: "reply" }, spent: Spent, now: number): RetryVerdict {
  const demanded = demandedPauseMs(reply, now);
  const throttled = spent.throttled + 1;
  if (throttled >= maxThrottled || (demanded ?? 0) > maxRetryAfterMs) return settle;
  return {
    action: "repeat",
    // A demand of no time at all would spend all attempts at once.
    delayMs: Math.max(demanded ?? 0, backoff(throttled)),
    shared: true,
    reason: "the vault is throttling",
    spent: { ...spent, throttled },
  };
}

function afterTransient(outcome: Outcome, spent: Spent, now: number): RetryVerdict {
  const demanded = demandedPauseMs(outcome, now);
  const transient = spent.transient + 1;
  if (transient >= maxTransient || (demanded ?? 0) > maxRetryAfterMs) return settle;
  return {
    action: "repeat",
    delayMs: Math.max(demanded ?? 0, backoff(transient)),
    shared: demanded !== undefined,
    reason: reasonOf(outcome),
    spent: { ...spent, transient },
  };
}

function reasonOf(outcome: Outcome): string {
  if (outcome.kind === "fault") return outcome.reason;
  return `the vault answered ${outcome.status}${breaksOff(outcome) ? " with half of a body" : ""}`;
}

function backoff(attempt: number): number {
  return backoffMs[Math.min(attempt, backoffMs.length) - 1] ?? 16_000;
}
