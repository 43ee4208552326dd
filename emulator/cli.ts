import { renameSync, rmSync, writeFileSync } from "node:fs";
import { helpText, readOptions, UsageError, type CliOptions } from "./cli-options";
import { startEmulator, type Emulator } from "./emulator";

/** Exit status of a command line that is used wrongly. */
const usageStatus = 2;

async function main(): Promise<void> {
  const options = readOptions(process.argv.slice(2));
  if (options === undefined) {
    process.stdout.write(helpText);
    return;
  }
  const emulator = await startEmulator(options);
  for (const signal of ["SIGINT", "SIGTERM"] as const) {
    process.once(signal, () => void stop(emulator, options));
  }
  if (options.caFile !== undefined) writeWhole(options.caFile, emulator.caCertificatePem ?? "");
  process.stdout.write(announcement(emulator, options));
  if (options.readyFile !== undefined) writeWhole(options.readyFile, `${emulator.url}\n`);
}

function announcement({ url, identityEndpoint, identityHeader }: Emulator, { caFile }: CliOptions): string {
  const lines = [
    `Vault: ${url}`,
    "",
    "For DefaultAzureCredential and ManagedIdentityCredential:",
    `  export IDENTITY_ENDPOINT=${identityEndpoint}`,
    `  export IDENTITY_HEADER=${identityHeader}`,
    ...(caFile === undefined ? [] : [`  export NODE_EXTRA_CA_CERTS=${caFile}`]),
  ];
  return `${lines.join("\n")}\n`;
}

/** Writes a file so that whoever sees it sees all of it. */
function writeWhole(path: string, text: string): void {
  const temporary = `${path}.${process.pid}.tmp`;
  writeFileSync(temporary, text);
  renameSync(temporary, path);
}

async function stop(emulator: Emulator, { readyFile }: CliOptions): Promise<void> {
  if (readyFile !== undefined) rmSync(readyFile, { force: true });
  await emulator.close();
  process.exit(0);
}

main().catch((error: unknown) => {
  const message = error instanceof Error ? error.message : String(error);
  process.stderr.write(`keyvault-certificates-emulator: ${message}\n`);
  if (error instanceof UsageError) process.stderr.write("Try --help.\n");
  process.exit(error instanceof UsageError ? usageStatus : 1);
});
