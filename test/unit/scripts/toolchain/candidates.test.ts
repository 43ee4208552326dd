import { join } from "node:path";
import { installedPulumis, newestFirst, rejection } from "../../../../scripts/toolchain/candidates.mjs";
import { temporaryDirectoryPerTest, writeProgram, writeUnder } from "../temporary";

const directory = temporaryDirectoryPerTest();
const good = {
  directory: "/opt/pulumi",
  version: "3.260.1",
  languageHost: "/opt/pulumi/pulumi-language-nodejs",
};

describe("a Pulumi CLI that is on the machine", () => {
  test("is taken when new enough and with a language host", () => {
    expect(rejection(good, "3.259.0")).toBeUndefined();
  });

  test.each([
    ["it is too old", { ...good, version: "3.200.0" }, "/opt/pulumi/pulumi is 3.200.0, older than 3.259.0"],
    [
      "it does not say its version",
      { ...good, version: "" },
      "/opt/pulumi/pulumi is of unknown version, older than",
    ],
    [
      "it has no language host",
      { ...good, languageHost: undefined },
      "no pulumi-language-nodejs beside it or on PATH",
    ],
  ])("is not taken when %s", (_, candidate, reason) => {
    expect(rejection(candidate, "3.259.0")).toContain(reason);
  });
});

describe("the CLIs in Pulumi's own folder", () => {
  test("are the installer's, then the Automation API's from the newest on", () => {
    for (const path of ["versions/3.99.0/bin/pulumi", "versions/3.260.0/bin/pulumi", "bin/pulumi"]) {
      writeProgram(directory(), path);
    }
    expect(installedPulumis(directory())).toEqual(
      ["bin", "versions/3.260.0/bin", "versions/3.99.0/bin"].map((path) => join(directory(), path)),
    );
  });

  test("a folder without a CLI is left out", () => {
    writeUnder(directory(), "versions/3.260.0/bin/readme.txt");
    expect(installedPulumis(directory())).toEqual([]);
  });

  test("none, where the folder is missing", () => {
    expect(installedPulumis(join(directory(), "missing"))).toEqual([]);
  });

  test("names that are not versions are left out", () => {
    expect(newestFirst(["tmp", "3.9.0", "3.10.0", "latest"])).toEqual(["3.10.0", "3.9.0"]);
  });
});
