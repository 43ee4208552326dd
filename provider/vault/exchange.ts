import { createAuthoriser, type Grant } from "./authoriser";
import { isError } from "../errors/error";
import { failureOf, type Settled } from "./failure";
import { type Fault, type Outcome, type Reply } from "./outcome";
import { createPatience } from "./patience";
import { type Calm, createPersistence, type RetryNote, type Spending } from "./persist";
import { target, type VaultRequest } from "./request";
import { type Send } from "./send";
import { type Sleep } from "./throttle";
import { type TokenCredential } from "./tokens";
import { userAgent } from "./user-agent";

export type { RetryNote } from "./persist";

/** What every call takes as its last argument. */
export interface CallOptions {
  /** Stops the call: it rejects with the signal's reason, or with KVC_OUTCOME_UNKNOWN where a write was under way. */
  readonly signal?: AbortSignal | undefined;
  /** Called right before each attempt of anything but a GET. What it throws ends the call, with nothing sent. */
  readonly beforeWrite?: (() => void) | undefined;
  /**
   * Called before each attempt of anything but a GET, when the vault lets requests through and there is a token: looks again at what the write
   * rests on, where that may have changed since. What it throws ends the call, with nothing sent.
   */
  readonly lookAgain?: (() => Promise<void>) | undefined;
  /** What earlier calls for the same write have spent of its attempts; this one's are added. Default: nothing. */
  readonly spending?: Spending | undefined;
  /** Called before each wait for another attempt, also of the vault's challenge that the call needs first. */
  readonly onRetry?: ((note: RetryNote) => void) | undefined;
  /** Milliseconds since 1970: what may pass by itself (see `Passing`) is an error from then on. Default: none. */
  readonly deadline?: number | undefined;
}

/** What the outside world is to a client. */
export interface ExchangeContext {
  /** Normalised. */
  readonly vaultUrl: string;
  readonly credential: TokenCredential;
  readonly send: Send;
  /** Milliseconds since 1970. */
  readonly clock: () => number;
  readonly sleep: Sleep;
  /** A new id for `x-ms-client-request-id`. */
  readonly newRequestId: () => string;
}

export type Exchange = (request: VaultRequest, options: CallOptions) => Promise<Settled>;

// A GET, so that a vault that asks for no token is not written to; one item, as its reply is thrown away.
const challengeRequest: VaultRequest = {
  method: "GET",
  path: "/certificates",
  query: { maxresults: "1" },
  permission: "list",
  repeatable: true,
};

/** Sends requests to one vault: with its token, through its throttle, as often as is safe and worth it. */
export function createExchange(context: ExchangeContext): Exchange {
  const persist = createPersistence(context);
  const patience = createPatience();
  const listeners = new Set<Tell>();
  const authoriser = createAuthoriser({ ...context, probe });

  // One for all who need it, so all of them are told of its retries. A name that does not resolve yet is waited for by
  // each of them, within the deadline of each.
  async function probe(signal: AbortSignal): Promise<Reply> {
    const transmit = transmission(context, challengeRequest, { signal });
    const onRetry: Tell = (note) => listeners.forEach((tell) => tell(note));
    const effort = { signal, onRetry, deadline: 0 };
    const settled = await persist(challengeRequest, effort, (calm) => transmit({}, calm));
    const { outcome } = settled;
    const expected = outcome.kind === "reply" && (outcome.status === 401 || isSuccess(outcome.status));
    if (!expected) throw failureOf(challengeRequest, context.vaultUrl, settled);
    return outcome;
  }

  async function grant({ signal, onRetry }: CallOptions): Promise<Grant | Fault> {
    const tell: Tell = (note) => onRetry?.(note);
    listeners.add(tell);
    try {
      return await authoriser.grant(signal);
    } catch (error) {
      if (!isError(error, "KVC_HOST_UNRESOLVED")) throw error;
      return { kind: "fault", fault: "unresolved", reason: error.details.reason, cause: error.cause };
    } finally {
      listeners.delete(tell);
    }
  }

  // Once more after a 401: it was not carried out, so a write may go again too.
  async function authorised(transmit: Transmit, calm: Calm, options: CallOptions): Promise<Outcome> {
    const granted = await grant(options);
    if ("fault" in granted) return granted;
    const outcome = await transmit(granted, calm);
    if (outcome.kind === "fault" || outcome.status !== 401) return outcome;
    const renewed = await authoriser.renew(granted, outcome, options.signal);
    return renewed === undefined ? outcome : transmit(renewed, calm);
  }

  return (request, options) => {
    const transmit = transmission(context, request, options);
    return persist(request, { ...options, patience }, (calm) => authorised(transmit, calm, options));
  };
}

export function isSuccess(status: number): boolean {
  return status >= 200 && status < 300;
}

type Transmit = (grant: Grant, calm: Calm) => Promise<Outcome>;
type Tell = (note: RetryNote) => void;

function transmission(context: ExchangeContext, request: VaultRequest, options: CallOptions): Transmit {
  const body = request.body === undefined ? undefined : JSON.stringify(request.body);
  const headers = {
    accept: "application/json",
    "user-agent": userAgent,
    "x-ms-client-request-id": context.newRequestId(),
    ...(body !== undefined && { "content-type": "application/json" }),
  };
  return async ({ token }, calm) => {
    if (request.method !== "GET") {
      // A look takes time, in which the vault may ask for a pause: what was seen before that is old again.
      do await options.lookAgain?.();
      while (await calm());
      options.beforeWrite?.();
    }
    return context.send({
      origin: context.vaultUrl,
      path: target(request),
      method: request.method,
      headers: token === undefined ? headers : { ...headers, authorization: `Bearer ${token}` },
      body,
      signal: options.signal,
    });
  };
}
