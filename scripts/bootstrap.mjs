import { realpathSync } from "node:fs";
import { basename, dirname } from "node:path";
import { fileURLToPath } from "node:url";
import { createProgress } from "./run/progress.mjs";
import { supervise } from "./run/supervise.mjs";
import { compile } from "./toolchain/compile.mjs";
import { ToolchainError } from "./toolchain/error.mjs";
import { withCheckoutLock } from "./toolchain/locks.mjs";
import { prepare, userCache } from "./toolchain/prepare.mjs";

/**
 * @typedef {import("./toolchain/prepare.mjs").Toolchain} Toolchain
 * @typedef {import("./run/supervise.mjs").Supervisor} Supervisor
 *
 * @typedef {object} Options
 * @property {Supervisor} supervisor ends all that is started when the process is interrupted
 * @property {Record<string, string | undefined>} [env] default: this process's
 * @property {import("./run/progress.mjs").Output} [output] default: standard output
 */

const script = fileURLToPath(import.meta.url);

/** The workspace, as an absolute path. */
export const root = dirname(dirname(realpathSync(script)));

/**
 * Prepares Node, the dependencies and the Pulumi CLI, and says in one line what it took.
 *
 * @param {Options} options
 * @returns {Promise<Toolchain>}
 * @throws {ToolchainError} with a remedy, when something is missing and cannot be obtained
 */
export async function bootstrap(options) {
  const toolchain = await prepare({
    ...context(options),
    env: options.env ?? process.env,
    installerUrl: "https://get.pulumi.com/install.sh",
  });
  (options.output ?? process.stdout).write(`${toolchain.summary}\n`);
  return toolchain;
}

/**
 * Compiles the workspace, or only the projects given; quick when nothing has changed.
 *
 * @param {{ supervisor: Supervisor, toolchain: Toolchain, projects?: readonly string[] }} options
 * @returns {Promise<boolean>} whether the types are right; what is wrong has been shown
 */
export function build({ supervisor, toolchain, projects = [] }) {
  const { env } = toolchain;
  return withCheckoutLock(context({ supervisor, env }), () => compile({ root, env, supervisor, projects }));
}

/**
 * Shows why the set-up failed: what the reader can mend, without a stack.
 *
 * @param {unknown} error
 */
export function report(error) {
  const text =
    error instanceof ToolchainError ? error.message : error instanceof Error ? error.stack : String(error);
  process.stderr.write(`${text}\n`);
}

/** @param {Options} options */
function context({ supervisor, env = process.env, output = process.stdout }) {
  const command = process.env["npm_lifecycle_event"];
  const what = `${command === undefined ? basename(process.argv[1] ?? "node") : `npm run ${command}`} in ${root}`;
  return {
    root,
    cache: userCache(env),
    what,
    supervisor,
    progress: createProgress(output, { signal: supervisor.signal }),
  };
}

if (process.argv[1] !== undefined && realpathSync(process.argv[1]) === realpathSync(script)) {
  await supervise(async (supervisor) => {
    const toolchain = await bootstrap({ supervisor });
    return (await build({ supervisor, toolchain })) ? 0 : 1;
  }, report);
}
