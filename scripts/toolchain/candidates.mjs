import { readdirSync } from "node:fs";
import { join } from "node:path";
import { programIn } from "./paths.mjs";
import { compareVersions, isAtLeast, parseVersion } from "./version.mjs";

/**
 * @typedef {object} Candidate a Pulumi CLI on this machine
 * @property {string} directory
 * @property {string} version as it says itself; "" when it does not
 * @property {string | undefined} languageHost absolute path of pulumi-language-nodejs
 */

/**
 * Why a CLI cannot be taken.
 *
 * @param {Candidate} candidate
 * @param {string} floor
 * @returns {string | undefined} undefined when it can
 */
export function rejection({ directory, version, languageHost }, floor) {
  const cli = join(directory, "pulumi");
  if (!isAtLeast(version, floor)) return `${cli} is ${version || "of unknown version"}, older than ${floor}`;
  if (languageHost === undefined) return `${cli} has no pulumi-language-nodejs beside it or on PATH`;
  return undefined;
}

/**
 * Where Pulumi's own tools have put a CLI: its installer, then its Automation API, newest first.
 *
 * @param {string} pulumiHome usually ~/.pulumi
 * @returns {string[]} directories that hold one
 */
export function installedPulumis(pulumiHome) {
  const versions = join(pulumiHome, "versions");
  const byVersion = newestFirst(list(versions)).map((name) => join(versions, name, "bin"));
  return [join(pulumiHome, "bin"), ...byVersion].filter(
    (directory) => programIn("pulumi", directory) !== undefined,
  );
}

/**
 * @param {string[]} names of directories that are versions; others are left out
 * @returns {string[]}
 */
export function newestFirst(names) {
  return names
    .flatMap((name) => {
      const version = parseVersion(name);
      return version === undefined ? [] : [{ name, version }];
    })
    .sort((left, right) => compareVersions(right.version, left.version))
    .map(({ name }) => name);
}

/** @param {string} directory */
function list(directory) {
  try {
    return readdirSync(directory);
  } catch {
    return [];
  }
}
