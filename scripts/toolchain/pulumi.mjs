import { chmodSync, copyFileSync, existsSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { putInPlace, workDirectory } from "./cache.mjs";
import { installedPulumis, rejection } from "./candidates.mjs";
import { ToolchainError } from "./error.mjs";
import { buildFromGoModules } from "./go-modules.mjs";
import { runInstaller } from "./installer.mjs";
import { lookUp, programIn } from "./paths.mjs";
import { goFloor, pulumiVersion } from "./pins.mjs";

/**
 * @typedef {import("../run/supervisor.mjs").Supervisor} Supervisor
 * @typedef {import("./paths.mjs").Environment} Environment
 * @typedef {{ directory: string, version: string, origin: string }} PulumiFound `origin` is for people
 *
 * @typedef {object} Context
 * @property {string} root of the workspace, with its dependencies installed
 * @property {string} cache
 * @property {Environment} env
 * @property {string} pulumiHome usually ~/.pulumi
 * @property {string} installerUrl
 * @property {Supervisor} supervisor
 * @property {import("../run/progress.mjs").Progress} progress
 *
 * @typedef {Context & { target: string, work: string }} Attempt a way of obtaining the CLI: into `target`, which is inside `work`
 */

/** Says in the directory how its CLI was obtained; written last, so that it also says that the directory is complete. */
const originFile = "origin.txt";

const dynamicPlugin =
  process.platform === "win32" ? "pulumi-resource-pulumi-nodejs.cmd" : "pulumi-resource-pulumi-nodejs";

/**
 * A new enough CLI with a language host that is on this machine already: on PATH, in our cache, in ~/.pulumi.
 *
 * @param {Context} context
 * @returns {Promise<{ found: PulumiFound } | { found: undefined, reasons: string[] }>}
 */
export async function findPulumi(context) {
  const { env, cache, pulumiHome } = context;
  const onPath = lookUp("pulumi", env);
  const first = onPath === undefined ? [] : [{ directory: dirname(onPath), origin: "on PATH" }];
  const others = installedPulumis(pulumiHome).map((directory) => ({ directory, origin: `in ${directory}` }));
  const cached = cachedPulumi(cache);
  /** @type {string[]} */
  const reasons = onPath === undefined ? ["there is no pulumi on PATH"] : [];
  for (const { directory, origin } of cached === undefined ? [...first, ...others] : first) {
    const candidate = await probe(directory, context);
    const reason = rejection(candidate, pulumiVersion);
    if (reason === undefined) return { found: { directory, version: candidate.version, origin } };
    reasons.push(reason);
  }
  if (cached !== undefined) return { found: cached };
  return { found: undefined, reasons: [...reasons, `there is none in ${home(cache)}`] };
}

/**
 * Obtains the CLI and its language host: with Pulumi's own installer, else from Go modules. Only for the holder of the cache's lock.
 *
 * @param {Context} context
 * @param {readonly string[]} reasons why nothing on this machine would do
 * @returns {Promise<PulumiFound>}
 * @throws {ToolchainError} with all that was tried
 */
export async function obtainPulumi(context, reasons) {
  const ways = [
    { origin: "Pulumi's installer", name: "Pulumi's installer", obtain: runInstaller },
    { origin: "built from Go modules", name: "building from Go modules", obtain: buildFromGoModules },
  ];
  const failures = [...reasons];
  for (const { origin, name, obtain } of ways) {
    const work = workDirectory(context.cache, context.supervisor);
    const target = join(work, "pulumi");
    const failure = (await obtain({ ...context, work, target })) ?? (await complete(target, origin, context));
    if (failure === undefined) {
      putInPlace(target, home(context.cache));
      return { directory: home(context.cache), version: pulumiVersion, origin };
    }
    failures.push(`${name}: ${failure}`);
  }
  throw new ToolchainError(
    [
      `no Pulumi CLI ${pulumiVersion} or newer with a Node language host:`,
      ...failures.map((line) => `  - ${line}`),
    ].join("\n"),
    `Install Pulumi (https://www.pulumi.com/docs/install) or Go ${goFloor} or newer, put it on PATH, and run this again.`,
  );
}

/**
 * The directory to add to PATH for the plugin that runs dynamic resources, where the CLI has none beside it.
 *
 * @param {PulumiFound} found
 * @param {Pick<Context, "root" | "env">} context
 * @returns {string | undefined} undefined when nothing has to be added
 */
export function dynamicPluginDirectory({ directory }, { root, env }) {
  if (
    existsSync(join(directory, dynamicPlugin)) ||
    lookUp("pulumi-resource-pulumi-nodejs", env) !== undefined
  )
    return undefined;
  return sdkDirectory(root);
}

/**
 * @param {string} cache
 * @returns {PulumiFound | undefined}
 */
function cachedPulumi(cache) {
  const directory = home(cache);
  if (!existsSync(join(directory, originFile))) return undefined;
  const origin = readFileSync(join(directory, originFile), "utf8").trim();
  return { directory, version: pulumiVersion, origin: `${origin}, cached` };
}

/** @param {string} cache */
function home(cache) {
  return join(cache, `pulumi-${pulumiVersion}-${process.platform}-${process.arch}`);
}

/** @param {string} root */
function sdkDirectory(root) {
  return join(root, "node_modules", "@pulumi", "pulumi");
}

/**
 * Lays the dynamic-resource plugin beside a CLI that came without it, and tries the CLI out.
 *
 * @param {string} target
 * @param {string} origin
 * @param {Context} context
 * @returns {Promise<string | undefined>} why the CLI is not usable
 */
async function complete(target, origin, { root, env, supervisor }) {
  const plugin = join(target, dynamicPlugin);
  if (!existsSync(plugin)) {
    copyFileSync(join(sdkDirectory(root), dynamicPlugin), plugin);
    chmodSync(plugin, 0o755);
  }
  const reason = rejection(await probe(target, { env, supervisor }), pulumiVersion);
  if (reason === undefined) writeFileSync(join(target, originFile), `${origin}\n`);
  return reason;
}

/**
 * @param {string} directory
 * @param {{ env: Environment, supervisor: Supervisor }} context
 * @returns {Promise<import("./candidates.mjs").Candidate>}
 */
async function probe(directory, { env, supervisor }) {
  const languageHost =
    programIn("pulumi-language-nodejs", directory) ?? lookUp("pulumi-language-nodejs", env);
  const pulumi = programIn("pulumi", directory);
  if (pulumi === undefined) return { directory, version: "", languageHost };
  // Even `pulumi version` makes a folder for its logs.
  const quiet = { ...env, PULUMI_HOME: supervisor.temporaryDirectory(), PULUMI_SKIP_UPDATE_CHECK: "true" };
  const result = await supervisor
    .run(pulumi, ["version"], { env: quiet, timeoutMs: 20_000 })
    .catch((error) => {
      if (supervisor.signal.aborted) throw error;
      return { code: 1, stdout: "" };
    });
  return {
    directory,
    version: result.code === 0 ? result.stdout.trim().replace(/^v/, "") : "",
    languageHost,
  };
}
