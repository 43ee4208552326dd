import { execFileSync } from "node:child_process";
import { cpSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Engine, TestStack } from "../stack";
import { installedPackages } from "./installed";

const root = join(__dirname, "..", "..", "..");

/** What `preview --json` prints, as far as it is looked at here. */
export interface PreviewDigest {
  readonly changeSummary: Readonly<Record<string, number>>;
  readonly diagnostics?: readonly { readonly message: string; readonly severity: string }[];
}

/**
 * A folder of `examples/` as somebody has it who has copied it out of the repository and installed: nothing leads back to the workspace.
 */
export class Example {
  private constructor(
    readonly folder: string,
    readonly stack: TestStack,
  ) {}

  /** @param copy name of the copy, where a test needs several of one example */
  static async install(engine: Engine, name: string, copy = name): Promise<Example> {
    const folder = engine.workbench.newFolder(copy);
    // Tokens that hold out for whoever is ahead of the vault: see `daysLater`.
    engine.vault.control.setTokens({ lifetimeMs: 365 * 86_400_000 });
    cpSync(join(root, "examples", name), folder, {
      recursive: true,
      filter: (source) => !/node_modules|\/(ca|\.acme|Pulumi\.\w+\.yaml)$/.test(source),
    });
    symlinkSync(installedPackages(engine, name), join(folder, "node_modules"));
    // All stacks of one engine have the same name.
    const project = join(folder, "Pulumi.yaml");
    writeFileSync(project, readFileSync(project, "utf8").replace(/^name: .*/m, `name: ${copy}`));
    const stack = await engine.projectStack(folder, { config: { "keyvault:vaultUrl": engine.vault.url } });
    return new Example(folder, stack);
  }

  path(...names: readonly string[]): string {
    return join(this.folder, ...names);
  }

  read(file: string): string {
    return readFileSync(this.path(file), "utf8");
  }

  write(file: string, text: string): void {
    writeFileSync(this.path(file), text);
  }

  /** Writes a part of a file anew, as its user would. */
  edit(file: string, from: string, to: string): void {
    const text = this.read(file);
    if (!text.includes(from)) throw new Error(`${file} does not hold ${JSON.stringify(from)}`);
    const [before = "", ...after] = text.split(from);
    this.write(file, `${before}${to}${after.join(from)}`);
  }

  /** Runs one of its scripts. */
  run(script: string): void {
    execFileSync(this.path(script), { stdio: "pipe" });
  }

  async previewJson(): Promise<PreviewDigest> {
    return JSON.parse(await this.stack.cli("preview", "--json")) as PreviewDigest;
  }

  /** The state file as it lies there: an export would have its secrets decrypted. */
  async stateFile(): Promise<string> {
    const { name, workspace } = this.stack.stack;
    const { name: project } = await workspace.projectSettings();
    const backend = fileURLToPath(workspace.envVars["PULUMI_BACKEND_URL"] ?? "");
    return readFileSync(join(backend, ".pulumi", "stacks", project, `${name}.json`), "utf8");
  }

  /**
   * An operation as it would be so many days from now: by the clock of the program, of the plugin, and of whatever they start with Node.
   * Vault and CA stay in the present, so that what they issue has still time to run.
   */
  async daysLater<T>(engine: Engine, days: number, operation: () => Promise<T>): Promise<T> {
    const { workspace } = this.stack.stack;
    const before = workspace.envVars;
    const file = join(engine.workbench.folder, "later.cjs");
    writeFileSync(file, laterClock);
    workspace.envVars = { ...before, NODE_OPTIONS: `--require=${file}`, TEST_DAYS_LATER: String(days) };
    try {
      return await operation();
    } finally {
      workspace.envVars = before;
    }
  }
}

const laterClock = `
const Present = Date;
const later = Number(process.env.TEST_DAYS_LATER) * 86_400_000;
globalThis.Date = class Date extends Present {
  constructor(...given) {
    super(...(given.length === 0 ? [Date.now()] : given));
  }
  static now() {
    return Present.now() + later;
  }
};
`;
