import type { ServerResponse } from "node:http";
import { setTimeout } from "node:timers/promises";
import type { Http2Bindings, HttpBindings } from "@hono/node-server";
import { RESPONSE_ALREADY_SENT } from "@hono/node-server/utils/response";
import type { Hono } from "hono";
import { paddedLength, piecesOf } from "../faults/pieces";
import type { FaultEffect } from "../faults/rule";
import type { CallBindings, CallEnvironment } from "./call";

/** Statuses whose replies announce no length (RFC 9110, section 8.6). */
const withoutLength = new Set([204, 304]);

/** The app, but where a fault says how, its reply is sent by hand, which no `Response` can express. */
export const deliver =
  (app: Hono<CallEnvironment>) =>
  async (request: Request, bindings: HttpBindings | Http2Bindings): Promise<Response> => {
    // The listener speaks HTTP/1.1 only.
    const own = bindings as HttpBindings & CallBindings;
    const reply = await app.fetch(request, own);
    if (own.delivery === undefined) return reply;
    await send(reply, own.outgoing, own.delivery);
    // A copy: the constant itself, where it is of the listener's own kind of `Response`, would be sent from its cache.
    return RESPONSE_ALREADY_SENT.clone();
  };

async function send(reply: Response, outgoing: ServerResponse, effect: FaultEffect): Promise<void> {
  if (effect.reset === true) {
    reset(outgoing);
    return;
  }
  const body = Buffer.from(await reply.arrayBuffer());
  if (isGone(outgoing)) return;
  outgoing.writeHead(reply.status, headersOf(reply, body, effect));
  for (const piece of piecesOf(body, effect)) {
    await written(outgoing, piece);
    if (effect.dribble !== undefined) await setTimeout(effect.dribble.everyMs, undefined, { ref: false });
    if (isGone(outgoing)) return;
  }
  if (effect.truncateAt === undefined) outgoing.end();
  else await cutOff(outgoing);
}

/** The caller has hung up: to write now would be an error that nobody handles. */
const isGone = ({ destroyed }: ServerResponse): boolean => destroyed;

/** RST where the socket can; a TLS socket is ended without its closing alert. */
function reset({ socket }: ServerResponse): void {
  if (socket === null || socket.destroyed) return;
  if ("encrypted" in socket) socket.destroy();
  else socket.resetAndDestroy();
}

function headersOf(reply: Response, body: Buffer, effect: FaultEffect): Record<string, string> {
  const headers = new Headers(reply.headers);
  if (!withoutLength.has(reply.status)) headers.set("Content-Length", String(paddedLength(body, effect)));
  if (effect.contentType !== undefined) headers.set("Content-Type", effect.contentType);
  for (const [name, value] of Object.entries(effect.headers ?? {})) {
    if (value === null) headers.delete(name);
    else headers.set(name, value);
  }
  return Object.fromEntries(headers);
}

/** Resolves once the piece is on its way, or the connection has ended. */
function written(outgoing: ServerResponse, piece: Buffer): Promise<void> {
  return new Promise((resolve) => {
    outgoing.write(piece, () => resolve());
  });
}

/** The head is sent with the first piece, so that it must be pushed out where there is none. */
async function cutOff(outgoing: ServerResponse): Promise<void> {
  outgoing.flushHeaders();
  const { socket } = outgoing;
  if (socket === null || socket.destroyed) return;
  await new Promise<void>((resolve) => {
    socket.once("close", () => resolve());
    socket.destroySoon();
  });
}
