import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { createInterface } from "node:readline";
import { pathToFileURL } from "node:url";
import { isGroupAlive, signalGroup } from "../../../../scripts/run/processes.mjs";
import { Interrupted, Supervisor } from "../../../../scripts/run/supervisor.mjs";
import { temporaryDirectoryPerTest } from "../temporary";

const directory = temporaryDirectoryPerTest();
const module_ = pathToFileURL(join(__dirname, "../../../../scripts/run/supervise.mjs")).href;

/** A program that a supervisor runs, whose children must not survive it; it prints one line when all is up. */
function program(body: string) {
  const source = `
    import { supervise } from ${JSON.stringify(module_)};
    await supervise(async (supervisor) => { ${body} }, (error) => console.error("reported: " + error.message));`;
  return spawn(process.execPath, ["--input-type=module", "-e", source], {
    stdio: ["ignore", "pipe", "pipe"],
  });
}

/** A shell whose own child would live for ever, and that says so. */
const family = `
  const temporary = supervisor.temporaryDirectory(${JSON.stringify("PARENT")});
  const child = await supervisor.start("sh", ["-c", "sleep 1000 & echo up; wait"], { stdio: "capture" });
  child.process.stdout.once("data", () => console.log(JSON.stringify({ pid: child.pid, temporary })));
`;

/** Starts {@link family}, waits until it is up, and gives what it has made. */
async function startFamily(rest: string) {
  const running = program(family.replace("PARENT", directory()) + rest);
  const ended = once(running, "close");
  const [line] = await once(createInterface(running.stdout), "line");
  const made: { pid: number; temporary: string } = JSON.parse(String(line));
  return { running, ended, made };
}

describe("a supervised program", () => {
  test.each([
    ["SIGINT", 130],
    ["SIGTERM", 143],
    ["SIGHUP", 129],
  ] as const)(
    "ends its children and theirs on %s, removes its files, and exits with %d",
    async (signal, code) => {
      const { running, ended, made } = await startFamily("await child.finished; return 0;");
      expect(isGroupAlive(made.pid)).toBe(true);
      running.kill(signal);
      expect((await ended)[0]).toBe(code);
      expect(isGroupAlive(made.pid)).toBe(false);
      expect(existsSync(made.temporary)).toBe(false);
    },
  );

  test("leaves neither children nor files when it is killed itself", async () => {
    const { running, ended, made } = await startFamily("await child.finished; return 0;");
    expect([isGroupAlive(made.pid), existsSync(made.temporary)]).toEqual([true, true]);
    running.kill("SIGKILL");
    expect((await ended)[1]).toBe("SIGKILL");
    const left = () => [isGroupAlive(made.pid), existsSync(made.temporary)];
    const deadline = performance.now() + 10_000;
    while (left().includes(true) && performance.now() < deadline) await sleep(20);
    const found = left();
    signalGroup(made.pid, "SIGKILL");
    expect(found).toEqual([false, false]);
  }, 15_000);

  test("ends with the exit code of its work, and leaves no child behind", async () => {
    const { ended, made } = await startFamily(
      "await new Promise((go) => child.process.stdout.once('data', go)); return 3;",
    );
    expect((await ended)[0]).toBe(3);
    expect(isGroupAlive(made.pid)).toBe(false);
    expect(existsSync(made.temporary)).toBe(false);
  });

  test("reports what was thrown, and exits with 1", async () => {
    const running = program('throw new Error("no disk");');
    const said = createInterface(running.stderr)[Symbol.asyncIterator]().next();
    expect((await once(running, "close"))[0]).toBe(1);
    expect((await said).value).toBe("reported: no disk");
  });

  test("leaves no child behind when something throws outside its work", async () => {
    const { ended, made } = await startFamily(
      "child.process.stdout.once('data', () => setImmediate(() => { throw new Error('late'); })); await child.finished; return 0;",
    );
    expect((await ended)[0]).not.toBe(0);
    expect(existsSync(made.temporary)).toBe(false);
  });
});

describe("a supervisor", () => {
  let supervisor: Supervisor;
  beforeEach(() => {
    supervisor = new Supervisor();
  });
  afterEach(() => supervisor.close());

  test("gives what a program wrote, and its exit code", async () => {
    const result = await supervisor.run("sh", ["-c", "echo out; echo err >&2; exit 4"]);
    expect(result).toEqual({ code: 4, signal: null, stdout: "out\n", stderr: "err\n" });
  });

  test("says when a program cannot be started", async () => {
    await expect(supervisor.run(join(directory(), "missing"), [])).rejects.toMatchObject({ code: "ENOENT" });
  });

  test("ends what a program leaves behind when it exits", async () => {
    const { stdout } = await supervisor.run("sh", ["-c", "sleep 1000 & echo $$"]);
    expect(isGroupAlive(Number(stdout))).toBe(false);
  });

  test("stops a program that takes too long", async () => {
    const { signal } = await supervisor.run("sleep", ["1000"], { timeoutMs: 10 });
    expect(signal).toBe("SIGTERM");
  });

  test("asks with each signal in turn, and kills what does not listen", async () => {
    const file = join(directory(), "heard");
    const script = `trap 'echo INT >> "$0"' INT; trap 'echo TERM >> "$0"' TERM; echo up; while :; do sleep 0.01; done`;
    const child = await supervisor.start("sh", ["-c", script, file], {
      stopSignals: ["SIGINT", "SIGTERM"],
      graceMs: 200,
    });
    await once(child.process.stdout ?? fail(), "data");
    expect((await child.stop()).signal).toBe("SIGKILL");
    expect(readFileSync(file, "utf8")).toBe("INT\nTERM\n");
  });

  test("does the clean-up steps from the last to the first, and each once", async () => {
    const done: string[] = [];
    supervisor.atEnd(() => done.push("first"));
    supervisor.atEnd(() => done.push("second"));
    const now = supervisor.atEnd(() => done.push("third"));
    now();
    await supervisor.close();
    await supervisor.close();
    expect(done).toEqual(["third", "second", "first"]);
  });

  test("starts nothing more once it is closed", async () => {
    await supervisor.close();
    await expect(supervisor.run("sh", ["-c", "exit 0"])).rejects.toBeInstanceOf(Interrupted);
  });

  test("rejects what was running when it is closed", async () => {
    const running = supervisor.run("sleep", ["1000"]);
    const ended = expect(running).rejects.toBeInstanceOf(Interrupted);
    await new Promise(setImmediate);
    await supervisor.close();
    await ended;
  });
});
