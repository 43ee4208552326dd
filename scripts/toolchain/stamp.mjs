import { createHash } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/**
 * @typedef {{ version?: string, integrity?: string, resolved?: string, link?: boolean, optional?: boolean }} LockedPackage
 * @typedef {{ packages?: Record<string, LockedPackage> }} Lockfile
 */

const stampFile = join("node_modules", ".dependencies-stamp");

/**
 * What the installed dependencies depend on: the lockfile, and the platform, for a checkout that two machines share.
 *
 * @param {string} lockfileText
 * @param {string} [platform]
 * @returns {string} one line
 */
export function dependenciesStamp(lockfileText, platform = `${process.platform}-${process.arch}`) {
  return `${platform} ${createHash("sha256").update(lockfileText).digest("hex")}`;
}

/**
 * Whether node_modules is what package-lock.json asks for: by our stamp, or else (also where somebody ran npm by hand) by npm's own
 * record, which is then worth a stamp.
 *
 * @param {string} root
 * @returns {boolean}
 */
export function areDependenciesCurrent(root) {
  const lockfile = readFileSync(join(root, "package-lock.json"), "utf8");
  const stamp = dependenciesStamp(lockfile);
  if (read(join(root, stampFile)) === stamp) return true;
  const installed = read(npmRecord(root));
  if (installed === undefined || !isSameTree(JSON.parse(lockfile), JSON.parse(installed))) return false;
  writeFileSync(join(root, stampFile), stamp);
  return true;
}

/**
 * npm's own record of what is in node_modules.
 *
 * @param {string} root
 * @returns {string} a path; without this file an installation never came to its end
 */
export function npmRecord(root) {
  return join(root, "node_modules", ".package-lock.json");
}

/**
 * Whether what npm has installed is what the lockfile demands. Optional packages may be missing, or be there beyond the lockfile:
 * which ones there are depends on the platform, and npm leaves out of a lockfile those that its registry did not have. Flags such
 * as `dev` are not compared, as npm writes them differently in the two files.
 *
 * @param {Lockfile} lockfile package-lock.json
 * @param {Lockfile} installed node_modules/.package-lock.json, which npm writes when it has finished
 * @returns {boolean}
 */
export function isSameTree(lockfile, installed) {
  const demanded = lockfile.packages ?? {};
  const found = installed.packages ?? {};
  const complete = Object.entries(demanded).every(
    ([path, entry]) => path === "" || entry.optional === true || found[path] !== undefined,
  );
  return complete && Object.entries(found).every(([path, entry]) => isSamePackage(demanded[path], entry));
}

/**
 * @param {LockedPackage | undefined} demanded
 * @param {LockedPackage} found
 */
function isSamePackage(demanded, found) {
  if (demanded === undefined) return found.optional === true;
  if (demanded.link || found.link)
    return demanded.link === found.link && demanded.resolved === found.resolved;
  return demanded.version === found.version && demanded.integrity === found.integrity;
}

/** @param {string} file */
function read(file) {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return undefined;
  }
}
