import { spawnSync } from "node:child_process";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { hostname } from "node:os";
import { join } from "node:path";
import { Supervisor } from "../../../../scripts/run/supervisor.mjs";
import { breakLock, createWatch, isStale, withLock } from "../../../../scripts/toolchain/lock.mjs";
import { temporaryDirectoryPerTest } from "../temporary";

const directory = temporaryDirectoryPerTest();
const lockFile = () => join(directory(), "cache.lock");
const owner = { pid: 7, host: "here", what: "npm test in /a", token: "7-1" };
const here = { host: "here", isAlive: (pid: number) => pid === 7 };

/** Takes the lock in this process; `waitedFor` lists what the holders were doing. */
function lock<T>(work: () => Promise<T>, supervisor = new Supervisor()) {
  const waitedFor: string[] = [];
  const onWait = (holder: { what: string }) => waitedFor.push(holder.what);
  const done = withLock(lockFile(), { what: "a test", onWait, supervisor, pollMs: 1 }, work);
  return { done, waitedFor };
}

/** A moment that a test waits for, and the function that makes it come. */
function moment() {
  let come: () => void = () => undefined;
  const reached = new Promise<void>((resolve) => {
    come = resolve;
  });
  return { come, reached };
}

const readOwner = (): unknown => JSON.parse(readFileSync(lockFile(), "utf8"));
const enter = () => Promise.resolve("in");

/** The pid of a process that has ended. */
const deadPid = () => spawnSync(process.execPath, ["--version"]).pid;

describe("whether a lock is stale", () => {
  test.each([
    ["its owner lives and was heard of", owner, 59_999, false],
    ["its owner has died", { ...owner, pid: 8 }, 0, true],
    [
      "it is on another machine, where a pid says nothing",
      { ...owner, pid: 8, host: "there" },
      59_999,
      false,
    ],
    ["it was not touched for a minute, whoever has the pid now", owner, 60_000, true],
    ["it is being written", undefined, 0, false],
    ["it was left half-written", undefined, 60_000, true],
  ])("%s", (_, found, unchangedMs, expected) => {
    expect(isStale(found, unchangedMs, here)).toBe(expected);
  });

  test("the time is that for which we have watched, and starts anew with each touch", () => {
    let now = 1000;
    const watch = createWatch(() => now);
    expect(watch({ touched: 1 })).toBe(0);
    now = 5000;
    expect(watch({ touched: 1 })).toBe(4000);
    expect(watch({ touched: 2 })).toBe(0);
  });
});

describe("the lock", () => {
  test("is there during the work, names its owner, and is gone afterwards", async () => {
    const { done } = lock(() => Promise.resolve(readOwner()));
    expect(await done).toMatchObject({ pid: process.pid, host: hostname(), what: "a test" });
    expect(existsSync(lockFile())).toBe(false);
  });

  test("is given back when the work fails", async () => {
    const { done } = lock(() => Promise.reject(new Error("no disk")));
    await expect(done).rejects.toThrow("no disk");
    expect(existsSync(lockFile())).toBe(false);
  });

  test("lets the second in only after the first, and tells it for whom it waits", async () => {
    const steps: string[] = [];
    const waiting = moment();
    const first = lock(async () => {
      await waiting.reached;
      steps.push("first");
    });
    const onWait = (holder: { what: string }) => {
      steps.push(`waits for ${holder.what}`);
      waiting.come();
    };
    const options = { what: "second", onWait, supervisor: new Supervisor(), pollMs: 1 };
    const second = withLock(lockFile(), options, () => Promise.resolve(steps.push("second")));
    await Promise.all([first.done, second]);
    expect(steps).toEqual(["waits for a test", "first", "second"]);
  });

  test("of a dead process is broken without a word", async () => {
    writeFileSync(lockFile(), JSON.stringify({ ...owner, pid: deadPid(), host: hostname() }));
    const { done, waitedFor } = lock(enter);
    expect(await done).toBe("in");
    expect(waitedFor).toEqual([]);
  });

  test("of a dead process is never held by two of several waiters", async () => {
    writeFileSync(lockFile(), JSON.stringify({ ...owner, pid: deadPid(), host: hostname() }));
    let inside = 0;
    let most = 0;
    const work = async () => {
      most = Math.max(most, ++inside);
      await new Promise(setImmediate);
      inside--;
    };
    await Promise.all(Array.from({ length: 8 }, () => lock(work).done));
    expect(most).toBe(1);
  });

  test("that was found stale is left alone when another waiter has been quicker", () => {
    writeFileSync(lockFile(), JSON.stringify(owner));
    breakLock(lockFile(), { text: "what the slow one had read" });
    expect(readOwner()).toEqual(owner);
    breakLock(lockFile(), { text: JSON.stringify(owner) });
    expect(existsSync(lockFile())).toBe(false);
  });

  test("is given back when the process is interrupted", async () => {
    const supervisor = new Supervisor();
    const started = moment();
    const { done } = lock(async () => {
      started.come();
      await new Promise((_, reject) => supervisor.signal.addEventListener("abort", reject));
    }, supervisor);
    done.catch(() => undefined);
    await started.reached;
    await supervisor.close();
    expect(existsSync(lockFile())).toBe(false);
  });

  test("is not waited for any longer when the process is interrupted", async () => {
    writeFileSync(lockFile(), JSON.stringify({ ...owner, pid: process.pid, host: hostname() }));
    const supervisor = new Supervisor();
    const { done } = lock(enter, supervisor);
    const ended = expect(done).rejects.toThrow(/abort/i);
    await supervisor.close();
    await ended;
  });

  test("that another process has taken over is left to it", async () => {
    const takeOver = () => {
      writeFileSync(lockFile(), JSON.stringify(owner));
      return Promise.resolve();
    };
    await lock(takeOver).done;
    expect(readOwner()).toEqual(owner);
  });
});
