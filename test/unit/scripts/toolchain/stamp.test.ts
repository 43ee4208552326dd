import { readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import {
  areDependenciesCurrent,
  dependenciesStamp,
  isSameTree,
  npmRecord,
} from "../../../../scripts/toolchain/stamp.mjs";
import { temporaryDirectoryPerTest, writeUnder } from "../temporary";

const directory = temporaryDirectoryPerTest();

const installed = {
  "node_modules/a": { version: "1.2.3", integrity: "sha512-a" },
  "node_modules/ours": { resolved: "ours", link: true },
  ours: { version: "0.1.0" },
};
const lockfile = {
  packages: {
    "": { version: "1.0.0" },
    "node_modules/a-windows": { version: "1.2.3", integrity: "sha512-w", optional: true },
    ...installed,
  },
};

describe("what npm has installed, against the lockfile", () => {
  test("is the same without the optional packages of other platforms", () => {
    expect(isSameTree(lockfile, { packages: installed })).toBe(true);
  });

  test("is the same with an optional package that the lockfile does not know", () => {
    const more = { ...installed, "node_modules/a-darwin": { version: "1.2.3", optional: true } };
    expect(isSameTree(lockfile, { packages: more })).toBe(true);
  });

  test.each([
    ["another version", { ...installed, "node_modules/a": { version: "1.2.4", integrity: "sha512-a" } }],
    ["other contents", { ...installed, "node_modules/a": { version: "1.2.3", integrity: "sha512-b" } }],
    ["a package too many", { ...installed, "node_modules/b": { version: "1.0.0" } }],
    ["a package too few", { "node_modules/ours": installed["node_modules/ours"], ours: installed.ours }],
    ["a link to elsewhere", { ...installed, "node_modules/ours": { resolved: "theirs", link: true } }],
    ["a copy for a link", { ...installed, "node_modules/ours": { version: "0.1.0" } }],
  ])("is not the same with %s", (_, packages) => {
    expect(isSameTree(lockfile, { packages })).toBe(false);
  });
});

describe("the dependencies of a checkout", () => {
  beforeEach(() => {
    writeUnder(directory(), "package-lock.json", JSON.stringify(lockfile));
  });

  test("are not current before anything was installed", () => {
    expect(areDependenciesCurrent(directory())).toBe(false);
  });

  test("are current after somebody ran npm by hand, and keep a stamp of it", () => {
    writeUnder(directory(), "node_modules/.package-lock.json", JSON.stringify({ packages: installed }));
    expect(areDependenciesCurrent(directory())).toBe(true);
    rmSync(npmRecord(directory()));
    expect(areDependenciesCurrent(directory())).toBe(true);
  });

  test("are not current any more when the lockfile has changed", () => {
    writeUnder(directory(), "node_modules/.package-lock.json", JSON.stringify({ packages: installed }));
    areDependenciesCurrent(directory());
    const changed = { packages: { ...lockfile.packages, "node_modules/new": { version: "1.0.0" } } };
    writeUnder(directory(), "package-lock.json", JSON.stringify(changed));
    expect(areDependenciesCurrent(directory())).toBe(false);
  });

  test("are stamped for one platform only", () => {
    const text = readFileSync(join(directory(), "package-lock.json"), "utf8");
    expect(dependenciesStamp(text, "linux-x64")).not.toBe(dependenciesStamp(text, "linux-arm64"));
  });
});
