/**
 * One piece of work at a time per key: whoever asks while it is under way waits for the same result. Work goes on as
 * long as anyone waits for it, and is aborted when the last one has gone.
 */
export interface Flights<T> {
  /** @throws the reason of `signal`, or what the work threw, to everyone who waits */
  join(key: string, start: (signal: AbortSignal) => Promise<T>, signal?: AbortSignal): Promise<T>;
}

export function createFlights<T>(): Flights<T> {
  const flights = new Map<string, { result: Promise<T>; controller: AbortController; waiting: number }>();

  function begin(key: string, start: (signal: AbortSignal) => Promise<T>) {
    const controller = new AbortController();
    const flight = { result: start(controller.signal), controller, waiting: 0 };
    flights.set(key, flight);
    const end = () => {
      if (flights.get(key) === flight) flights.delete(key);
    };
    flight.result.then(end, end);
    return flight;
  }

  return {
    async join(key, start, signal) {
      signal?.throwIfAborted();
      const flight = flights.get(key) ?? begin(key, start);
      flight.waiting += 1;
      try {
        return await unlessAborted(flight.result, signal);
      } finally {
        flight.waiting -= 1;
        if (flight.waiting === 0) {
          // Nobody may join work that is being aborted.
          if (flights.get(key) === flight) flights.delete(key);
          flight.controller.abort(new Error("nobody waits for it any more"));
        }
      }
    },
  };
}

/** The promise's end, or the signal's reason as soon as that aborts. The promise itself goes on. */
export async function unlessAborted<T>(promise: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (signal === undefined) return promise;
  signal.throwIfAborted();
  let onAbort = (): void => undefined;
  const aborted = new Promise<never>((_resolve, reject) => {
    // The signal's owner chose the reason: it is thrown as it is.
    onAbort = () => reject(signal.reason as Error);
  });
  signal.addEventListener("abort", onAbort, { once: true });
  try {
    return await Promise.race([promise, aborted]);
  } finally {
    signal.removeEventListener("abort", onAbort);
  }
}
