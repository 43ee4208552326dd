import { accessSync, constants, existsSync, mkdirSync, readdirSync, renameSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import { systemCode, ToolchainError } from "./error.mjs";

const temporaryPrefix = "tmp-";

/**
 * Makes the cache directory.
 *
 * @param {string} cache
 * @throws {ToolchainError} when it cannot be made or written to
 */
export function openCache(cache) {
  try {
    mkdirSync(cache, { recursive: true });
    accessSync(cache, constants.W_OK);
  } catch (error) {
    throw new ToolchainError(
      `the toolchain is kept in ${cache}, which cannot be written to (${systemCode(error)})`,
      "Make it writable, or set KEYVAULT_CERTIFICATES_CACHE to a directory that is.",
      { cause: error },
    );
  }
}

/**
 * A directory to prepare something in, on the file system of the cache, so that a rename puts it in place.
 *
 * @param {string} cache
 * @param {import("../run/supervisor.mjs").Supervisor} supervisor removes it at the end
 * @returns {string}
 */
export function workDirectory(cache, supervisor) {
  return supervisor.temporaryDirectory(cache, temporaryPrefix);
}

/**
 * Removes what killed processes left half-done. Only for the holder of the cache's lock.
 *
 * @param {string} cache
 */
export function removeLeftovers(cache) {
  for (const name of readdirSync(cache)) {
    if (name.startsWith(temporaryPrefix)) rmSync(join(cache, name), { recursive: true, force: true });
  }
}

/**
 * Puts a complete directory in place in one step, so that another process sees all of it or nothing.
 *
 * @param {string} prepared in a {@link workDirectory}
 * @param {string} target in the same cache; what stands there was found unusable and is thrown away
 */
export function putInPlace(prepared, target) {
  if (existsSync(target)) renameSync(target, join(dirname(prepared), "replaced"));
  renameSync(prepared, target);
}
