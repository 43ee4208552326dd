/** Waits; rejects with the signal's reason when that aborts first. */
export type Sleep = (ms: number, signal?: AbortSignal) => Promise<void>;

/** The pause of one vault: when it asks one request to slow down, all of them wait. */
export interface Throttle {
  /** No request before `delayMs` from now; a longer pause under way stays. */
  pause(delayMs: number): void;
  /** Resolves when requests may go. */
  ready(signal?: AbortSignal): Promise<void>;
}

export function createThrottle({
  clock,
  sleep,
}: {
  readonly clock: () => number;
  readonly sleep: Sleep;
}): Throttle {
  let pausedUntil = 0;
  let lengthMs = 0;
  // A clock that is set back would put off the end of a pause by as much: none has more left than its whole length.
  const bound = (now: number) => {
    pausedUntil = Math.min(pausedUntil, now + lengthMs);
  };
  return {
    pause(delayMs) {
      const now = clock();
      bound(now);
      if (now + delayMs <= pausedUntil) return;
      pausedUntil = now + delayMs;
      lengthMs = delayMs;
    },
    async ready(signal) {
      signal?.throwIfAborted();
      bound(clock());
      let waitedFor = 0;
      // Again only for a pause that was prolonged meanwhile: a timer that fires a little early must not spin.
      while (pausedUntil > waitedFor) {
        waitedFor = pausedUntil;
        const rest = waitedFor - clock();
        if (rest > 0) await sleep(rest, signal);
      }
    },
  };
}
