import { randomBytes, randomUUID } from "node:crypto";
import { getRequestListener } from "@hono/node-server";
import { EmulatorClock } from "./control/clock";
import { Control } from "./control/control";
import { RequestLog } from "./control/request-log";
import { controlRoutes } from "./control/routes";
import { Faults } from "./faults/faults";
import { identityRoutes } from "./identity/routes";
import { Tokens } from "./identity/tokens";
import { createApp } from "./server/app";
import { deliver } from "./server/delivery";
import { listen } from "./server/listener";
import { Vault } from "./vault/vault";

export interface EmulatorOptions {
  /** Default 0: any free port. */
  readonly port?: number;
  /** Default `127.0.0.1`. */
  readonly host?: string;
  /** Default false. With it the listener has a certificate from a CA of its own. */
  readonly https?: boolean;
  /** Milliseconds since 1970; default the system's clock. Everything that takes time goes by it. */
  readonly clock?: () => number;
}

/** A running emulator: one vault. */
export interface Emulator {
  /** The vault's URL, without a trailing slash. */
  readonly url: string;
  /** For the environment variable IDENTITY_ENDPOINT. */
  readonly identityEndpoint: string;
  /** For the environment variable IDENTITY_HEADER. */
  readonly identityHeader: string;
  /** PEM; to be trusted by clients. With `https` only. */
  readonly caCertificatePem?: string;
  readonly control: Control;
  /** Stops listening and ends open connections. */
  close(): Promise<void>;
}

/** Starts a vault in this process. It keeps the process alive until it is closed. */
export async function startEmulator(options: EmulatorOptions = {}): Promise<Emulator> {
  const { port = 0, host = "127.0.0.1", https = false } = options;
  const clock = new EmulatorClock(options.clock ?? Date.now);
  const vault = new Vault(clock.now);
  const log = new RequestLog();
  const tokens = new Tokens(clock.now);
  const faults = new Faults();
  const control = new Control({ vault, log, tokens, faults, clock });
  const identityHeader = randomBytes(24).toString("base64url");
  let url = "";
  const app = createApp({
    services: { vault, url: () => url },
    tokens,
    log,
    faults,
    identity: identityRoutes({
      tokens,
      header: identityHeader,
      clientId: randomUUID(),
      onIssued: () => log.countToken(),
    }),
    control: controlRoutes(control),
  });
  const handler = getRequestListener(deliver(app));
  const listener = await listen(
    // The promise ends with the reply; the listener itself answers failures.
    (request, response) => void handler(request, response),
    { host, port, https },
  );
  url = `${https ? "https" : "http"}://${urlHost(host)}:${listener.port}`;
  return {
    url,
    identityEndpoint: `${url}/emulator/identity`,
    identityHeader,
    ...(listener.caCertificatePem === undefined ? {} : { caCertificatePem: listener.caCertificatePem }),
    control,
    close: () => listener.close(),
  };
}

/** The host as a URL writes it; an address that means "all" is reached by the loopback one. */
function urlHost(host: string): string {
  if (host === "0.0.0.0") return "127.0.0.1";
  if (host === "::") return "[::1]";
  return host.includes(":") ? `[${host}]` : host;
}
