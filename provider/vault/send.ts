import { Agent, type Dispatcher, EnvHttpProxyAgent } from "undici";
import { faultOf } from "./fault";
import { type Outcome } from "./outcome";
import { isLoopbackHost } from "./url";

/** One HTTP request, ready for the wire. */
export interface HttpRequest {
  readonly origin: string;
  /** With the query. */
  readonly path: string;
  readonly method: "GET" | "POST" | "PATCH" | "DELETE";
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** Sends one request once. Ends in a value, whatever the network did; never follows a redirect. */
export type Send = (request: HttpRequest) => Promise<Outcome>;

export interface SendLimits {
  /** Until the first byte of the reply, after the request was written. Default 30 000 ms. */
  readonly headersTimeoutMs: number;
  /** For the whole body. Default 30 000 ms. */
  readonly bodyTimeoutMs: number;
  /** Default 4 MiB. */
  readonly maxBodyBytes: number;
}

const defaultLimits: SendLimits = {
  headersTimeoutMs: 30_000,
  bodyTimeoutMs: 30_000,
  maxBodyBytes: 4 * 1024 * 1024,
};

// Key Vault over HTTP/2 has not been seen; the number of sockets per host bounds the burst of a parallel `up`.
const poolOptions = { connections: 32, allowH2: false, connect: { timeout: 10_000 }, connectTimeout: 10_000 };

let direct: Dispatcher | undefined;
let proxied: Dispatcher | undefined;

// One pool per host for the whole process. HTTPS_PROXY and NO_PROXY are honoured, but never for loopback.
function processDispatcher(origin: string): Dispatcher {
  if (isLoopbackHost(new URL(origin).hostname)) return (direct ??= new Agent(poolOptions));
  return (proxied ??= new EnvHttpProxyAgent(poolOptions));
}

/**
 * The sending function over a dispatcher, or over the process's own pools: connect within 10 s, at most 32 connections
 * per host, proxies as the environment says.
 */
export function createSend(dispatcher?: Dispatcher, given: Partial<SendLimits> = {}): Send {
  const limits = { ...defaultLimits, ...given };
  return async ({ origin, path, method, headers, body, signal }) => {
    try {
      const reply = await (dispatcher ?? processDispatcher(origin)).request({
        origin,
        path,
        method,
        headers: { ...headers },
        body: body ?? null,
        headersTimeout: limits.headersTimeoutMs,
        ...(signal && { signal }),
      });
      const text = await readText(reply.body, limits);
      if (text === undefined) {
        return { kind: "fault", fault: "tooLarge", reason: `a reply over ${limits.maxBodyBytes} bytes` };
      }
      return { kind: "reply", status: reply.statusCode, headers: flatten(reply.headers), text };
    } catch (error) {
      if (signal?.aborted === true) {
        return {
          kind: "fault",
          fault: "aborted",
          reason: "stopped while it was under way",
          cause: signal.reason,
        };
      }
      return faultOf(error);
    }
  };
}

/** Undefined for a body over the limit. */
async function readText(
  body: Dispatcher.ResponseData["body"],
  limits: SendLimits,
): Promise<string | undefined> {
  // Not undici's own timeout, which starts anew with every chunk: a body that drips would never end.
  const timer = setTimeout(
    () => body.destroy(new Error("the reply did not end in time")),
    limits.bodyTimeoutMs,
  );
  try {
    const chunks: Buffer[] = [];
    let size = 0;
    for await (const chunk of body as AsyncIterable<Buffer>) {
      size += chunk.length;
      // Leaving the loop destroys the stream.
      if (size > limits.maxBodyBytes) return undefined;
      chunks.push(chunk);
    }
    return Buffer.concat(chunks).toString("utf8");
  } finally {
    clearTimeout(timer);
  }
}

function flatten(headers: Readonly<Record<string, string | string[] | undefined>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [name.toLowerCase(), [value ?? ""].flat().join(", ")]),
  );
}
