import { symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Declared } from "../programs";
import type { Engine, Outcome, TestStack } from "../stack";

const program = `
const { readFileSync } = require("node:fs");
const { Certificate } = require("pulumi-keyvault-certificates");
const declared = JSON.parse(readFileSync(__dirname + "/certificates.json", "utf8"));
for (const [name, { options, ...args }] of Object.entries(declared)) new Certificate(name, args, options);
`;

/** Certificates by logical name, without Outputs: they are written down for a program of another process. */
export type Certificates = Readonly<Record<string, Declared>>;

/** Those that stay in the program when the others are taken out. */
export const without = (certificates: Certificates, ...names: readonly string[]): Certificates =>
  Object.fromEntries(Object.entries(certificates).filter(([name]) => !names.includes(name)));

/** What `preview --json` prints, as far as it is looked at here. */
export interface PreviewDigest {
  readonly changeSummary: Readonly<Record<string, number>>;
  readonly diagnostics?: readonly { readonly message: string; readonly severity: string }[];
}

/**
 * A stack whose program the language host runs, so that `preview --json` works and an `up` goes on after a failure: a program in
 * the tests' own process would take the failures with it.
 */
export class Project {
  private constructor(
    readonly stack: TestStack,
    private readonly folder: string,
  ) {}

  static async create(engine: Engine, name: string): Promise<Project> {
    const folder = engine.workbench.newFolder(name);
    writeFileSync(
      join(folder, "Pulumi.yaml"),
      `name: ${name}\nruntime:\n  name: nodejs\n  options:\n    typescript: false\n`,
    );
    writeFileSync(join(folder, "package.json"), JSON.stringify({ name, main: "index.js" }));
    writeFileSync(join(folder, "index.js"), program);
    symlinkSync(join(__dirname, "..", "..", "..", "node_modules"), join(folder, "node_modules"));
    return new Project(await engine.projectStack(folder), folder);
  }

  declare(certificates: Certificates): this {
    writeFileSync(join(this.folder, "certificates.json"), JSON.stringify(certificates));
    return this;
  }

  /** An `up` of many certificates at once, in which one that fails does not stop the others. */
  up(): Promise<Outcome> {
    const options = { continueOnError: true, parallel: 32 };
    return this.stack.up(undefined, options);
  }

  async previewJson(): Promise<PreviewDigest> {
    return JSON.parse(await this.stack.cli("preview", "--json")) as PreviewDigest;
  }
}
