import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { PulumiCommand } from "@pulumi/pulumi/automation";
import type { TestVault } from "./vault";

// A machine's own sign-in, or its own Pulumi settings, must not decide what a test finds.
for (const name of Object.keys(process.env)) {
  if (/^(?:AZURE|ARM|IDENTITY|MSI|PULUMI)_/.test(name)) Reflect.deleteProperty(process.env, name);
}

/**
 * The Pulumi CLI of the PATH.
 *
 * @throws with the remedy, where there is none: a run of these tests without an engine proves nothing.
 */
export async function demandPulumi(): Promise<PulumiCommand> {
  try {
    execFileSync("pulumi", ["version"], { stdio: "pipe" });
  } catch (cause) {
    throw new Error(
      "these tests need the Pulumi CLI on PATH, and `pulumi version` does not run; `npm run bootstrap` obtains it, and `npm test` runs the tests with it",
      { cause },
    );
  }
  return PulumiCommand.get();
}

/** A folder with a Pulumi home and a state backend, which nobody else uses. */
export interface Workbench {
  readonly folder: string;
  readonly pulumiHome: string;
  /** A new, empty folder. */
  newFolder(name: string): string;
  /** What the CLI, and with it the plugin process, runs with. */
  environment(vault: TestVault): Record<string, string>;
  remove(): void;
}

export function openWorkbench(): Workbench {
  const folder = mkdtempSync(join(tmpdir(), "keyvault-e2e-"));
  const newFolder = (name: string) => {
    const path = join(folder, name);
    mkdirSync(path);
    return path;
  };
  const state = newFolder("state");
  const temporary = newFolder("tmp");
  return {
    folder,
    pulumiHome: newFolder("home"),
    newFolder,
    environment: ({ url, emulator }) => ({
      PULUMI_BACKEND_URL: pathToFileURL(state).href,
      PULUMI_CONFIG_PASSPHRASE: "end to end",
      PULUMI_SKIP_UPDATE_CHECK: "true",
      PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION: "true",
      AZURE_KEYVAULT_URL: url,
      // The language host leaves its pipes there.
      TMPDIR: temporary,
      IDENTITY_ENDPOINT: emulator.identityEndpoint,
      IDENTITY_HEADER: emulator.identityHeader,
    }),
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}
