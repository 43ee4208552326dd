import { EventEmitter, once } from "node:events";
import { nextLookInMs, restInMs } from "./pace";

/** One thing looked at again and again. The wait looks at this memory, never at the vault. */
export interface Watch<T> {
  /** The last thing seen, or what the last look failed with. */
  readonly last: { readonly value?: T; readonly error?: unknown } | undefined;
  /** Unix milliseconds of the next look. */
  readonly nextLookAt: number;
  /** Resolves after the next look, or once the signal is aborted. */
  changed(signal: AbortSignal): Promise<void>;
  stop(): void;
}

interface Ticket {
  run: () => Promise<void>;
}

/**
 * Looks at many requests of one vault: each at its own pace, at most `width` looks at once, so that a hundred
 * requests in progress do not become a hundred connections.
 */
export class PollScheduler {
  readonly #queue: Ticket[] = [];
  readonly #open = new Set<object>();
  #running = 0;

  constructor(
    private readonly clock: () => number,
    private readonly width = 16,
  ) {}

  /** How many watches are under way: begun, and neither settled nor stopped. */
  get watching(): number {
    return this.#open.size;
  }

  /**
   * Starts to look. `settled` says of a value that no further look is needed; a look that throws ends the watch too,
   * with the error kept in `last`. `pace` gives the milliseconds from one look to the next for those spent until the one. They count from
   * when a look was due, so that neither the time that it takes nor a busy process puts off all that follow.
   */
  watch<T>(look: () => Promise<T>, settled: (value: T) => boolean, pace = nextLookInMs): Watch<T> {
    const startedAt = this.clock();
    let timer: NodeJS.Timeout | undefined;
    const stopped = new AbortController();
    const looked = new EventEmitter();
    const watch = {
      last: undefined as Watch<T>["last"],
      nextLookAt: startedAt,
      changed: async (signal: AbortSignal) => {
        await once(looked, "look", { signal }).catch(() => undefined);
      },
      stop: () => {
        stopped.abort();
        this.#open.delete(watch);
        clearTimeout(timer);
      },
    };
    const lookAfter = (paceMs: number) => {
      if (stopped.signal.aborted) return;
      const now = this.clock();
      const rest = restInMs(watch.nextLookAt + paceMs - now, paceMs);
      watch.nextLookAt = now + rest;
      timer = setTimeout(() => this.#enqueue({ run: lookOnce }), rest);
    };
    const lookOnce = async () => {
      if (stopped.signal.aborted) return;
      const lookedAt = this.clock();
      try {
        const value = await look();
        watch.last = { value };
        if (settled(value)) this.#open.delete(watch);
        else lookAfter(pace(lookedAt - startedAt));
      } catch (error) {
        watch.last = { error };
        this.#open.delete(watch);
      }
      looked.emit("look");
    };
    this.#open.add(watch);
    lookAfter(pace(0));
    return watch;
  }

  #enqueue(ticket: Ticket): void {
    this.#queue.push(ticket);
    this.#drain();
  }

  #drain(): void {
    while (this.#running < this.width) {
      const ticket = this.#queue.shift();
      if (ticket === undefined) return;
      this.#running += 1;
      void ticket.run().finally(() => {
        this.#running -= 1;
        this.#drain();
      });
    }
  }
}
