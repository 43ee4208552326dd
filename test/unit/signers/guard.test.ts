import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { setTimeout as sleep } from "node:timers/promises";
import { transformFileSync } from "@swc/core";
import { folderPerTest, gone, isRunning, nodeProgram, request, writeProgram } from "./commands";

const folder = folderPerTest();
const provider = join(__dirname, "../../../provider");

/** The parts that a process needs to run signers, compiled: a process that can be killed is not the one of the tests. */
function compile(target: string): void {
  for (const part of ["signers", "errors"]) {
    mkdirSync(join(target, part));
    for (const file of readdirSync(join(provider, part))) {
      const { code } = transformFileSync(join(provider, part, file), {
        jsc: { parser: { syntax: "typescript" }, target: "es2023" },
        module: { type: "commonjs" },
      });
      writeFileSync(join(target, part, file.replace(/\.ts$/, ".js")), code);
    }
  }
}

/** A process that runs a signer as the plugin does. Gives it, and the next line that it writes. */
function plugin(command: readonly string[]): { process: ChildProcess; line: () => Promise<string> } {
  compile(folder());
  const text = `const { runSigner } = require("./signers/run");
    runSigner(${JSON.stringify({ ...request, signer: { command } })}, {
      nowMs: Date.now, deadlineMs: Date.now() + 60_000, signal: new AbortController().signal,
      onLine: (line) => console.log(line) }).then((chain) => console.log("chain " + chain));`;
  const child = spawn(process.execPath, [writeProgram(folder(), "plugin.js", text)], {
    cwd: folder(),
    stdio: ["ignore", "pipe", "inherit"],
  });
  const lines = createInterface(child.stdout)[Symbol.asyncIterator]();
  return { process: child, line: async () => String((await lines.next()).value) };
}

const stubborn = `process.on("SIGTERM", () => {});
  const { pid } = require("node:child_process").spawn(process.execPath, ["-e", "setInterval(() => {}, 1000)"], { stdio: "ignore" });
  console.error(process.pid + " " + pid); setInterval(() => {}, 1000);`;

/** How many guards of this test's plugin run. */
const guards = () =>
  spawnSync("pgrep", ["-f", join(folder(), "signers", "guard.js")], { encoding: "utf8" }).stdout.split("\n")
    .length - 1;

async function noGuard(): Promise<void> {
  while (guards() > 0) await sleep(20);
}

describe("a signer whose plugin is killed", () => {
  test("ends with everything that it started", async () => {
    const { process: killed, line } = plugin(nodeProgram(folder(), stubborn));
    const pids = (await line()).split(" ").map(Number);
    expect(pids.map(isRunning)).toEqual([true, true]);
    expect(guards()).toBe(1);
    killed.kill("SIGKILL");
    await Promise.all(pids.map(gone));
    await noGuard();
  }, 20_000);
});

describe("a plugin that has run a signer", () => {
  test("ends by itself, with its guard", async () => {
    const { process: ended, line } = plugin(
      nodeProgram(folder(), `console.error(process.ppid); console.log("done")`),
    );
    expect(Number(await line())).toBe(ended.pid);
    expect(await line()).toBe("chain done");
    await once(ended, "close");
    expect(ended.exitCode).toBe(0);
    await noGuard();
  });
});

describe("the guard", () => {
  test("ends the groups that still run when its input ends, and no other", async () => {
    const guard = spawn(process.execPath, [join(provider, "signers", "guard.ts")], {
      stdio: ["pipe", "ignore", "ignore"],
    });
    const sleeper = () =>
      spawn(process.execPath, ["-e", "setInterval(() => {}, 1000)"], { detached: true, stdio: "ignore" });
    const [running, released] = [sleeper(), sleeper()];
    try {
      guard.stdin.write(`+${running.pid}\n+${released.pid}\n-${released.pid}`);
      guard.stdin.end("\n");
      await once(running, "exit");
      expect(running.signalCode).toBe("SIGTERM");
      await once(guard, "exit");
      expect(isRunning(Number(released.pid))).toBe(true);
    } finally {
      released.kill("SIGKILL");
    }
  });
});
