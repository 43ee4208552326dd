import { type Settled } from "./failure";
import { type Outcome } from "./outcome";
import { type Passing, type Patience } from "./patience";
import { type CertificatePermission, describeRequest, type VaultRequest } from "./request";
import { decideRetry, unspent } from "./retry";
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
}

export type Persist = (
  request: VaultRequest,
  effort: Effort,
  attempt: () => Promise<Outcome>,
) => Promise<Settled>;

/** Makes attempts at one vault's requests as long as `decideRetry` says, with the pauses that the vault asks for. */
export function createPersistence(context: {
  /** Milliseconds since 1970. */
  readonly clock: () => number;
  readonly sleep: Sleep;
}): Persist {
  const { clock, sleep } = context;
  const throttle = createThrottle(context);
  return async (request, { signal, onRetry, deadline, patience }, attempt) => {
    const { repeatable, permission } = request;
    let spent = unspent;
    for (let attempts = 1; ; attempts += 1) {
      await throttle.ready(signal);
      const outcome = await attempt();
      const now = clock();
      const met = patience?.met(permission, outcome, now);
      const verdict = decideRetry({ repeatable, outcome, spent, now, since: met?.since, deadline });
      if (verdict.action === "settle") return { outcome, attempts, now };
      const { delayMs, reason, shared, passing } = verdict;
      if (shared) throttle.pause(delayMs);
      onRetry?.({
        request: describeRequest(request),
        permission,
        reason,
        delayMs,
        attempt: attempts,
        ...(passing && { passing: { ...passing, first: met?.first === true && spent.passing === 0 } }),
      });
      if (!shared) await sleep(delayMs, signal);
      spent = verdict.spent;
    }
  };
}
