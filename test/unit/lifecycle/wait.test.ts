import { getEventListeners } from "node:events";
import { PollScheduler, type Watch } from "../../../provider/lifecycle/scheduler";
import { follow, progressLine } from "../../../provider/lifecycle/wait";
import { inFakeTime, startOfTime, timersLeft, useFakeTime, useRealTime } from "../build/fake-time";
import { ModelVault } from "../build/model-vault";
import { testRun } from "../build/run";

beforeEach(useFakeTime);
afterEach(useRealTime);

const isDone = (value: string) => value === "done";

/** Says each of the words in turn, and then the last for ever. */
function saying(...words: string[]) {
  return () => Promise.resolve((words.length > 1 ? words.shift() : words[0]) ?? "");
}

function waitFor(look: () => Promise<string>, { timeoutMs = 60_000, settled = isDone } = {}) {
  const run = testRun(new ModelVault([]), { timeoutMs });
  const watch: Watch<string> = new PollScheduler(Date.now).watch(look, settled);
  const waited = follow(watch, settled, { tools: run.tools, deadline: run.deadline, waitingFor: "DigiCert" });
  return { run, watch, waited };
}

describe("a wait", () => {
  test("ends in the value that settles it", async () => {
    const { waited } = waitFor(saying("going", "going", "done"));
    expect(await inFakeTime(waited)).toEqual({ kind: "value", value: "done" });
    expect(Date.now() - startOfTime).toBeLessThan(3100);
    expect(timersLeft()).toBe(0);
  });

  test("ends by its deadline with the last thing seen", async () => {
    const { waited } = waitFor(saying("going"), { timeoutMs: 10_000 });
    expect(await inFakeTime(waited)).toEqual({ kind: "timedOut", last: "going" });
    expect(Date.now() - startOfTime).toBe(10_000);
    expect(timersLeft()).toBe(0);
  });

  test("ends by a deadline that had passed before it began", async () => {
    const { waited } = waitFor(saying("going"), { timeoutMs: -5 });
    expect(await inFakeTime(waited)).toEqual({ kind: "timedOut", last: undefined });
    expect(timersLeft()).toBe(0);
  });

  test("ends by its deadline though a look hangs", async () => {
    const { waited } = waitFor(() => new Promise(() => undefined), { timeoutMs: 10_000 });
    expect(await inFakeTime(waited)).toEqual({ kind: "timedOut", last: undefined });
    expect(timersLeft()).toBe(0);
  });

  test("ends when the engine is gone, with the last thing seen, and looks no more", async () => {
    const look = jest.fn(saying("going"));
    const { run, waited } = waitFor(look);
    setTimeout(() => run.endEngine(), 5500);
    expect(await inFakeTime(waited)).toEqual({ kind: "engineGone", last: "going" });
    const looks = look.mock.calls.length;
    await jest.advanceTimersByTimeAsync(60_000);
    expect(look).toHaveBeenCalledTimes(looks);
    expect(timersLeft()).toBe(0);
  });

  test("ends at once where the engine was gone before", async () => {
    const run = testRun(new ModelVault([]));
    run.endEngine();
    const watch = new PollScheduler(Date.now).watch(saying("going"), isDone);
    const options = { tools: run.tools, deadline: run.deadline, waitingFor: "DigiCert" };
    expect(await inFakeTime(follow(watch, isDone, options))).toEqual({ kind: "engineGone", last: undefined });
    expect(timersLeft()).toBe(0);
  });

  test("throws what a look threw", async () => {
    const { waited } = waitFor(() => Promise.reject(new Error("the vault is away")));
    await expect(inFakeTime(waited)).rejects.toThrow("the vault is away");
    expect(timersLeft()).toBe(0);
  });

  test("throws what a look threw, also where that is undefined", async () => {
    // eslint-disable-next-line @typescript-eslint/prefer-promise-reject-errors -- that is the point
    const { waited } = waitFor(() => Promise.reject(undefined));
    await expect(inFakeTime(waited)).rejects.toBeUndefined();
  });

  test("leaves no listener on the engine's signal, which outlives it", async () => {
    const { run, waited } = waitFor(saying("going", "going", "done"));
    await inFakeTime(waited);
    expect(getEventListeners(run.tools.engine.signal, "abort")).toHaveLength(0);
  });

  test.each([
    ["a month", 31 * 86_400_000],
    ["a year", 366 * 86_400_000],
  ])("may be given %s", async (_, timeoutMs) => {
    // Node's timers end at 24.8 days, and AbortSignal.timeout at 49.7.
    const { waited } = waitFor(saying("going", "done"), { timeoutMs });
    expect(await inFakeTime(waited)).toEqual({ kind: "value", value: "done" });
    expect(timersLeft()).toBe(0);
  });

  test("says each second for whom it waits, since when, and when it looks again", async () => {
    const { run, waited } = waitFor(saying("going", "going", "going", "done"));
    await inFakeTime(waited);
    expect(run.progress).toEqual([
      "waiting for DigiCert, 1 s, next look in 1 s",
      "waiting for DigiCert, 2 s, next look in 1 s",
      "waiting for DigiCert, 3 s, next look in 1 s",
    ]);
  });
});

describe("the lines of many waits of one vault", () => {
  test("are twenty a second in all, and each wait has its turn", async () => {
    const run = testRun(new ModelVault([]));
    const { scheduler } = run.tools;
    const waits = Array.from({ length: 100 }, () =>
      follow(scheduler.watch(saying(...Array<string>(9).fill("going"), "done"), isDone), isDone, {
        tools: run.tools,
        deadline: run.deadline,
        waitingFor: "Self",
      }),
    );
    await inFakeTime(Promise.all(waits));
    expect(Date.now() - startOfTime).toBe(10_000);
    expect(run.progress.length).toBeGreaterThanOrEqual(waits.length);
    expect(run.progress.length).toBeLessThanOrEqual(2 * waits.length);
    expect(timersLeft()).toBe(0);
  });
});

describe("the line that a wait shows", () => {
  test.each([
    [4000, 5000, "waiting for Self, 4 s, next look in 1 s"],
    [4000, 3000, "waiting for Self, 4 s, next look in 1 s"],
    [725_000, 785_000, "waiting for Self, 12 min 5 s, next look in 1 min"],
  ])("after %i ms with the next look at %i ms is %j", (now, nextLookAt, line) => {
    expect(progressLine({ nextLookAt }, "Self", { startedAt: 0 }, now)).toBe(line);
  });
});
