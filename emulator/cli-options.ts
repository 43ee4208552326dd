import { parseArgs } from "node:util";

export interface CliOptions {
  readonly port: number;
  readonly host: string;
  readonly https: boolean;
  readonly readyFile: string | undefined;
  readonly caFile: string | undefined;
}

/** Bad usage: the message names the option and what it must be. */
export class UsageError extends Error {}

export const helpText = `Usage: keyvault-certificates-emulator [options]

Runs a local Azure Key Vault (certificates) until it is stopped.

Options:
  --port <number>      port to listen on; 0 (default) takes any free one
  --host <name>        address to listen on (default 127.0.0.1)
  --https              listen with TLS, with a certificate from a CA of its own
  --ca-file <path>     with --https: write the CA's certificate (PEM) to this file
  --ready-file <path>  write the vault's URL to this file once it can be used
  --help               show this text
`;

/** Reads the arguments after the program's name; undefined when help was asked for. */
export function readOptions(args: readonly string[]): CliOptions | undefined {
  const values = parsed(args);
  if (values.help === true) return undefined;
  const https = values.https ?? false;
  if (values["ca-file"] !== undefined && !https) {
    throw new UsageError("--ca-file needs --https: without it there is no certificate.");
  }
  for (const name of ["host", "ca-file", "ready-file"] as const) {
    if (values[name] === "") throw new UsageError(`--${name} is empty.`);
  }
  return {
    port: portOf(values.port),
    host: values.host ?? "127.0.0.1",
    https,
    readyFile: values["ready-file"],
    caFile: values["ca-file"],
  };
}

function portOf(text = "0"): number {
  const port = Number(text);
  if (!/^\d+$/.test(text) || port > 65535) {
    throw new UsageError(`--port is "${text}", but must be a number from 0 to 65535.`);
  }
  return port;
}

function parsed(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      options: {
        port: { type: "string" },
        host: { type: "string" },
        https: { type: "boolean" },
        "ca-file": { type: "string" },
        "ready-file": { type: "string" },
        help: { type: "boolean" },
      },
    }).values;
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error));
  }
}
