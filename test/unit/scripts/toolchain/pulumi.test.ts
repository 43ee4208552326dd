import { readdirSync } from "node:fs";
import { join } from "node:path";
import { createProgress } from "../../../../scripts/run/progress.mjs";
import { Supervisor } from "../../../../scripts/run/supervisor.mjs";
import { dynamicPluginDirectory, findPulumi, obtainPulumi } from "../../../../scripts/toolchain/pulumi.mjs";
import { temporaryDirectoryPerTest, writeProgram, writeUnder } from "../temporary";

const directory = temporaryDirectoryPerTest();
const under = (...names: string[]) => join(directory(), ...names);
const cached = () => under("cache", `pulumi-3.259.0-${process.platform}-${process.arch}`);

let supervisor: Supervisor;
let shown: string[];
beforeEach(() => {
  supervisor = new Supervisor();
  shown = [];
  writeUnder(directory(), "root/node_modules/@pulumi/pulumi/pulumi-resource-pulumi-nodejs");
});
afterEach(() => supervisor.close());

/** A machine whose PATH has a folder of the test's programs, and then what every shell has. */
function machine() {
  return {
    root: under("root"),
    cache: under("cache"),
    env: { PATH: [under("bin"), "/usr/bin", "/bin"].join(":") },
    pulumiHome: under("home", ".pulumi"),
    installerUrl: "https://localhost/install.sh",
    supervisor,
    progress: createProgress({ write: (text) => shown.push(text) }),
  };
}

/** A CLI of that version, with its language host. */
function writePulumi(folder: string, version: string) {
  writeProgram(directory(), `${folder}/pulumi`, `echo v${version}`);
  writeProgram(directory(), `${folder}/pulumi-language-nodejs`);
}

/** A curl that gets `script` as Pulumi's installer, or fails without one. */
function writeCurl(script?: string) {
  const found = script === undefined ? 'echo "curl: (6) no such host" >&2; exit 6' : `cp "${script}" "$out"`;
  writeProgram(directory(), "bin/curl", `while [ "$1" != -o ]; do shift; done; out=$2; ${found}`);
}

/** A go that builds programs which print a version. */
function writeGo(version = "go1.26.8") {
  const build = 'while [ "$1" != -o ]; do shift; done; echo "#!/bin/sh\necho v3.259.0" > "$2"; chmod +x "$2"';
  const body = `case "$1" in env) echo ${version};; mod) touch go.mod;; build) ${build};; esac`;
  writeProgram(directory(), "bin/go", body);
}

describe("the Pulumi CLI that is on the machine", () => {
  test("is the one on PATH when new enough", async () => {
    writePulumi("bin", "3.300.0");
    expect(await findPulumi(machine())).toEqual({
      found: { directory: under("bin"), version: "3.300.0", origin: "on PATH" },
    });
  });

  test("is that of Pulumi's installer when the one on PATH is too old", async () => {
    writePulumi("bin", "3.100.0");
    writePulumi("home/.pulumi/bin", "3.260.0");
    expect(await findPulumi(machine())).toMatchObject({ found: { version: "3.260.0" } });
  });

  test("is none, with the reasons", async () => {
    writePulumi("bin", "3.100.0");
    expect(await findPulumi(machine())).toEqual({
      found: undefined,
      reasons: [`${under("bin", "pulumi")} is 3.100.0, older than 3.259.0`, `there is none in ${cached()}`],
    });
  });

  test("is not one in the cache that was left half-done", async () => {
    writePulumi(`cache/${cached().slice(under("cache").length + 1)}`, "3.259.0");
    expect(await findPulumi(machine())).toMatchObject({ found: undefined });
  });
});

describe("the Pulumi CLI that is not on the machine", () => {
  test("is built from Go modules where the installer cannot be reached, and found from then on", async () => {
    writeCurl();
    writeGo();
    const found = await obtainPulumi(machine(), []);
    expect(found).toEqual({ directory: cached(), version: "3.259.0", origin: "built from Go modules" });
    expect(readdirSync(cached()).sort()).toEqual([
      "origin.txt",
      "pulumi",
      "pulumi-language-nodejs",
      "pulumi-resource-pulumi-nodejs",
    ]);
    expect(shown.join("")).toMatch(
      /about five minutes.*downloading the modules of the CLI.*compiling the CLI/s,
    );
    expect(await findPulumi(machine())).toMatchObject({ found: { origin: "built from Go modules, cached" } });
  });

  test("comes from Pulumi's installer where that can be reached", async () => {
    writePulumi("release", "3.259.0");
    const install = 'while [ "$1" != --install-root ]; do shift; done; mkdir -p "$2/bin"; cp';
    writeCurl(writeUnder(directory(), "install.sh", `${install} ${under("release")}/* "$2/bin"`));
    expect(await obtainPulumi(machine(), [])).toMatchObject({ origin: "Pulumi's installer" });
    expect(await findPulumi(machine())).toMatchObject({ found: { origin: "Pulumi's installer, cached" } });
  });

  test("is not taken from an installer that brings another version", async () => {
    writePulumi("release", "3.1.0");
    const install = 'while [ "$1" != --install-root ]; do shift; done; mkdir -p "$2/bin"; cp';
    writeCurl(writeUnder(directory(), "install.sh", `${install} ${under("release")}/* "$2/bin"`));
    writeGo("go1.19");
    await expect(obtainPulumi(machine(), [])).rejects.toThrow(
      /Pulumi's installer: .* is 3.1.0, older than 3.259.0/,
    );
  });

  test("is an error with all that was tried and a remedy, and leaves nothing in the cache", async () => {
    writeCurl();
    writeGo("go1.19");
    await expect(obtainPulumi(machine(), ["there is no pulumi on PATH"])).rejects.toThrow(
      [
        "no Pulumi CLI 3.259.0 or newer with a Node language host:",
        "  - there is no pulumi on PATH",
        "  - Pulumi's installer: https://localhost/install.sh cannot be reached (curl: (6) no such host)",
        `  - building from Go modules: Go 1.25.11 or newer is needed, ${under("bin", "go")} is go1.19`,
        "Install Pulumi (https://www.pulumi.com/docs/install) or Go 1.25.11 or newer, put it on PATH, and run this again.",
      ].join("\n"),
    );
    await supervisor.close();
    expect(readdirSync(under("cache"))).toEqual([]);
  });
});

describe("the plugin that runs dynamic resources", () => {
  const found = () => ({ directory: under("bin"), version: "3.300.0", origin: "on PATH" });

  test("is that of the CLI when it has one beside it", () => {
    writeUnder(directory(), "bin/pulumi-resource-pulumi-nodejs");
    expect(dynamicPluginDirectory(found(), machine())).toBeUndefined();
  });

  test("is the SDK's when there is none on PATH either", () => {
    expect(dynamicPluginDirectory(found(), machine())).toBe(under("root/node_modules/@pulumi/pulumi"));
  });
});
