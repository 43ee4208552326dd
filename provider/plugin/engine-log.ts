import { createRequire } from "node:module";
import type * as enginePb from "@pulumi/pulumi/proto/engine_pb";

/** One line for the people who watch the engine. */
export interface LogLine {
  readonly severity: "info" | "warning";
  readonly message: string;
  /** The resource in whose row it appears. */
  readonly urn: string | undefined;
  /** Replaced by the next line, and kept nowhere. */
  readonly ephemeral: boolean;
}

export type EngineLog = (line: LogLine) => Promise<void>;

/** How long a line may take: an engine that does not answer must not hold up a preview. */
const patienceMs = 2000;

/**
 * Log lines through the engine's own service, which the SDK does not offer to dynamic providers. Where it is not there, or has
 * changed, nothing is logged and nothing fails: a line is never worth a certificate.
 */
export function engineLog(address: string | undefined): EngineLog {
  if (address === undefined) return () => Promise.resolve();
  let send: ((line: LogLine, done: () => void) => void) | undefined;
  return (line) =>
    new Promise((resolve) => {
      try {
        send ??= sender(address);
        send(line, resolve);
      } catch {
        resolve();
      }
    });
}

/**
 * Loaded when the first line is written: an `up` with nothing to say does not pay for it. All of it is the SDK's own copy: another
 * copy of grpc or of the messages is refused, and with pnpm only the SDK can find grpc.
 */
function sender(address: string): (line: LogLine, done: () => void) => void {
  const sdk = createRequire(require.resolve("@pulumi/pulumi"));
  const grpc = sdk("@grpc/grpc-js") as Grpc;
  const { EngineClient } = sdk("./proto/engine_grpc_pb.js") as {
    EngineClient: new (address: string, credentials: unknown) => Client;
  };
  const messages = sdk("./proto/engine_pb.js") as typeof enginePb;
  const client = new EngineClient(address, grpc.credentials.createInsecure());
  return (line, done) => {
    const options = { deadline: Date.now() + patienceMs };
    client.log(requestOf(line, messages), new grpc.Metadata(), options, () => done());
  };
}

interface Grpc {
  readonly credentials: { createInsecure(): unknown };
  readonly Metadata: new () => unknown;
}

interface Client {
  log(request: enginePb.LogRequest, metadata: unknown, options: { deadline: number }, done: () => void): void;
}

function requestOf(line: LogLine, { LogRequest, LogSeverity }: typeof enginePb): enginePb.LogRequest {
  const request = new LogRequest();
  request.setSeverity(line.severity === "warning" ? LogSeverity.WARNING : LogSeverity.INFO);
  request.setMessage(line.message);
  request.setEphemeral(line.ephemeral);
  if (line.urn !== undefined) request.setUrn(line.urn);
  return request;
}
