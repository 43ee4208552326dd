import { PollScheduler } from "../../../provider/lifecycle/scheduler";
import { startOfTime, timersLeft, useFakeTime, useRealTime } from "../build/fake-time";

beforeEach(useFakeTime);
afterEach(useRealTime);

const never = () => false;
const forward = (ms: number) => jest.advanceTimersByTimeAsync(ms);

describe("the scheduler of looks", () => {
  test("looks first after a second, and remembers what it saw", async () => {
    let seen = 0;
    const watch = new PollScheduler(Date.now).watch(() => Promise.resolve((seen += 1)), never);
    expect(watch.last).toBeUndefined();
    expect(watch.nextLookAt).toBe(startOfTime + 1000);
    await forward(999);
    expect(watch.last).toBeUndefined();
    await forward(1);
    expect(watch.last).toEqual({ value: 1 });
    expect(watch.nextLookAt).toBe(startOfTime + 2000);
    watch.stop();
  });

  test("looks less often the longer it takes", async () => {
    const at: number[] = [];
    const look = () => {
      at.push(Date.now());
      return Promise.resolve(0);
    };
    const watch = new PollScheduler(Date.now).watch(look, never);
    await forward(120_000);
    const gaps = at.slice(1).map((time, index) => time - (at[index] ?? 0));
    expect(gaps[0]).toBe(1000);
    expect(gaps.at(-1)).toBeGreaterThan(10_000);
    expect([...gaps].sort((a, b) => a - b)).toEqual(gaps);
    watch.stop();
  });

  test("looks when a look is due, however long the ones before it took", async () => {
    const at: number[] = [];
    const look = async () => {
      at.push(Date.now() - startOfTime);
      await new Promise((resolve) => setTimeout(resolve, 300));
    };
    const watch = new PollScheduler(Date.now).watch(look, never, () => 1000);
    await forward(4000);
    expect(at).toEqual([1000, 2000, 3000, 4000]);
    watch.stop();
  });

  test("leaves a vault alone for half the pace that takes longer for its answer than the pace", async () => {
    const at: number[] = [];
    const look = async () => {
      at.push(Date.now() - startOfTime);
      await new Promise((resolve) => setTimeout(resolve, 2000));
    };
    const watch = new PollScheduler(Date.now).watch(look, never, () => 1000);
    await forward(6000);
    expect(at).toEqual([1000, 3500, 6000]);
    expect(watch.nextLookAt).toBe(startOfTime + 6000);
    watch.stop();
  });

  test("makes up for a time in which nothing ran with one look, not with all that were due", async () => {
    let behind = 0;
    const look = jest.fn(() => Promise.resolve(0));
    const watch = new PollScheduler(() => Date.now() + behind).watch(look, never, () => 1000);
    await forward(1000);
    behind = 3_600_000;
    await forward(1000);
    expect(look).toHaveBeenCalledTimes(2);
    await forward(2500);
    expect(look).toHaveBeenCalledTimes(5);
    watch.stop();
  });

  test("goes on at its pace where the clock is set back by minutes", async () => {
    let ahead = 0;
    const look = jest.fn(() => Promise.resolve(0));
    const watch = new PollScheduler(() => Date.now() + ahead).watch(look, never, () => 1000);
    await forward(1000);
    ahead = -600_000;
    await forward(3000);
    expect(look).toHaveBeenCalledTimes(4);
    watch.stop();
  });

  test("counts the watches that are under way", async () => {
    const scheduler = new PollScheduler(Date.now);
    const done = () => Promise.resolve("done");
    scheduler.watch(done, (value) => value === "done");
    scheduler.watch(() => Promise.reject(new Error("no")), never);
    const last = scheduler.watch(done, never);
    expect(scheduler.watching).toBe(3);
    await forward(1000);
    expect(scheduler.watching).toBe(1);
    last.stop();
    expect(scheduler.watching).toBe(0);
  });

  test("looks no more once what it saw is settled, and leaves no timer", async () => {
    const look = jest.fn(() => Promise.resolve("done"));
    const watch = new PollScheduler(Date.now).watch(look, (value) => value === "done");
    await forward(60_000);
    expect(look).toHaveBeenCalledTimes(1);
    expect(watch.last).toEqual({ value: "done" });
    expect(timersLeft()).toBe(0);
  });

  test("keeps the error of a look that throws, and looks no more", async () => {
    const error = new Error("the vault is away");
    const look = jest.fn(() => Promise.reject(error));
    const watch = new PollScheduler(Date.now).watch(look, never);
    await forward(60_000);
    expect(look).toHaveBeenCalledTimes(1);
    expect(watch.last).toEqual({ error });
    expect(timersLeft()).toBe(0);
  });

  test("looks no more once it is stopped, also where it was stopped in line", async () => {
    const scheduler = new PollScheduler(Date.now, 1);
    let release: () => void = () => undefined;
    const hung = new Promise<number>((resolve) => (release = () => resolve(0)));
    const first = scheduler.watch(
      () => hung,
      () => true,
    );
    const look = jest.fn(() => Promise.resolve(0));
    const second = scheduler.watch(look, never);
    await forward(1000);
    second.stop();
    release();
    await forward(60_000);
    expect(look).not.toHaveBeenCalled();
    expect(first.last).toEqual({ value: 0 });
    expect(timersLeft()).toBe(0);
  });

  test("tells of each look, and of the end of who waits", async () => {
    const watch = new PollScheduler(Date.now).watch(() => Promise.resolve(0), never);
    const told: string[] = [];
    const bound = new AbortController();
    void watch.changed(new AbortController().signal).then(() => told.push("look"));
    void watch.changed(bound.signal).then(() => told.push("bound"));
    bound.abort();
    await forward(999);
    expect(told).toEqual(["bound"]);
    await forward(1);
    expect(told).toEqual(["bound", "look"]);
    watch.stop();
  });

  test("has no more looks under way at once than its width, and forgets none", async () => {
    const width = 4;
    const scheduler = new PollScheduler(Date.now, width);
    let running = 0;
    let most = 0;
    const look = async () => {
      running += 1;
      most = Math.max(most, running);
      await new Promise((resolve) => setTimeout(resolve, 100));
      running -= 1;
      return true;
    };
    const watches = Array.from({ length: 25 }, () => scheduler.watch(look, (value) => value));
    await forward(2000);
    expect(most).toBe(width);
    expect(watches.map(({ last }) => last)).toEqual(watches.map(() => ({ value: true })));
    expect(timersLeft()).toBe(0);
  });

  test("gives the place of a look that threw to the next", async () => {
    const scheduler = new PollScheduler(Date.now, 1);
    const failing = scheduler.watch(() => Promise.reject(new Error("no")), never);
    const other = scheduler.watch(
      () => Promise.resolve(1),
      () => true,
    );
    await forward(1000);
    expect(failing.last).toHaveProperty("error");
    expect(other.last).toEqual({ value: 1 });
  });
});
