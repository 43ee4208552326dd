import type { Permission } from "./permission";

/** Which of the listener's endpoints a rule is about. The control endpoint cannot be disturbed. */
export type Endpoint = "vault" | "identity";

/**
 * What disturbs which requests. Rules are tried in the order in which they were added; the first one that matches,
 * is not used up and falls on the request disturbs it, and no other does.
 */
export interface FaultRule {
  /** Unique; default `fault-1`, `fault-2`, … It stands in the record of each request that the rule disturbed. */
  readonly name?: string;
  /** Default `vault`. */
  readonly endpoint?: Endpoint;
  /** One or several, such as `POST`. Default any. */
  readonly method?: string | readonly string[];
  /**
   * The path, from its first slash, without query; case and a slash at the end do not count. `*` stands for anything
   * within a segment, `**` for anything at all. Default any.
   */
  readonly path?: string;
  /** Parameters of the query by name: the value itself, `*` for any value, `null` where it must be absent. */
  readonly query?: Readonly<Record<string, string | null>>;
  /** What the request needs of an access policy. A rule with it leaves requests without an accepted token alone. */
  readonly permission?: Permission | readonly Permission[];
  /** Whether the request carries a token that the vault accepts. Default both; true where an effect refuses access. */
  readonly authorized?: boolean;
  /** How many matching requests are let pass first. Default 0. */
  readonly skip?: number;
  /** How many requests are disturbed at most. Default: no end. */
  readonly times?: number;
  /**
   * How much of the matching requests is disturbed: 0 to 1, default 1. Which ones depends on the seed, the method and
   * path (ids of 32 digits left out) and how many of those went before; so parallel work replays too.
   */
  readonly share?: number;
  /** A whole number, default 0. It also decides `either` and the choice among several effects. */
  readonly seed?: number;
  /**
   * Whether a request whose reply is replaced or lost is carried out: `before` (default) its effect: no; `after`: yes;
   * `either`: the seed decides. A reply that is neither replaced nor lost is always that of a request carried out.
   */
  readonly when?: "before" | "after" | "either";
  /** What happens; of several, the seed picks one, each as often as it is listed. */
  readonly effect: FaultEffect | readonly FaultEffect[];
}

/**
 * What happens to a request. At most one of `status`, `refuse` and `reset` says what becomes of the reply; without them
 * it is the vault's own. The other members change how it is sent, and can be combined.
 */
export interface FaultEffect {
  /** Answers with this status, 200 to 599. */
  readonly status?: number;
  /** With `status`: a text as it is, anything else as JSON. Default: an error in the endpoint's form. */
  readonly body?: unknown;
  /** Answers with one of the service's refusals, made for the request. */
  readonly refuse?: Refusal;
  /** Ends the connection without an answer: by RST; with HTTPS without a closing alert. */
  readonly reset?: true;
  /**
   * Real milliseconds to wait, where `when` says: before the request is carried out (default), or after it. Taking the rule away ends the
   * wait.
   */
  readonly delayMs?: number;
  /** Headers over those of the reply; `null` takes one away. Without `Content-Length` the body is sent in chunks. */
  readonly headers?: Readonly<Record<string, string | null>>;
  /** Short for the header `Content-Type`. */
  readonly contentType?: string;
  /** Sends this many bytes of the body, at least one less than all, and ends the connection. */
  readonly truncateAt?: number;
  /** Lengthens the body to this many bytes with spaces, which leave JSON valid. */
  readonly padTo?: number;
  /** Sends the body in pieces of `bytes`, each `everyMs` after the one before. */
  readonly dribble?: { readonly bytes: number; readonly everyMs: number };
}

/** The service's refusals of an authenticated call: the inner code of a 403, or `Throttled`: 429 without Retry-After. */
export const knownRefusals = [
  "ForbiddenByRbac",
  "ForbiddenByPolicy",
  "ForbiddenByFirewall",
  "ForbiddenByConnection",
  "DisallowedByAzurePolicy",
  "Throttled",
] as const;

export type Refusal = (typeof knownRefusals)[number];

/** A rule as it was added, under its name, and what it did so far. */
export interface FaultView extends FaultRule {
  readonly name: string;
  /** Requests that it matched while it was not used up. */
  readonly matched: number;
  /** Requests that it disturbed. */
  readonly fired: number;
}

/** True where the reply is not that of the vault, so that it depends on `when` whether the request is carried out. */
export const replacesReply = ({ status, refuse, reset }: FaultEffect): boolean =>
  status !== undefined || refuse !== undefined || reset === true;
