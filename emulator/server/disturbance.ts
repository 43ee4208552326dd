import { setTimeout } from "node:timers/promises";
import type { Context, MiddlewareHandler, Next } from "hono";
import type { Disturbance, Faults } from "../faults/faults";
import type { ObservedRequest } from "../faults/match";
import { madeUpReply, type MadeUpReply } from "../faults/replies";
import { replacesReply, type Endpoint } from "../faults/rule";
import { challenge } from "./authentication";
import { noteBody, type Call, type CallEnvironment } from "./call";

/** Does to a call what the rules say: withholds its effect, or its reply, or says how the reply is to be sent. */
export const disturbance =
  (faults: Faults, endpoint: Endpoint): MiddlewareHandler<CallEnvironment> =>
  async (call, next) => {
    if (faults.isEmpty) return next();
    const request = observe(call, endpoint);
    const found = faults.decide(request);
    if (found === undefined) return next();
    if (request.authorized) await noteBody(call);
    call.set("fault", { rule: found.rule, reset: found.effect.reset === true });
    call.env.delivery = found.effect;
    await carryOut(call, next, found);
    replaceReply(call, found, request);
  };

/** Carries the request out, unless its reply is replaced before that; waits on the side that the rule names. */
async function carryOut(call: Call, next: Next, { effect, when, takenAway }: Disturbance): Promise<void> {
  const wait = () => pause(effect.delayMs, takenAway);
  if (when === "before") await wait();
  if (when === "after" || !replacesReply(effect)) {
    await next();
    call.set("vaultStatus", call.res.status);
  }
  if (when === "after") await wait();
}

/** The delay of a call whose caller is gone, or whose emulator is closed, keeps no process alive. */
async function pause(ms = 0, signal: AbortSignal): Promise<void> {
  if (ms <= 0) return;
  // Cut short is how a delay ends whose rule is taken away.
  await setTimeout(ms, undefined, { ref: false, signal }).catch(() => undefined);
}

function replaceReply(call: Call, { effect }: Disturbance, request: ObservedRequest): void {
  if (!replacesReply(effect)) return;
  // Hono would carry the headers of the reply that is replaced over to the next.
  call.res = undefined;
  const reply = madeUpReply(effect, request);
  // A reset sends nothing.
  call.res = new Response(reply?.body ?? null, {
    status: reply?.status ?? 500,
    headers: headersOf(reply, request),
  });
}

function headersOf(reply: MadeUpReply | undefined, { endpoint }: ObservedRequest): Record<string, string> {
  return {
    ...(typeof reply?.body === "string" ? { "Content-Type": reply.contentType } : {}),
    ...(reply?.status === 401 && endpoint === "vault" ? { "WWW-Authenticate": challenge } : {}),
  };
}

const observe = (call: Context<CallEnvironment>, endpoint: Endpoint): ObservedRequest => ({
  endpoint,
  method: call.req.method,
  path: call.req.path,
  query: call.req.query(),
  authorized: endpoint === "vault" && call.get("authorized"),
});
