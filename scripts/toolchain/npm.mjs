import { existsSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { ToolchainError } from "./error.mjs";
import { lookUp } from "./paths.mjs";

/**
 * @typedef {import("./paths.mjs").Environment} Environment
 * @typedef {{ command: string, args: string[], env: Environment }} NpmCommand
 */

/** Quiet but for errors: no progress bar, no audit, no warnings about engines or about scripts that were not run. */
const quiet = ["--loglevel=error", "--no-progress", "--no-audit", "--no-fund", "--ignore-scripts"];

/**
 * How to run npm, without install scripts, on the Node that is first on PATH.
 *
 * @param {readonly string[]} args
 * @param {Environment} env
 * @returns {NpmCommand}
 * @throws {ToolchainError} when there is no npm
 */
export function npmCommand(args, env) {
  const node = lookUp("node", env);
  const script = npmScript(env);
  if (node === undefined || script === undefined) {
    throw new ToolchainError("npm is not on PATH", "Install Node with npm, and run this again.");
  }
  return { command: node, args: [script, ...args, ...quiet], env: withoutLifecycle(env) };
}

/** npm may be killed: what it leaves half-done is discarded, and its own cache is made for that. */
export const npmGraceMs = 500;

/**
 * What npm says of its failure: the first lines, as those after them are a stack, advice and the name of its log.
 *
 * @param {string} stderr
 * @returns {string} indented
 */
export function npmErrors(stderr) {
  const lines = stderr.split(/\r?\n/).map((line) => line.replace(/^npm (error|ERR!) ?/, ""));
  const telling = lines.filter((line) => line.trim() !== "" && !/^\s+at |^\s*A complete log/.test(line));
  return telling
    .slice(0, 5)
    .map((line) => `    ${line}`)
    .join("\n");
}

/**
 * The npm that runs us, else the one on PATH: its script rather than its launcher, which picks a Node of its own.
 *
 * @param {Environment} env
 * @returns {string | undefined}
 */
function npmScript(env) {
  const running = env["npm_execpath"];
  if (running && basename(running) === "npm-cli.js" && existsSync(running)) return running;
  const launcher = lookUp("npm", env);
  if (launcher === undefined || process.platform !== "win32") return launcher;
  return join(dirname(launcher), "node_modules", "npm", "bin", "npm-cli.js");
}

/**
 * `npm run` tells its script which package it belongs to; an npm started from there would believe it too.
 *
 * @param {Environment} env
 * @returns {Environment}
 */
function withoutLifecycle(env) {
  const foreign = /^npm_(package|lifecycle|config_local_prefix|command)/;
  return Object.fromEntries(Object.entries(env).filter(([name]) => !foreign.test(name)));
}
