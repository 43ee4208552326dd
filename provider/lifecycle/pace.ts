const second = 1000;

/** Milliseconds of the longest timer that there is: 24.8 days. One set for longer fires at once. */
export const longestTimerMs = 2 ** 31 - 1;

/**
 * Milliseconds until the next look at a request that has been waited for since `elapsedMs`: a second, and a tenth
 * of the time already spent, at most a minute. So what is lost after the issuer is done stays under a tenth of the issuer's own time
 * plus a second. The service's `Retry-After: 10` is not obeyed here: it stands on every reply in progress, also
 * where the issuer (Self) is done in two seconds, and a look costs the vault one read of the 4,000 it allows in 10 s.
 */
export function nextLookInMs(elapsedMs: number): number {
  return Math.min(Math.max(second, elapsedMs / 10), 60 * second);
}

/** How long Self is looked at every second: it took 129 s at the most when recorded. */
const selfPatience = 150 * second;

/** The same for issuer Self, which is done within a minute or two: what is lost after it is done stays under a second. */
export function nextLookAtSelfInMs(elapsedMs: number): number {
  return elapsedMs < selfPatience ? second : nextLookInMs(elapsedMs);
}

/**
 * Milliseconds from the end of a look to the next, which is due in `dueInMs`: at least half the pace, so that a vault that answers slowly,
 * or a process that is late with everything, is not pressed the harder for it; and at most the pace, which is more only where the clock was set
 * back meanwhile.
 */
export function restInMs(dueInMs: number, paceMs: number): number {
  return Math.min(Math.max(dueInMs, paceMs / 2), paceMs);
}

const linesPerSecond = 20;

/**
 * Milliseconds from one line of progress to the next of the same wait, where `waits` are under way: a second, and longer so that all of
 * them together say no more than 20 lines a second. A line is a call on the engine, which then has the less time for the results of
 * a hundred certificates; nobody reads a hundred rows a second.
 */
export function nextLineInMs(waits: number): number {
  return Math.max(second, (waits * second) / linesPerSecond);
}

/** `4 s`, `12 min 5 s`, `1 h 2 min`: whole units, at most two. */
export function duration(ms: number): string {
  const seconds = Math.max(0, Math.round(ms / second));
  const minutes = Math.floor(seconds / 60);
  const hours = Math.floor(minutes / 60);
  const parts =
    hours > 0
      ? [`${hours} h`, minutes % 60 > 0 ? `${minutes % 60} min` : ""]
      : minutes > 0
        ? [`${minutes} min`, seconds % 60 > 0 ? `${seconds % 60} s` : ""]
        : [`${seconds} s`];
  return parts.filter((part) => part !== "").join(" ");
}
