import { join } from "node:path";
import { findNode } from "../../../../scripts/toolchain/node.mjs";
import { nodePackages } from "../../../../scripts/toolchain/pins.mjs";
import { isAtLeast } from "../../../../scripts/toolchain/version.mjs";
import { temporaryDirectoryPerTest, writeProgram } from "../temporary";

const directory = temporaryDirectoryPerTest();
const old = { floor: ">=22.19", version: "20.20.2", execPath: "/usr/bin/node", platform: "linux-x64" };

describe("the Node that is taken", () => {
  test("is the running one when it is new enough", () => {
    expect(findNode({ ...old, version: "22.19.0", cache: directory() })).toEqual({
      directory: "/usr/bin",
      version: "22.19.0",
      origin: "running",
    });
  });

  test("has to be installed when the running one is too old and none is cached", () => {
    expect(findNode({ ...old, cache: directory() })).toBeUndefined();
  });

  test("is the cached one when the running one is too old", () => {
    const home = `node-24.21.0-${process.platform}-${process.arch}`;
    writeProgram(directory(), `${home}/bin/node`);
    expect(findNode({ ...old, cache: directory() })).toEqual({
      directory: join(directory(), home, "bin"),
      version: "24.21.0",
      origin: "npm package, cached",
    });
  });

  test("cannot be had on a platform that npm has no package for", () => {
    expect(() => findNode({ ...old, platform: "sunos-x64", cache: directory() })).toThrow(
      /Node >=22.19 is demanded, 20.20.2 is running, and npm has no Node for sunos-x64\nInstall a newer Node/,
    );
  });

  test.each(Object.entries(nodePackages))("for %s is new enough itself", (_, { version }) => {
    expect(isAtLeast(version, old.floor)).toBe(true);
  });
});
