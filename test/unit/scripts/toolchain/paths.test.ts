import { delimiter, join } from "node:path";
import { cacheDirectory, lookUp, withFirstOnPath } from "../../../../scripts/toolchain/paths.mjs";
import { temporaryDirectoryPerTest, writeProgram, writeUnder } from "../temporary";

const directory = temporaryDirectoryPerTest();
const pathOf = (...names: string[]) => names.map((name) => join(directory(), name)).join(delimiter);

describe("looking a program up on PATH", () => {
  test("the first directory that has it wins", () => {
    writeProgram(directory(), "two/tool");
    writeProgram(directory(), "three/tool");
    expect(lookUp("tool", { PATH: pathOf("one", "two", "three") })).toBe(join(directory(), "two", "tool"));
  });

  test("a file that may not be executed, or a folder, is not a program", () => {
    writeUnder(directory(), "one/tool");
    writeUnder(directory(), "two/tool/inside");
    expect(lookUp("tool", { PATH: pathOf("one", "two") })).toBeUndefined();
  });

  test.each(["", ".", "bin"])("the relative entry %j is left out", (entry) => {
    expect(lookUp("package.json", { PATH: entry })).toBeUndefined();
  });

  test("without a PATH nothing is found", () => {
    expect(lookUp("tool", {})).toBeUndefined();
  });
});

describe("putting a directory first on PATH", () => {
  test("keeps the rest, and everything else of the environment", () => {
    expect(withFirstOnPath({ PATH: ["/a", "/b"].join(delimiter), HOME: "/h" }, "/new")).toEqual({
      PATH: ["/new", "/a", "/b"].join(delimiter),
      HOME: "/h",
    });
  });

  test("changes nothing when it is first already", () => {
    const env = { PATH: "/new" };
    expect(withFirstOnPath(env, "/new")).toBe(env);
  });

  test("makes a PATH where there is none, without an empty entry", () => {
    expect(withFirstOnPath({}, "/new")).toEqual({ PATH: "/new" });
  });

  test("keeps the spelling that Windows uses", () => {
    expect(withFirstOnPath({ Path: "/a" }, "/new")).toEqual({ Path: `/new${delimiter}/a` });
  });
});

describe("the cache directory", () => {
  test.each([
    [{ KEYVAULT_CERTIFICATES_CACHE: "/own", XDG_CACHE_HOME: "/xdg" }, "/own"],
    [{ XDG_CACHE_HOME: "/xdg" }, "/xdg/pulumi-keyvault-certificates"],
    [{ XDG_CACHE_HOME: "relative" }, "/home/a/.cache/pulumi-keyvault-certificates"],
    [{ KEYVAULT_CERTIFICATES_CACHE: "" }, "/home/a/.cache/pulumi-keyvault-certificates"],
  ])("of %j", (env, expected) => {
    expect(cacheDirectory(env, "/home/a")).toBe(expected);
  });
});
