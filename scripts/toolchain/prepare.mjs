import { realpathSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { cacheDirectory, lookUp, programIn, withFirstOnPath } from "./paths.mjs";
import { openCache, removeLeftovers } from "./cache.mjs";
import { installDependencies } from "./dependencies.mjs";
import { withCacheLock, withCheckoutLock } from "./locks.mjs";
import { findNode, installNode, nodeFloor } from "./node.mjs";
import { dynamicPluginDirectory, findPulumi, obtainPulumi } from "./pulumi.mjs";
import { areDependenciesCurrent } from "./stamp.mjs";

/**
 * @typedef {import("./paths.mjs").Environment} Environment
 * @typedef {import("./locks.mjs").LockContext} LockContext
 *
 * @typedef {object} Toolchain
 * @property {string} nodeDirectory holds a `node` that satisfies the published package's `engines`
 * @property {string} pulumiDirectory holds `pulumi`
 * @property {Environment} env for children: both are what PATH gives, and the language host and the dynamic-resource plugin too
 * @property {string} summary one line on what was taken
 */

/**
 * Sees to all that the project needs beside npm: a Node, the dependencies, a Pulumi CLI. What is there already is only looked at,
 * without a lock.
 *
 * @param {LockContext & { env: Environment, installerUrl: string }} context
 * @returns {Promise<Toolchain>}
 * @throws {import("./error.mjs").ToolchainError}
 */
export async function prepare(context) {
  openCache(context.cache);
  const node = await ensureNode(context);
  const env = isFirstOnPath("node", node.directory, context.env)
    ? context.env
    : withFirstOnPath(context.env, node.directory);
  await ensureDependencies({ ...context, env });
  const pulumi = await ensurePulumi({ ...context, env });
  return {
    nodeDirectory: node.directory,
    pulumiDirectory: pulumi.directory,
    env: withPulumi(pulumi, { ...context, env }),
    summary: `toolchain: Node ${node.version} (${node.origin}), Pulumi ${pulumi.version} (${pulumi.origin})`,
  };
}

/**
 * The directory of the cache, for this user and environment.
 *
 * @param {Environment} env
 * @returns {string}
 */
export function userCache(env) {
  return cacheDirectory(env, homedir());
}

/** @param {LockContext & { env: Environment }} context */
async function ensureNode(context) {
  const wanted = { floor: nodeFloor(context.root), cache: context.cache };
  const found = findNode(wanted);
  if (found !== undefined) return found;
  return withCacheLock(context, async () => {
    removeLeftovers(context.cache);
    return findNode(wanted) ?? installNode(context);
  });
}

/** @param {LockContext & { env: Environment }} context */
async function ensureDependencies(context) {
  if (areDependenciesCurrent(context.root)) return;
  await withCheckoutLock(context, async () => {
    if (!areDependenciesCurrent(context.root)) await installDependencies(context);
  });
}

/** @param {LockContext & { env: Environment, installerUrl: string }} context */
async function ensurePulumi(context) {
  const whole = { ...context, pulumiHome: context.env["PULUMI_HOME"] ?? join(homedir(), ".pulumi") };
  const first = await findPulumi(whole);
  if (first.found !== undefined) return first.found;
  return withCacheLock(context, async () => {
    const again = await findPulumi(whole);
    if (again.found !== undefined) return again.found;
    removeLeftovers(context.cache);
    return obtainPulumi(whole, again.reasons);
  });
}

/**
 * @param {import("./pulumi.mjs").PulumiFound} found
 * @param {{ root: string, env: Environment }} context
 */
function withPulumi(found, { root, env }) {
  const { directory } = found;
  const withCli = isFirstOnPath("pulumi", directory, env) ? env : withFirstOnPath(env, directory);
  const plugin = dynamicPluginDirectory(found, { root, env: withCli });
  return plugin === undefined ? withCli : withFirstOnPath(withCli, plugin);
}

/**
 * @param {string} program
 * @param {string} directory
 * @param {Environment} env
 */
function isFirstOnPath(program, directory, env) {
  const [found, wanted] = [lookUp(program, env), programIn(program, directory)];
  return found !== undefined && wanted !== undefined && realpathSync(found) === realpathSync(wanted);
}
