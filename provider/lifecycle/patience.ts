/** How long a run waits for what passes by itself. */

/** A name to become free or to come back: a deletion took up to 149 s when recorded, a purge 419 s. */
export const patienceForNameMs = 10 * 60_000;

/** A deletion or a recovery to show: in between a certificate is found neither live nor deleted, for 149 s when recorded. */
export const patienceForDeletionMs = 150_000;

/** A cancellation to be honoured: Self took 10 s when recorded. */
export const patienceForCancellationMs = 60_000;

/** A version to show once its request has completed. */
export const patienceForVersionMs = 30_000;

/**
 * An order whose reply was lost to show, before another is made: what has broken off or timed out in front of the vault may still be
 * handed on to it.
 */
export const patienceForOrderMs = 10_000;

/** How old the last look may be when a write rests on it: there are no conditional requests, and another run may have been faster. */
export const freshLookMs = 500;

/** Between two looks: half a second at first, then a tenth of the time already spent, five seconds at most. */
export function pauseLengthMs(pausedMs: number): number {
  return Math.min(Math.max(500, pausedMs / 10), 5000);
}
