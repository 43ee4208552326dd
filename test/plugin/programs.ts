import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from "node:fs";
import { join, resolve } from "node:path";

/** A folder as a Pulumi program's: the plugin process is started in it, and finds SDK and provider from it. */
export interface Program {
  readonly folder: string;
  /** Where the program finds `@pulumi/pulumi`. */
  readonly sdkFolder: string;
  remove(): void;
}

const root = resolve(__dirname, "../..");
const modules = join(root, "node_modules");

/** The newest SDK, as the workspace has it: the example's folder, with the provider linked. */
function newest(): Program {
  return {
    folder: join(root, "examples/quickstart"),
    sdkFolder: join(modules, "@pulumi/pulumi"),
    remove: () => undefined,
  };
}

/**
 * The oldest SDK that the provider promises to work with, in a folder where nothing else is called `@pulumi/pulumi`. SDK and provider
 * are copies, not links: a linked file looks for its neighbours from where it really is, and would find the workspace's
 * newest SDK. What they depend on is found further up.
 */
function minimum(): Program {
  const cache = join(modules, ".cache");
  mkdirSync(cache, { recursive: true });
  const folder = mkdtempSync(join(cache, "program-"));
  const sdkFolder = join(folder, "node_modules/@pulumi/pulumi");
  const alias = join(modules, "pulumi-sdk-minimum");
  cpSync(alias, sdkFolder, {
    recursive: true,
    filter: (path) => path !== join(alias, "node_modules") && !/\.(map|d\.ts)$/.test(path),
  });
  symlinkSync(join(alias, "node_modules"), join(sdkFolder, "node_modules"), "junction");
  const provider = join(folder, "node_modules/pulumi-keyvault-certificates");
  for (const part of ["package.json", "dist"]) {
    cpSync(join(root, "provider", part), join(provider, part), { recursive: true });
  }
  return { folder, sdkFolder, remove: () => rmSync(folder, { recursive: true, force: true }) };
}

/** The two ends of what `peerDependencies` allows. */
export const sdks = [
  { sdk: `newest SDK ${versionOf("@pulumi/pulumi")}`, program: newest },
  { sdk: `minimum SDK ${versionOf("pulumi-sdk-minimum")}`, program: minimum },
] as const;

function versionOf(name: string): string {
  const manifest = readFileSync(join(modules, name, "package.json"), "utf8");
  return (JSON.parse(manifest) as { version: string }).version;
}
