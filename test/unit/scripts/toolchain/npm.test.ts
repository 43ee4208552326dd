import { npmCommand, npmErrors } from "../../../../scripts/toolchain/npm.mjs";
import { temporaryDirectoryPerTest, writeProgram, writeUnder } from "../temporary";

const directory = temporaryDirectoryPerTest();

describe("the npm that is run", () => {
  test("is the one that runs us, on the Node that is first on PATH, without install scripts", () => {
    const node = writeProgram(directory(), "bin/node");
    const script = writeUnder(directory(), "npm/bin/npm-cli.js");
    const { command, args } = npmCommand(["install"], { PATH: `${directory()}/bin`, npm_execpath: script });
    expect([command, ...args.slice(0, 2)]).toEqual([node, script, "install"]);
    expect(args).toContain("--ignore-scripts");
  });

  test.each(["/usr/lib/yarn.js", "/missing/npm-cli.js"])(
    "is the one on PATH when %s runs us",
    (npm_execpath) => {
      writeProgram(directory(), "bin/node");
      const npm = writeProgram(directory(), "bin/npm");
      expect(npmCommand([], { PATH: `${directory()}/bin`, npm_execpath }).args[0]).toBe(npm);
    },
  );

  test("is not told to which package's script it belongs, and keeps its settings", () => {
    writeProgram(directory(), "bin/node");
    writeProgram(directory(), "bin/npm");
    const settings = { PATH: `${directory()}/bin`, npm_config_registry: "http://localhost:1" };
    const lifecycle = { npm_lifecycle_event: "test", npm_package_name: "a", npm_config_local_prefix: "/a" };
    expect(npmCommand([], { ...settings, ...lifecycle }).env).toEqual(settings);
  });

  test("is asked for when it is missing", () => {
    expect(() => npmCommand([], { PATH: directory() })).toThrow("npm is not on PATH\nInstall Node with npm");
  });
});

describe("what npm says of its failure", () => {
  test("is shown without its prefix, its stack and its log", () => {
    const stderr = [
      "npm error code E404",
      "npm error 404 Not Found - GET http://localhost:1/a",
      "npm error     at process.processTicksAndRejections (node:internal)",
      "npm error",
      "npm error A complete log of this run can be found in: /a.log",
    ].join("\n");
    expect(npmErrors(stderr)).toBe("    code E404\n    404 Not Found - GET http://localhost:1/a");
  });
});
