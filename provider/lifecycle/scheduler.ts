import { EventEmitter, once } from "node:events";
import { nextLookInMs } from "./pace";

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
  #running = 0;

  constructor(
    private readonly clock: () => number,
    private readonly width = 16,
  ) {}

  /**
   * Starts to look. `settled` says of a value that no further look is needed; a look that throws ends the watch too,
   * with the error kept in `last`. `pace` gives the milliseconds to the next look for those spent.
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
        clearTimeout(timer);
      },
    };
    const lookAgain = () => {
      if (stopped.signal.aborted) return;
      const delay = pace(this.clock() - startedAt);
      watch.nextLookAt = this.clock() + delay;
      timer = setTimeout(() => this.#enqueue({ run: lookOnce }), delay);
    };
    const lookOnce = async () => {
      if (stopped.signal.aborted) return;
      try {
        const value = await look();
        watch.last = { value };
        if (!settled(value)) lookAgain();
      } catch (error) {
        watch.last = { error };
      }
      looked.emit("look");
    };
    lookAgain();
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
