import { createRequire } from "node:module";
import type { IEngineClient } from "@pulumi/pulumi/proto/engine_grpc_pb";
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

/**
 * Log lines through the engine's own service, which the SDK does not offer to dynamic providers. Where it is not there, or has
 * changed, nothing is logged and nothing fails: a line is never worth a certificate.
 */
export function engineLog(address: string | undefined): EngineLog {
  if (address === undefined) return () => Promise.resolve();
  let client: IEngineClient | undefined;
  return (line) =>
    new Promise((resolve) => {
      try {
        client ??= newClient(address);
        client.log(request(line), () => resolve());
      } catch {
        resolve();
      }
    });
}

// Loaded when the first line is written: an `up` with nothing to say does not pay for it. grpc is the SDK's own copy, as the
// credentials of another copy are refused, and with pnpm only the SDK can find it.
/* eslint-disable @typescript-eslint/no-require-imports */
function newClient(address: string): IEngineClient {
  const sdk = createRequire(require.resolve("@pulumi/pulumi"));
  const grpc = sdk("@grpc/grpc-js") as { credentials: { createInsecure(): unknown } };
  const { EngineClient } = sdk("@pulumi/pulumi/proto/engine_grpc_pb.js") as {
    EngineClient: new (address: string, credentials: unknown) => IEngineClient;
  };
  return new EngineClient(address, grpc.credentials.createInsecure());
}

function request({ severity, message, urn, ephemeral }: LogLine) {
  const { LogRequest, LogSeverity } = require("@pulumi/pulumi/proto/engine_pb.js") as typeof enginePb;
  const entry = new LogRequest();
  entry.setSeverity(severity === "warning" ? LogSeverity.WARNING : LogSeverity.INFO);
  entry.setMessage(message);
  entry.setEphemeral(ephemeral);
  if (urn !== undefined) entry.setUrn(urn);
  return entry;
}
/* eslint-enable @typescript-eslint/no-require-imports */
