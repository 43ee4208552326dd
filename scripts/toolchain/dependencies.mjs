import { existsSync, rmSync } from "node:fs";
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { ToolchainError } from "./error.mjs";
import { npmCommand, npmErrors, npmGraceMs } from "./npm.mjs";
import { areDependenciesCurrent, npmRecord } from "./stamp.mjs";

/**
 * Installs what package-lock.json says. Not with `npm ci`: it refuses a lockfile that lacks optional packages of other platforms, as
 * npm writes it where the registry has not got them all. So, as strict in another way: the result is compared with the lockfile.
 * No install script is needed: @swc/core brings its binary as a package; those of protobufjs and @parcel/watcher print a warning, or
 * compile what is there already.
 *
 * @param {{ root: string, env: import("./paths.mjs").Environment, supervisor: import("../run/supervisor.mjs").Supervisor,
 *   progress: import("../run/progress.mjs").Progress }} context
 * @throws {ToolchainError} with the end of npm's own output
 */
export async function installDependencies({ root, env, supervisor, progress }) {
  const npm = npmCommand(["install", "--no-save"], env);
  const task = progress.begin("installing dependencies");
  try {
    await discardUnfinished(root);
    const result = await supervisor.run(npm.command, npm.args, {
      cwd: root,
      env: npm.env,
      graceMs: npmGraceMs,
    });
    if (result.code !== 0) {
      throw new ToolchainError(
        `dependencies could not be installed: npm ended with ${result.code ?? result.signal}\n${npmErrors(result.stderr)}`,
        `See what "npm install" says in ${root}; it needs a registry that can be reached and a writable node_modules.`,
      );
    }
  } finally {
    task.end();
  }
  if (areDependenciesCurrent(root)) return;
  throw new ToolchainError(
    "what npm installed is not what package-lock.json says: it does not fit the package.json files",
    'Run "npm install", and commit the changed package-lock.json.',
  );
}

/**
 * An interrupted npm leaves packages half-unpacked and later takes them for whole. Its record is written last: without it nothing in
 * node_modules is trusted, and for the time of this installation there is none.
 *
 * @param {string} root
 */
async function discardUnfinished(root) {
  if (existsSync(npmRecord(root))) rmSync(npmRecord(root));
  else await rm(join(root, "node_modules"), { recursive: true, force: true });
}
