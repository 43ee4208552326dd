import { createThrottle } from "../../../provider/vault/throttle";
import { fakeTime } from "./harness";

describe("the throttle of a vault", () => {
  test("lets requests go at once while nobody asked for a pause", async () => {
    const time = fakeTime();
    await createThrottle(time).ready();
    expect(time.slept).toEqual([]);
  });

  test("holds every request until the pause is over", async () => {
    const time = fakeTime();
    const throttle = createThrottle(time);
    throttle.pause(4000);
    time.pass(1000);
    await Promise.all([throttle.ready(), throttle.ready()]);
    // The second comes to the clock when the first has slept: it need not sleep again.
    expect(time.slept).toEqual([3000]);
    await throttle.ready();
    expect(time.slept).toEqual([3000]);
  });

  test("keeps the longer of two pauses", async () => {
    const time = fakeTime();
    const throttle = createThrottle(time);
    throttle.pause(8000);
    throttle.pause(1000);
    await throttle.ready();
    expect(time.slept).toEqual([8000]);
  });

  test("waits on when the pause is prolonged meanwhile", async () => {
    const time = fakeTime();
    const prolonged = createThrottle({
      clock: time.clock,
      sleep: async (ms) => {
        if (time.slept.length === 0) prolonged.pause(5000);
        await time.sleep(ms);
      },
    });
    prolonged.pause(1000);
    await prolonged.ready();
    expect(time.slept).toEqual([1000, 4000]);
  });

  test("is over after its own length, where the clock is set back meanwhile", async () => {
    const time = fakeTime();
    const throttle = createThrottle(time);
    throttle.pause(4000);
    time.pass(-600_000);
    await throttle.ready();
    await throttle.ready();
    expect(time.slept).toEqual([4000]);
  });

  test("takes a pause that is asked for after the clock was set back", async () => {
    const time = fakeTime();
    const throttle = createThrottle(time);
    throttle.pause(4000);
    time.pass(-600_000);
    throttle.pause(8000);
    await throttle.ready();
    expect(time.slept).toEqual([8000]);
  });

  test("ends with the reason of a signal", async () => {
    const time = fakeTime();
    const throttle = createThrottle(time);
    const reason = new Error("stopped");
    throttle.pause(1000);
    await expect(throttle.ready(AbortSignal.abort(reason))).rejects.toBe(reason);
  });
});
