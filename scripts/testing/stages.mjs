import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { ToolchainError } from "../toolchain/error.mjs";
import { countTests } from "./counts.mjs";

/**
 * @typedef {import("./counts.mjs").Counts} Counts
 *
 * @typedef {object} Context
 * @property {string} root
 * @property {import("../run/supervisor.mjs").Supervisor} supervisor
 * @property {Record<string, string | undefined>} env the toolchain's
 * @property {readonly string[]} jestArgs
 * @property {() => Promise<boolean>} build
 *
 * @typedef {object} Outcome
 * @property {boolean} ok
 * @property {Counts} [tests] of a stage that runs tests
 *
 * @typedef {object} Stage
 * @property {string} name as given to `--stage`
 * @property {string} title
 * @property {(context: Context) => Promise<Outcome>} run
 */

/** In the order in which they are run; a failed one does not keep the later ones from running. @type {readonly Stage[]} */
export const stages = [
  { name: "build", title: "types (tsc)", run: async ({ build }) => ({ ok: await build() }) },
  {
    name: "eslint",
    title: "lint (eslint)",
    run: (context) => runTool(context, "eslint/bin/eslint.js", ["."]),
  },
  {
    name: "prettier",
    title: "format (prettier)",
    run: (context) => runTool(context, "prettier/bin/prettier.cjs", ["--check", "--log-level=warn", "."]),
  },
  { name: "jest", title: "tests (jest)", run: runJest },
];

/**
 * Takes `--stage <name>` out of the command line; all else is jest's.
 *
 * @param {readonly string[]} args
 * @returns {{ chosen: readonly Stage[], jestArgs: string[] }}
 * @throws {ToolchainError} when there is no such stage
 */
export function parseArguments(args) {
  const [option, name, ...rest] = args;
  if (option !== "--stage") return { chosen: stages, jestArgs: withoutSeparator(args) };
  const chosen = stages.filter((stage) => stage.name === name);
  if (chosen.length > 0) return { chosen, jestArgs: withoutSeparator(rest) };
  throw new ToolchainError(
    `"--stage" must be one of ${stages.map((stage) => stage.name).join(", ")}, got "${name ?? ""}"`,
    "Without it, all of them are run.",
  );
}

/**
 * The outcome of the jest stage. A failed test is in the counts already; a jest that fails without one has failed as a stage.
 *
 * @param {number | null} code
 * @param {import("./counts.mjs").JestResults | undefined} results undefined when it found no test, or broke down
 * @returns {Outcome}
 */
export function judgeJest(code, results) {
  if (results === undefined) return { ok: code === 0 };
  const tests = countTests(results);
  return { ok: code === 0 || tests.failed > 0, tests };
}

/** @param {readonly string[]} args */
function withoutSeparator(args) {
  return args[0] === "--" ? args.slice(1) : [...args];
}

/** @param {Context} context */
async function runJest(context) {
  const folder = context.supervisor.temporaryDirectory();
  const file = join(folder, "results.json");
  const args = [
    join(context.root, "node_modules/jest/bin/jest.js"),
    "--json",
    "--passWithNoTests",
    // Not among the temporary files: those go.
    `--cacheDirectory=${join(context.root, "node_modules", ".cache", "jest")}`,
    "--outputFile",
    file,
    ...context.jestArgs,
  ];
  const { code } = await context.supervisor.run("node", args, {
    cwd: context.root,
    // What tests that are killed leave goes with the supervisor's folder.
    env: { ...context.env, TMPDIR: folder },
    stdio: "inherit",
    // The first SIGINT lets a Pulumi CLI that a test has started cancel what it is at, the second ends it.
    stopSignals: ["SIGINT", "SIGINT"],
  });
  return judgeJest(code, existsSync(file) ? JSON.parse(readFileSync(file, "utf8")) : undefined);
}

/**
 * @param {Context} context
 * @param {string} script inside node_modules
 * @param {readonly string[]} args
 * @returns {Promise<Outcome>}
 */
async function runTool({ root, env, supervisor }, script, args) {
  const file = join(root, "node_modules", script);
  const { code } = await supervisor.run("node", [file, ...args], { cwd: root, env, stdio: "inherit" });
  return { ok: code === 0 };
}
