import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { putInPlace, workDirectory } from "./cache.mjs";
import { ToolchainError } from "./error.mjs";
import { npmCommand, npmErrors, npmGraceMs } from "./npm.mjs";
import { programIn } from "./paths.mjs";
import { nodePackages } from "./pins.mjs";
import { isAtLeast } from "./version.mjs";

/** @typedef {{ directory: string, version: string, origin: string }} NodeFound `directory` holds the binary; `origin` is for people */

/**
 * The Node that the published package demands: `engines.node` of provider/package.json.
 *
 * @param {string} root of the workspace
 * @returns {string} for example `>=22.19`
 */
export function nodeFloor(root) {
  return JSON.parse(readFileSync(join(root, "provider", "package.json"), "utf8")).engines.node;
}

/**
 * The running Node if new enough, else the cached one.
 *
 * @param {{ floor: string, cache: string, execPath?: string, version?: string, platform?: string }} context
 * @returns {NodeFound | undefined} undefined when it has to be installed
 */
export function findNode({
  floor,
  cache,
  execPath = process.execPath,
  version = process.versions.node,
  platform = `${process.platform}-${process.arch}`,
}) {
  if (isAtLeast(version, floor)) return { directory: dirname(execPath), version, origin: "running" };
  const wanted = nodePackages[platform];
  if (wanted === undefined) {
    throw new ToolchainError(
      `Node ${floor} is demanded, ${version} is running, and npm has no Node for ${platform}`,
      "Install a newer Node from https://nodejs.org and put it first on PATH.",
    );
  }
  const directory = join(home(cache, wanted.version), "bin");
  if (programIn("node", directory) === undefined) return undefined;
  return { directory, version: wanted.version, origin: "npm package, cached" };
}

/**
 * Installs npm's platform package of Node into the cache. Only for the holder of the cache's lock.
 *
 * @param {{ cache: string, env: import("./paths.mjs").Environment, supervisor: import("../run/supervisor.mjs").Supervisor,
 *   progress: import("../run/progress.mjs").Progress }} context
 * @returns {Promise<NodeFound>}
 */
export async function installNode({ cache, env, supervisor, progress }) {
  const wanted = nodePackages[`${process.platform}-${process.arch}`];
  if (wanted === undefined) throw new Error("findNode has refused this platform");
  const { name, version } = wanted;
  const work = workDirectory(cache, supervisor);
  const task = progress.begin(`installing Node ${version} from npm (${name}, once)`);
  try {
    const npm = npmCommand(
      ["install", "--prefix", work, "--no-save", "--no-package-lock", `${name}@${version}`],
      env,
    );
    const result = await supervisor.run(npm.command, npm.args, {
      cwd: work,
      env: npm.env,
      graceMs: npmGraceMs,
    });
    if (result.code !== 0) throw failed(`npm install ${name}@${version}`, result.stderr);
    const installed = join(work, "node_modules", name);
    await tryOut(join(installed, "bin"), supervisor);
    putInPlace(installed, home(cache, version));
  } finally {
    task.end();
  }
  return { directory: join(home(cache, version), "bin"), version, origin: "npm package" };
}

/**
 * @param {string} cache
 * @param {string} version
 */
function home(cache, version) {
  return join(cache, `node-${version}-${process.platform}-${process.arch}`);
}

/**
 * @param {string} directory
 * @param {import("../run/supervisor.mjs").Supervisor} supervisor
 */
async function tryOut(directory, supervisor) {
  const node = programIn("node", directory);
  if (node === undefined) throw failed(`looking for node in ${directory}`, "");
  const result = await supervisor
    .run(node, ["--version"])
    .catch((error) => ({ code: 1, stderr: String(error) }));
  if (result.code !== 0) throw failed(`${node} --version`, result.stderr);
}

/**
 * @param {string} what
 * @param {string} output
 */
function failed(what, output) {
  return new ToolchainError(
    [`a newer Node could not be installed: "${what}" failed`, npmErrors(output)].filter(Boolean).join("\n"),
    "Install Node 24 from https://nodejs.org, put it first on PATH, and run this again.",
  );
}
