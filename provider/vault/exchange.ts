import { type Authoriser, createAuthoriser, type Grant } from "./authoriser";
import { failureOf, type Settled } from "./failure";
import { type Outcome, type Reply } from "./outcome";
import { target, type VaultRequest } from "./request";
import { decideRetry, type Spent } from "./retry";
import { type Send } from "./send";
import { createThrottle, type Sleep } from "./throttle";
import { type TokenCredential } from "./tokens";
import { userAgent } from "./user-agent";

/** What every call takes as its last argument. */
export interface CallOptions {
  /** Stops the call: it rejects with the signal's reason, or with KVC_OUTCOME_UNKNOWN where a write was under way. */
  readonly signal?: AbortSignal | undefined;
  /** Called right before each attempt of anything but a GET. What it throws ends the call, with nothing sent. */
  readonly beforeWrite?: (() => void) | undefined;
  /** Called before each wait for another attempt. */
  readonly onRetry?: ((note: RetryNote) => void) | undefined;
}

export interface RetryNote {
  readonly reason: string;
  readonly delayMs: number;
  /** The attempt that was in vain, from 1. */
  readonly attempt: number;
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
  const throttle = createThrottle(context);
  const authoriser = createAuthoriser({ ...context, probe });

  async function probe(signal: AbortSignal): Promise<Reply> {
    const transmit = transmission(context, challengeRequest, { signal });
    const settled = await persist(challengeRequest, { signal }, () => transmit({}));
    const { outcome } = settled;
    const expected = outcome.kind === "reply" && (outcome.status === 401 || isSuccess(outcome.status));
    if (!expected) throw failureOf(challengeRequest, context.vaultUrl, settled);
    return outcome;
  }

  async function persist(
    request: VaultRequest,
    options: CallOptions,
    attempt: () => Promise<Outcome>,
  ): Promise<Settled> {
    let spent: Spent = { throttled: 0, transient: 0 };
    for (let attempts = 1; ; attempts += 1) {
      await throttle.ready(options.signal);
      const outcome = await attempt();
      const verdict = decideRetry({ repeatable: request.repeatable, outcome, spent, now: context.clock() });
      if (verdict.action === "settle") return { outcome, attempts };
      if (verdict.shared) throttle.pause(verdict.delayMs);
      options.onRetry?.({ reason: verdict.reason, delayMs: verdict.delayMs, attempt: attempts });
      if (!verdict.shared) await context.sleep(verdict.delayMs, options.signal);
      spent = verdict.spent;
    }
  }

  return (request, options) => {
    const transmit = transmission(context, request, options);
    return persist(request, options, () => authorised(authoriser, transmit, options.signal));
  };
}

export function isSuccess(status: number): boolean {
  return status >= 200 && status < 300;
}

type Transmit = (grant: Grant) => Promise<Outcome>;

// Once more after a 401: it was not carried out, so a write may go again too.
async function authorised(
  authoriser: Authoriser,
  transmit: Transmit,
  signal?: AbortSignal,
): Promise<Outcome> {
  const grant = await authoriser.grant(signal);
  const outcome = await transmit(grant);
  if (outcome.kind === "fault" || outcome.status !== 401) return outcome;
  const renewed = await authoriser.renew(grant, outcome, signal);
  return renewed === undefined ? outcome : transmit(renewed);
}

function transmission(context: ExchangeContext, request: VaultRequest, options: CallOptions): Transmit {
  const body = request.body === undefined ? undefined : JSON.stringify(request.body);
  const headers = {
    accept: "application/json",
    "user-agent": userAgent,
    "x-ms-client-request-id": context.newRequestId(),
    ...(body !== undefined && { "content-type": "application/json" }),
  };
  return ({ token }) => {
    if (request.method !== "GET") options.beforeWrite?.();
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
