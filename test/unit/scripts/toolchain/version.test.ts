import fc from "fast-check";
import { compareVersions, isAtLeast, parseVersion } from "../../../../scripts/toolchain/version.mjs";

const version = fc.record({
  numbers: fc.tuple(fc.nat(400), fc.nat(400), fc.nat(400)),
  prerelease: fc.constantFrom("", "alpha.1", "rc1"),
});

describe("a version", () => {
  test.each([
    ["v3.259.0", [3, 259, 0], ""],
    ["go1.26.8", [1, 26, 8], ""],
    ["go version go1.25 linux/amd64", [1, 25, 0], ""],
    [">=22.19", [22, 19, 0], ""],
    ["3.260.0-alpha.1724", [3, 260, 0], "alpha.1724"],
  ])("is read from %s", (text, numbers, prerelease) => {
    expect(parseVersion(text)).toEqual({ numbers, prerelease });
  });

  test.each(["", "devel", "unknown version 3"])("is not found in %j", (text) => {
    expect(parseVersion(text)).toBeUndefined();
  });

  test("is compared by number and not by text", () => {
    expect(isAtLeast("3.1000.0", "3.259.0")).toBe(true);
    expect(isAtLeast("22.2.0", ">=22.19")).toBe(false);
  });

  test.each([
    ["3.259.0", true],
    ["3.259.1", true],
    ["4.0.0", true],
    ["3.258.9", false],
    ["2.999.999", false],
    ["3.259.0-alpha.3", false],
    ["3.260.0-alpha.3", true],
    ["no version at all", false],
  ])("%s against the floor 3.259.0: %s", (found, expected) => {
    expect(isAtLeast(found, "3.259.0")).toBe(expected);
  });

  test("a floor without a version is a mistake of the caller", () => {
    expect(() => isAtLeast("1.0.0", "latest")).toThrow(/"floor" must hold a version, got "latest"/);
  });

  test("two versions compare the opposite way round when swapped", () => {
    fc.assert(
      fc.property(version, version, (left, right) => {
        expect(Math.sign(compareVersions(left, right)) + Math.sign(compareVersions(right, left))).toBe(0);
      }),
    );
  });
});
