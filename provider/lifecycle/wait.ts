import pWaitFor from "p-wait-for";
import { duration, longestTimerMs, nextLineInMs } from "./pace";
import type { Watch } from "./scheduler";
import type { Deadline, Tools } from "./tools";

/** How a wait can end besides in a value: by the deadline, or because the engine that asked for it is gone. */
export type Waited<T> =
  | { readonly kind: "value"; readonly value: T }
  | { readonly kind: "timedOut"; readonly last: T | undefined }
  | { readonly kind: "engineGone"; readonly last: T | undefined };

/**
 * Follows a watch until `settled` holds, the deadline passes or the engine goes. What the last look threw is thrown.
 *
 * p-wait-for bounds the wait by deadline and signal. It would not bound a look that hangs, so the looks are the scheduler's,
 * each with time limits of its own, and the condition only awaits the watch's memory. It also keeps one abort listener for
 * each of its intervals until the wait ends (0.6 kB each, measured with 6.0.0): polling the memory every 50 ms would cost
 * an hour-long wait 43 MB, so the condition rests until the next look instead, and the interval is passed only once a look. Its `timeout`
 * is not used, as its timer goes on after the wait, and keeps alive what it belongs to, until the deadline.
 */
export async function follow<T>(
  watch: Watch<T>,
  settled: (value: T) => boolean,
  { tools, deadline, waitingFor }: { tools: Tools; deadline: Deadline; waitingFor: string },
): Promise<Waited<T>> {
  const remainingMs = Math.min(longestTimerMs, Math.max(1, deadline.at - tools.clock()));
  const bound = boundBy(tools.engine.signal, remainingMs);
  const condition = async () => {
    await watch.changed(bound.signal);
    return watch.last !== undefined && ("error" in watch.last || settled(watch.last.value as T));
  };
  const quiet = everySoOften(
    () => nextLineInMs(tools.scheduler.watching),
    () => tools.reporter.progress(progressLine(watch, waitingFor, deadline, tools.clock())),
  );
  try {
    await pWaitFor(condition, { signal: bound.signal });
  } catch (error) {
    const last = watch.last?.value;
    if (tools.engine.signal.aborted) return { kind: "engineGone", last };
    if (bound.signal.aborted) return { kind: "timedOut", last };
    throw error;
  } finally {
    bound.release();
    quiet();
    watch.stop();
  }
  if (watch.last !== undefined && "error" in watch.last) throw watch.last.error;
  return { kind: "value", value: watch.last?.value as T };
}

/** Aborted with the engine's signal or after a time. Nothing of it is left on that signal, or among the timers, once it is released. */
function boundBy(
  engine: AbortSignal,
  ms: number,
): { readonly signal: AbortSignal; readonly release: () => void } {
  const controller = new AbortController();
  const abort = () => controller.abort();
  engine.addEventListener("abort", abort, { once: true });
  if (engine.aborted) abort();
  const timer = setTimeout(abort, ms);
  const release = () => {
    clearTimeout(timer);
    engine.removeEventListener("abort", abort);
  };
  return { signal: controller.signal, release };
}

/** Does it after each interval, whose milliseconds are asked for anew each time. Gives what ends it. */
function everySoOften(intervalMs: () => number, act: () => void): () => void {
  let timer: NodeJS.Timeout;
  const again = () => {
    timer = setTimeout(() => {
      act();
      again();
    }, intervalMs());
  };
  again();
  return () => clearTimeout(timer);
}

/** `waiting for Self, 4 s, next look in 1 s`. */
export function progressLine(
  watch: Pick<Watch<unknown>, "nextLookAt">,
  waitingFor: string,
  deadline: Pick<Deadline, "startedAt">,
  now: number,
): string {
  const next = Math.max(0, watch.nextLookAt - now);
  return `waiting for ${waitingFor}, ${duration(now - deadline.startedAt)}, next look in ${duration(Math.max(1000, next))}`;
}
