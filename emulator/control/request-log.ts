/** One call on the vault. */
export interface RecordedRequest {
  /** When it arrived, in milliseconds since 1970. */
  readonly at: number;
  readonly method: string;
  readonly path: string;
  readonly query: Readonly<Record<string, string>>;
  /** What the caller got; `reset`: the connection was ended without a reply. */
  readonly status: number | "reset";
  /** The vault did what was asked: its own answer, sent or not, was below 400. */
  readonly carriedOut: boolean;
  /** The name of the fault rule that disturbed the call. */
  readonly fault?: string;
  /** What the vault itself answered, where a fault disturbed the call and the vault was asked. */
  readonly vaultStatus?: number;
  /** It carried a token that the vault accepted. */
  readonly authorized: boolean;
  /** The JSON of a POST, PUT or PATCH, if it was authorized and had one, carried out or not. */
  readonly body?: unknown;
  /** `error.code` of a refusal. */
  readonly serviceCode?: string;
}

export interface Stats {
  /** Tokens given out by the managed-identity endpoint. */
  readonly tokens: number;
  /** Replies of 401 with a challenge. */
  readonly challenges: number;
  /** All calls on the vault, challenges included. */
  readonly requests: number;
}

/** Older entries are dropped beyond this many, so that an emulator that runs for days does not grow. */
const capacity = 50_000;

/** What the vault was asked, and how often. Clearing the entries leaves the counts. */
export class RequestLog {
  private list: RecordedRequest[] = [];
  private counts = { tokens: 0, challenges: 0, requests: 0 };

  add(entry: RecordedRequest): void {
    this.list.push(entry);
    if (this.list.length > capacity) this.list = this.list.slice(capacity / 2);
    this.counts.requests += 1;
    if (entry.status === 401 && !entry.authorized) this.counts.challenges += 1;
  }

  countToken(): void {
    this.counts.tokens += 1;
  }

  entries(): readonly RecordedRequest[] {
    return [...this.list];
  }

  stats(): Stats {
    return { ...this.counts };
  }

  clear(): void {
    this.list = [];
  }

  reset(): void {
    this.clear();
    this.counts = { tokens: 0, challenges: 0, requests: 0 };
  }
}
