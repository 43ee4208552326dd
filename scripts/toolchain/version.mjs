/** @typedef {{ numbers: [number, number, number], prerelease: string }} Version */

/**
 * The first version in a text: `v3.259.0`, `go1.26.8`, `>=22.19` (a missing patch is 0), `3.260.0-alpha.1`.
 *
 * @param {string} text
 * @returns {Version | undefined}
 */
export function parseVersion(text) {
  const match = /(\d+)\.(\d+)(?:\.(\d+))?(?:-([0-9A-Za-z.-]+))?/.exec(text);
  if (match === null) return undefined;
  const [, major, minor, patch, prerelease] = match;
  return { numbers: [Number(major), Number(minor), Number(patch ?? 0)], prerelease: prerelease ?? "" };
}

/**
 * Negative, zero or positive as `left` is older than, as old as or newer than `right`. A pre-release is older than its release;
 * two pre-releases of one release count as equal.
 *
 * @param {Version} left
 * @param {Version} right
 * @returns {number}
 */
export function compareVersions(left, right) {
  for (const [index, number] of left.numbers.entries()) {
    const difference = number - (right.numbers[index] ?? 0);
    if (difference !== 0) return difference;
  }
  return Number(right.prerelease !== "") - Number(left.prerelease !== "");
}

/**
 * Whether the version in `found` is `floor` or newer; a text without a version is not.
 *
 * @param {string} found
 * @param {string} floor for example `3.259.0` or `>=22.19`
 * @returns {boolean}
 * @throws {TypeError} when `floor` holds no version
 */
export function isAtLeast(found, floor) {
  const demanded = parseVersion(floor);
  if (demanded === undefined) throw new TypeError(`"floor" must hold a version, got "${floor}"`);
  const version = parseVersion(found);
  return version !== undefined && compareVersions(version, demanded) >= 0;
}
