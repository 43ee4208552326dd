import { join } from "node:path";

/**
 * Compiles what has changed since the last time.
 *
 * @param {{ root: string, env: import("./paths.mjs").Environment, supervisor: import("../run/supervisor.mjs").Supervisor, projects?: readonly string[] }} context
 *   `projects`: folders with a tsconfig.json; default: the whole workspace, tests too
 * @returns {Promise<boolean>} whether the types are right; what is wrong has been shown
 */
export async function compile({ root, env, supervisor, projects = [] }) {
  const tsc = join(root, "node_modules", "typescript", "bin", "tsc");
  const result = await supervisor.run("node", [tsc, "-b", ...projects], { cwd: root, env, stdio: "inherit" });
  return result.code === 0;
}
