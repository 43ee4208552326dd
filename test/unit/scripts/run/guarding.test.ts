import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { pathToFileURL } from "node:url";
import { isGroupAlive } from "../../../../scripts/run/processes.mjs";
import { temporaryDirectoryPerTest } from "../temporary";

const directory = temporaryDirectoryPerTest();
const scripts = join(__dirname, "../../../../scripts/run");

const started: ChildProcess[] = [];
afterEach(() => started.splice(0).forEach((child) => child.kill("SIGKILL")));

/** The leader of a group that lives for ever. Resolves once it does as its text says. */
async function group(text = ""): Promise<ChildProcess & { pid: number }> {
  const child = spawn(process.execPath, ["-e", `${text}; console.log("up"); setInterval(() => {}, 1000);`], {
    detached: true,
    stdio: ["ignore", "pipe", "ignore"],
  });
  started.push(child);
  await once(child.stdout, "data");
  return child as ChildProcess & { pid: number };
}

/** A folder with something in it. */
function folder(name: string): string {
  const path = join(directory(), name);
  mkdirSync(path);
  writeFileSync(join(path, "file"), "");
  return path;
}

/** Tells a guard those lines, ends its input as the death of its parent does, and waits for its end. */
async function guard(...lines: readonly string[]): Promise<number | null> {
  const child = spawn(process.execPath, [join(scripts, "guard.mjs")], {
    stdio: ["pipe", "ignore", "inherit"],
  });
  started.push(child);
  child.stdin.end(lines.join("\n"));
  return ((await once(child, "exit")) as [number | null])[0];
}

describe("the guard", () => {
  test("ends the groups and removes the folders that it holds when its input ends, and no other", async () => {
    const [held, released] = [await group(), await group()];
    const [gone, kept] = [folder('with "quotes" and space'), folder("kept")];
    const lines = [
      `+group ${held.pid}`,
      `+group ${released.pid}`,
      `+folder ${JSON.stringify(gone)}`,
      `+folder ${JSON.stringify(kept)}`,
      `-group ${released.pid}`,
      `-folder ${JSON.stringify(kept)}`,
    ];
    expect(await guard(...lines, "")).toBe(0);
    expect([held, released].map(({ pid }) => isGroupAlive(pid))).toEqual([false, true]);
    expect([gone, kept].map(existsSync)).toEqual([false, true]);
    expect(held.signalCode).toBe("SIGTERM");
  });

  test("kills what does not listen, and removes the folders only then", async () => {
    const path = folder("written to");
    const deaf = await group(
      `for (const signal of ["SIGTERM", "SIGINT"]) process.on(signal, () => {});
       setInterval(() => require("node:fs").writeFileSync(${JSON.stringify(join(path, "file"))}, ""), 10)`,
    );
    expect(await guard(`+group ${deaf.pid}`, `+folder ${JSON.stringify(path)}`, "")).toBe(0);
    expect(deaf.signalCode).toBe("SIGKILL");
    expect(existsSync(path)).toBe(false);
  }, 20_000);

  test("does not follow a line that was cut off, which may name somebody else's group", async () => {
    const whole = await group();
    expect(await guard(`+group ${whole.pid}`, `-group ${whole.pid}`)).toBe(0);
    expect(isGroupAlive(whole.pid)).toBe(false);
  });
});

describe("a process that guards", () => {
  /** A module that uses {@link guardGroup} and its like, and prints a line once it has. */
  const program = (body: string) => {
    const source = `import { guardFolder, guardGroup, startGuarded } from ${JSON.stringify(pathToFileURL(join(scripts, "guarding.mjs")).href)};
      ${body}`;
    const child = spawn(process.execPath, ["--input-type=module", "-e", source], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    started.push(child);
    return child;
  };

  test("is not kept alive by its guard, and leaves alone what it has released", async () => {
    const [other, path] = [await group(), folder("kept")];
    const child = program(
      `for (const release of [guardGroup(${other.pid}), guardFolder(${JSON.stringify(path)})]) release();`,
    );
    expect((await once(child, "close"))[0]).toBe(0);
    expect([isGroupAlive(other.pid), existsSync(path)]).toEqual([true, true]);
  });

  test("has a guard again where the first one was killed, and that one knows everything", async () => {
    const [first, second] = [await group(), await group()];
    const child = program(
      `import { execFileSync } from "node:child_process";
       import { setTimeout as sleep } from "node:timers/promises";
       const children = () => execFileSync("ps", ["-A", "-o", "pid=,ppid=,command="], { encoding: "utf8" })
         .split("\\n").map((line) => line.trim().split(/\\s+/)).filter(([, parent]) => Number(parent) === process.pid);
       guardGroup(${first.pid});
       const [[pid]] = children().filter(([, , , file]) => /guard\\.mjs$/.test(file ?? ""));
       process.kill(Number(pid), "SIGKILL");
       while (children().some(([each]) => each === pid)) await sleep(20);
       guardGroup(${second.pid});
       console.log("up");
       setInterval(() => {}, 1000);`,
    );
    await once(createInterface(child.stdout), "line");
    child.kill("SIGKILL");
    await Promise.all([first, second].map((each) => once(each, "exit")));
    expect([first, second].map(({ signalCode }) => signalCode)).toEqual(["SIGTERM", "SIGTERM"]);
  });
});
