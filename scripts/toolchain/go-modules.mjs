import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { formatElapsed } from "../run/progress.mjs";
import { lookUp } from "./paths.mjs";
import { goFloor, languageHostVersion, pulumiVersion } from "./pins.mjs";
import { isAtLeast } from "./version.mjs";

const versionVariable = "github.com/pulumi/pulumi/sdk/v3/go/common/version.Version";

/**
 * The two programs, each from a module of its own. `go install …@version` refuses the CLI, because its go.mod has `replace` lines.
 *
 * @typedef {{ file: string, title: string, main: string, modules: string[], flags: string[] }} Program
 * @type {readonly Program[]}
 */
export const programs = [
  {
    file: "pulumi-language-nodejs",
    title: "language host",
    main: "github.com/pulumi/pulumi/sdk/v3/nodejs/cmd/pulumi-language-nodejs",
    modules: [`github.com/pulumi/pulumi/sdk/v3/nodejs/cmd/pulumi-language-nodejs@v${languageHostVersion}`],
    flags: ["-ldflags", `-X ${versionVariable}=v${languageHostVersion}`],
  },
  {
    file: "pulumi",
    title: "CLI",
    main: "github.com/pulumi/pulumi/pkg/v3/cmd/pulumi",
    modules: [
      `github.com/pulumi/pulumi/pkg/v3/cmd/pulumi@v${pulumiVersion}`,
      `github.com/pulumi/pulumi/sdk/v3@v${pulumiVersion}`,
    ],
    flags: ["-tags", "osusergo,grpcnotrace", "-ldflags", `-w -s -X ${versionVariable}=v${pulumiVersion}`],
  },
];

/**
 * Builds the CLI and the Node language host from their Go modules. Interrupted, it goes on quickly the next time: Go keeps what it
 * has downloaded and compiled in caches of its own.
 *
 * @param {import("./pulumi.mjs").Attempt} attempt
 * @returns {Promise<string | undefined>} why it did not work; undefined when both programs are in `target`
 */
export async function buildFromGoModules({ target, work, env, supervisor, progress }) {
  const go = lookUp("go", env);
  if (go === undefined) return "there is no go on PATH";
  const found = await supervisor.run(go, ["env", "GOVERSION"], { env, cwd: work });
  const settings = goEnvironment(found.stdout.trim(), env);
  if (settings === undefined)
    return `Go ${goFloor} or newer is needed, ${go} is ${found.stdout.trim() || "unusable"}`;

  const scratch = join(work, "scratch");
  for (const directory of [target, scratch]) mkdirSync(directory, { recursive: true });
  progress.say(`building Pulumi ${pulumiVersion} from its Go modules: once, about five minutes on two cores`);
  const task = progress.begin("Pulumi from Go modules");
  try {
    for (const program of programs) {
      const run = goRunner({
        go,
        supervisor,
        env: { ...settings, GOTMPDIR: scratch },
        directory: join(work, "modules", program.file),
      });
      const reason = await buildProgram(program, { run, task, target });
      if (reason !== undefined) return reason;
    }
    return undefined;
  } finally {
    task.end();
  }
}

/**
 * What `go` must run with: independent of any Go workspace around the cache. A Go that is too old, but knows about
 * toolchains (1.21), is asked to fetch the one that the modules demand.
 *
 * @param {string} version as in `go1.26.8`
 * @param {import("./paths.mjs").Environment} env
 * @returns {import("./paths.mjs").Environment | undefined} undefined when this Go cannot do it
 */
export function goEnvironment(version, env) {
  const settings = { ...env, GO111MODULE: "on", GOWORK: "off" };
  if (isAtLeast(version, goFloor)) return settings;
  return isAtLeast(version, "1.21") ? { ...settings, GOTOOLCHAIN: "auto" } : undefined;
}

/**
 * @typedef {(args: readonly string[]) => Promise<string | undefined>} GoRunner gives the reason of a failure
 * @param {{ go: string, supervisor: import("../run/supervisor.mjs").Supervisor, env: import("./paths.mjs").Environment, directory: string }} context
 * @returns {GoRunner}
 */
function goRunner({ go, supervisor, env, directory }) {
  mkdirSync(directory, { recursive: true });
  return async (args) => {
    const startedAt = performance.now();
    // Only after SIGINT does go wait for its compilers and remove their files.
    const result = await supervisor.run(go, args, {
      cwd: directory,
      env,
      stopSignals: ["SIGINT", "SIGTERM"],
    });
    if (result.code === 0) return undefined;
    const elapsed = formatElapsed(performance.now() - startedAt);
    return `"go ${args[0]}" failed after ${elapsed}: ${result.stderr.trim().split("\n").slice(-3).join(" / ")}`;
  };
}

/**
 * @param {Program} program
 * @param {{ run: GoRunner, task: import("../run/progress.mjs").Task, target: string }} context
 * @returns {Promise<string | undefined>}
 */
async function buildProgram(program, { run, task, target }) {
  const suffix = process.platform === "win32" ? ".exe" : "";
  const output = join(target, `${program.file}${suffix}`);
  task.phase(`downloading the modules of the ${program.title}`);
  const fetching = (await run(["mod", "init", "build"])) ?? (await run(["get", ...program.modules]));
  if (fetching !== undefined) return fetching;
  task.phase(`compiling the ${program.title}`);
  return run(["build", "-trimpath", "-buildvcs=false", ...program.flags, "-o", output, program.main]);
}
