import { type Settled } from "./failure";
import { type Outcome } from "./outcome";
import { type Passing, type Patience } from "./patience";
import { type CertificatePermission, describeRequest, type VaultRequest } from "./request";
import { attemptAfter, decideRetry, type RetryVerdict, type Spent, unspent } from "./retry";
import { createThrottle, type Sleep } from "./throttle";

export interface RetryNote {
  /** Method and path, without query. */
  readonly request: string;
  readonly permission: CertificatePermission;
  readonly reason: string;
  readonly delayMs: number;
  /** The attempt that was in vain, from 1. */
  readonly attempt: number;
  /** For what may pass by itself, and is waited for over minutes. */
  readonly passing?: {
    readonly what: Passing;
    /** The first of the vault's requests that met it, in milliseconds since 1970. */
    readonly since: number;
    /** The last attempt, in milliseconds since 1970. */
    readonly until: number;
    /** This is the first attempt of the vault's to meet it. */
    readonly first: boolean;
  };
}

/** How long one request is persisted in. */
interface Effort {
  readonly signal?: AbortSignal | undefined;
  readonly onRetry?: ((note: RetryNote) => void) | undefined;
  /** Milliseconds since 1970: what may pass by itself is not waited for any longer. */
  readonly deadline?: number | undefined;
  /** What the vault's requests have met, where others are to profit from it. */
  readonly patience?: Patience;
  readonly spending?: Spending | undefined;
}

/** What a write has spent of its attempts. Given to a write of the same kind once more, it counts on. */
export interface Spending {
  spent: Spent;
}

/** Resolves when the vault lets requests through: whether that had to be waited for. */
export type Calm = () => Promise<boolean>;

export type Persist = (
  request: VaultRequest,
  effort: Effort,
  attempt: (calm: Calm) => Promise<Outcome>,
) => Promise<Settled>;

/** Makes attempts at one vault's requests as long as `decideRetry` says, with the pauses that the vault asks for. */
export function createPersistence(context: {
  /** Milliseconds since 1970. */
  readonly clock: () => number;
  readonly sleep: Sleep;
}): Persist {
  const { clock, sleep } = context;
  const throttle = createThrottle(context);
  return async (request, { signal, onRetry, deadline, patience, spending }, attempt) => {
    const { repeatable, permission } = request;
    const calm: Calm = async () => {
      const from = clock();
      await throttle.ready(signal);
      return clock() > from;
    };
    // The looks that belong to a write are no attempts of it.
    const memory: Spending = (request.method !== "GET" && spending) || { spent: unspent };
    for (;;) {
      await throttle.ready(signal);
      const { spent } = memory;
      const attempts = attemptAfter(spent);
      const outcome = await attempt(calm);
      const now = clock();
      const met = patience?.met(permission, outcome, now);
      const verdict = decideRetry({ repeatable, outcome, spent, now, since: met?.since, deadline });
      if (verdict.action === "settle") {
        if (verdict.pauseMs !== undefined) throttle.pause(verdict.pauseMs);
        return { outcome, attempts, now };
      }
      const { delayMs, shared } = verdict;
      if (shared) throttle.pause(delayMs);
      onRetry?.(noteOf(request, spent, verdict, met?.first === true));
      memory.spent = verdict.spent;
      if (!shared) await sleep(delayMs, signal);
    }
  };
}

/** @param met this is the first of the vault's requests to meet what may pass by itself */
function noteOf(
  request: VaultRequest,
  spent: Spent,
  { delayMs, reason, passing }: RetryVerdict & { readonly action: "repeat" },
  met: boolean,
): RetryNote {
  return {
    request: describeRequest(request),
    permission: request.permission,
    reason,
    delayMs,
    attempt: attemptAfter(spent),
    ...(passing && { passing: { ...passing, first: met && spent.passing === 0 } }),
  };
}
