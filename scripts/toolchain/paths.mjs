import { accessSync, constants, statSync } from "node:fs";
import { delimiter, isAbsolute, join } from "node:path";

/** @typedef {Record<string, string | undefined>} Environment */

const folder = "pulumi-keyvault-certificates";

/**
 * Where downloads and builds are kept, per user and outside any checkout: `$KEYVAULT_CERTIFICATES_CACHE` itself; else a folder in
 * `$XDG_CACHE_HOME` (ignored when relative, as its specification demands), in `%LOCALAPPDATA%` on Windows, or in `~/.cache`.
 *
 * @param {Environment} env
 * @param {string} home
 * @returns {string} absolute path; it need not exist
 */
export function cacheDirectory(env, home) {
  const own = env["KEYVAULT_CERTIFICATES_CACHE"];
  if (own) return isAbsolute(own) ? own : join(process.cwd(), own);
  const shared = env["XDG_CACHE_HOME"] ?? env["LOCALAPPDATA"];
  if (shared && isAbsolute(shared)) return join(shared, folder);
  return join(home, ".cache", folder);
}

/**
 * @param {string} file
 * @returns {boolean} whether it is a file that this user may execute
 */
export function isExecutable(file) {
  try {
    accessSync(file, constants.X_OK);
    return statSync(file).isFile();
  } catch {
    return false;
  }
}

/**
 * The spellings of a program's file name, in the order in which they are tried.
 *
 * @param {string} program
 * @param {NodeJS.Platform} [platform]
 */
function fileNames(program, platform = process.platform) {
  return platform === "win32" ? [`${program}.exe`, `${program}.cmd`] : [program];
}

/**
 * @param {string} program without extension
 * @param {string} directory
 * @returns {string | undefined} absolute path of the program in that directory
 */
export function programIn(program, directory) {
  return fileNames(program)
    .map((name) => join(directory, name))
    .find(isExecutable);
}

/**
 * What a shell would run for `program`. Empty and relative entries of PATH are left out: what they name depends on the
 * working directory of each later child.
 *
 * @param {string} program without extension
 * @param {Environment} env
 * @returns {string | undefined} absolute path
 */
export function lookUp(program, env) {
  for (const directory of (env[pathKey(env)] ?? "").split(delimiter)) {
    if (!isAbsolute(directory)) continue;
    const found = programIn(program, directory);
    if (found !== undefined) return found;
  }
  return undefined;
}

/**
 * The environment with `directory` first on PATH. Without a change when it is first already.
 *
 * @template {Environment} E
 * @param {E} env
 * @param {string} directory
 * @returns {E}
 */
export function withFirstOnPath(env, directory) {
  const key = pathKey(env);
  const entries = (env[key] ?? "").split(delimiter).filter((entry) => entry !== "");
  if (entries[0] === directory) return env;
  return { ...env, [key]: [directory, ...entries].join(delimiter) };
}

/**
 * Windows spells it `Path`, and a copied environment loses the case-blindness of `process.env`.
 *
 * @param {Environment} env
 */
function pathKey(env) {
  return Object.keys(env).find((key) => key.toUpperCase() === "PATH") ?? "PATH";
}
