import { createServer as createHttp, type IncomingMessage, type ServerResponse } from "node:http";
import { createServer as createHttps } from "node:https";
import { type AddressInfo, type LookupFunction } from "node:net";
import { inspect } from "node:util";
import { Agent, type buildConnector } from "undici";
import {
  type CallOptions,
  createVaultClient,
  type RetryNote,
  type VaultClient,
} from "../../../provider/vault/client";
import {
  challengeHeader,
  failure,
  fakeCredential,
  fakeTime,
  type GiveToken,
  type TokenCall,
  unauthorized,
} from "./harness";

export interface Sent {
  readonly method: string;
  /** With the query, as it came. */
  readonly target: string;
  readonly authorization: string | undefined;
  readonly body: string;
}

/** What the vault does with a request that carries a token. */
export type Answer = (response: ServerResponse, sent: Sent) => void;

export interface Options {
  /** Host of the vault's URL; everything resolves to this machine. */
  readonly host?: string;
  /** A TLS server with this key and certificate, in PEM; else plain http. */
  readonly tls?: { readonly key: string; readonly cert: string };
  readonly connect?: buildConnector.BuildOptions;
  readonly challenge?: string;
  /** How far the vault's clock is ahead of the client's. */
  readonly aheadMs?: number;
  readonly tokenLifetimeMs?: number;
}

/**
 * A vault on a real socket, a client of it on a clock that moves only in waits, and what each has seen. Whoever comes
 * without a token is challenged; the prepared answers are given in turn, and the last one again and again.
 */
export interface RealVault {
  readonly url: string;
  readonly client: VaultClient;
  readonly time: ReturnType<typeof fakeTime>;
  readonly tokens: TokenCall[];
  readonly giveToken: GiveToken;
  readonly seen: Sent[];
  readonly notes: RetryNote[];
  /** What calls take as their last argument: it remembers the notes on retries. */
  readonly watched: CallOptions;
  readonly answer: (...prepared: Answer[]) => void;
  /** The requests that carried a token, in order. */
  readonly carried: () => string[];
  /** What happens in each wait of the client. */
  readonly whileAsleep: (deed: () => Promise<void>) => void;
  readonly listenAgain: () => Promise<void>;
  /** Nothing listens any more. */
  readonly stop: () => Promise<void>;
  readonly close: () => Promise<void>;
}

export async function realVault({
  host = "127.0.0.1",
  tls,
  connect,
  challenge,
  aheadMs = 0,
  tokenLifetimeMs,
}: Options = {}): Promise<RealVault> {
  const time = fakeTime();
  const { credential, calls: tokens, give } = fakeCredential(time.clock, tokenLifetimeMs);
  const seen: Sent[] = [];
  const notes: RetryNote[] = [];
  let answers: Answer[] = [];
  let asleep: () => Promise<void> = () => Promise.resolve();

  const listener = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const sent = await read(request);
    seen.push(sent);
    response.setHeader("Date", new Date(time.clock() + aheadMs).toUTCString());
    if (sent.authorization === undefined) {
      json(401, unauthorized, { "WWW-Authenticate": challenge ?? challengeHeader })(response, sent);
      return;
    }
    const answer = answers.length > 1 ? answers.shift() : answers[0];
    if (answer === undefined) throw new Error("no answer was prepared");
    answer(response, sent);
  };
  const server = tls
    ? createHttps(tls, (...exchange) => void listener(...exchange))
    : createHttp((...exchange) => void listener(...exchange));
  const listen = (port: number) => new Promise<void>((resolve) => server.listen(port, "127.0.0.1", resolve));
  await listen(0);
  const { port } = server.address() as AddressInfo;
  const url = `${tls ? "https" : "http"}://${host}:${port}`;

  const agent = new Agent({ connect: { lookup: thisMachine, ...connect } });
  const client = createVaultClient({
    vaultUrl: url,
    credential,
    dispatcher: agent,
    clock: time.clock,
    sleep: async (ms, signal) => {
      await asleep();
      return time.sleep(ms, signal);
    },
    limits: { headersTimeoutMs: 300, bodyTimeoutMs: 200, maxBodyBytes: 100_000 },
  });
  return {
    url,
    client,
    time,
    tokens,
    giveToken: give,
    seen,
    notes,
    watched: { onRetry: (note) => void notes.push(note) },
    answer: (...prepared: Answer[]) => void (answers = prepared),
    carried: () =>
      seen
        .filter(({ authorization }) => authorization !== undefined)
        .map(({ method, target }) => `${method} ${target.replace(/\?.*/, "")}`),
    whileAsleep: (deed: () => Promise<void>) => void (asleep = deed),
    listenAgain: () => listen(port),
    stop: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
    close: async () => {
      await agent.destroy();
      server.closeAllConnections();
      server.close();
    },
  };
}

async function read(request: IncomingMessage): Promise<Sent> {
  let body = "";
  for await (const chunk of request) body += String(chunk);
  const { method = "", url = "", headers } = request;
  return { method, target: url, authorization: headers.authorization, body };
}

/** A resolver that knows one address. */
export const thisMachine: LookupFunction = (_host, options, callback) => {
  if (options.all === true) callback(null, [{ address: "127.0.0.1", family: 4 }]);
  else callback(null, "127.0.0.1", 4);
};

/** A resolver that knows nothing while `absent` holds. */
export function resolverWhile(absent: () => boolean, code = "ENOTFOUND"): LookupFunction {
  return (host, options, callback) => {
    if (!absent()) {
      thisMachine(host, options, callback);
      return;
    }
    const problem = Object.assign(new Error(`getaddrinfo ${code} ${host}`), { code, syscall: "getaddrinfo" });
    callback(problem, "", 4);
  };
}

export function json(status: number, body: unknown, headers: Readonly<Record<string, string>> = {}): Answer {
  return (response) => {
    response.writeHead(status, { "Content-Type": "application/json; charset=utf-8", ...headers });
    response.end(JSON.stringify(body));
  };
}

/** A refusal in the service's form. */
export function refusal(status: number, code: string, message: string, innerCode?: string): Answer {
  const innererror = innerCode === undefined ? {} : { innererror: { code: innerCode } };
  return json(status, { error: { code, message, ...innererror } });
}

export function text(status: number, type: string, body: string): Answer {
  return (response) => void response.writeHead(status, { "Content-Type": type }).end(body);
}

/** The connection ends without a byte of a reply. */
export const reset: Answer = (response) => void response.socket?.resetAndDestroy();

/** A reply that promises more than comes. */
export function truncated(status: number): Answer {
  return (response) => {
    response.writeHead(status, { "Content-Type": "application/json", "Content-Length": "5000" });
    response.write('{"id":"https://', () => response.socket?.destroy());
  };
}

export const silent: Answer = () => undefined;

/** A body that comes byte by byte, and never ends. */
export const dripping: Answer = (response) => {
  response.writeHead(200, { "Content-Type": "application/json" });
  const drip = setInterval(() => response.write(" "), 20);
  response.on("close", () => clearInterval(drip));
};

export const huge: Answer = (response) => {
  response.writeHead(200, { "Content-Type": "application/json" });
  response.end(JSON.stringify({ id: "x".repeat(200_000) }));
};

/** The message without the vault's URL, after a look that no token is anywhere in the error. */
export async function said(vault: RealVault, call: Promise<unknown>): Promise<string> {
  const error = await failure(call);
  const everything = inspect(error, { depth: 20, showHidden: true, getters: true });
  expect(everything).not.toMatch(/token-\d|Bearer (?!challenge)/);
  return error.message.replaceAll(vault.url, "VAULT");
}
