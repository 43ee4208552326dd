import { now } from "../x509/authority";

/** The moment at which a run of the tests begins. Unix milliseconds. */
export const startOfTime = now * 1000;

const abortTimers = new Set<NodeJS.Timeout>();

/** Jest's fake timers, and `AbortSignal.timeout` on the same clock, which jest leaves to the real one. */
export function useFakeTime(): void {
  jest.useFakeTimers({
    now: startOfTime,
    doNotFake: ["nextTick", "queueMicrotask", "setImmediate", "clearImmediate", "performance", "hrtime"],
  });
  jest.spyOn(AbortSignal, "timeout").mockImplementation((ms) => {
    // As Node's: more than 32 bits is refused. More than 31 overflow, as in jest's own timers, and fire at once.
    if (ms > 2 ** 32 - 1) throw new RangeError(`The value of "delay" is out of range. Received ${ms}`);
    const controller = new AbortController();
    const expire = () => controller.abort(new DOMException("timed out", "TimeoutError"));
    abortTimers.add(setTimeout(expire, ms));
    return controller.signal;
  });
}

export function useRealTime(): void {
  for (const timer of abortTimers) clearTimeout(timer);
  abortTimers.clear();
  jest.restoreAllMocks();
  jest.useRealTimers();
}

/** Lets time pass, from timer to timer, until the promise settles. */
export async function inFakeTime<T>(promise: Promise<T>): Promise<T> {
  let settled = false;
  const settle = () => (settled = true);
  promise.then(settle, settle);
  for (let count = 0; count < 100_000; count += 1) {
    await new Promise((resolve) => setImmediate(resolve));
    // eslint-disable-next-line @typescript-eslint/no-unnecessary-condition -- it changes when the promise settles
    if (settled) return promise;
    await jest.advanceTimersToNextTimerAsync();
  }
  throw new Error("the promise does not settle");
}

/** How many timers are left that keep a process alive: those of `AbortSignal.timeout` do not. */
export function timersLeft(): number {
  for (const timer of abortTimers) clearTimeout(timer);
  abortTimers.clear();
  return jest.getTimerCount();
}
