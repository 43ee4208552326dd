/** A create that takes no longer has hardly waited for anybody. */
const longMs = 3000;
/** A begin so soon after an end is a create that has waited for a slot of the engine. */
const soonMs = 1000;
/** So many of them are no accident. */
const enough = 3;
/** Nobody who has set a parallelism as high needs to be told of it. */
const high = 64;

/**
 * Notices that creates queue in the engine: a create that waits for its issuer holds one of the engine's slots (four for each processor by
 * default), so a hundred certificates take many times as long as one. The provider is not told the parallelism; it sees that never more than
 * some are in progress at once, and that the next begins whenever one ends.
 */
export class QueueHint {
  #active = 0;
  #most = 0;
  #lastEnd = -Infinity;
  #queued = 0;
  #told = false;

  constructor(private readonly clock: () => number) {}

  /** A create begins: the hint, once, where creates queue, and what is called when it ends. */
  begin(): { readonly hint: string | undefined; readonly end: () => void } {
    const startedAt = this.clock();
    const end = () => {
      this.#active -= 1;
      if (this.clock() - startedAt >= longMs) this.#lastEnd = this.clock();
    };
    return { hint: this.#hint(), end };
  }

  #hint(): string | undefined {
    this.#active += 1;
    if (this.#active > this.#most) {
      this.#most = this.#active;
      this.#queued = 0;
    } else if (this.#active === this.#most && this.clock() - this.#lastEnd < soonMs) this.#queued += 1;
    if (this.#told || this.#queued < enough || this.#most < 2 || this.#most >= high) return undefined;
    this.#told = true;
    return `creates queue: the engine runs ${this.#most} at once, and each waits for its issuer; \`pulumi up --parallel 100\` lets them wait together`;
  }
}
