import { Bench, ecPolicy, refusal } from "./harness";

describe("throttling", () => {
  let bench: Bench;
  beforeAll(async () => {
    bench = await Bench.start();
  });
  beforeEach(() => bench.emulator.control.reset());
  afterAll(() => bench.emulator.close());

  const createMany = async (count: number, prefix = "c"): Promise<number[]> => {
    const statuses: number[] = [];
    for (let index = 0; index < count; index += 1)
      statuses.push((await bench.create(`${prefix}${index}`)).status);
    return statuses;
  };
  const accepted = (statuses: number[]) => statuses.filter((status) => status === 202).length;

  test("is off until it is switched on", async () => {
    expect(accepted(await createMany(25))).toBe(25);
  });

  test("lets a vault make 20 keys in 10 s, and refuses the others as the service does", async () => {
    bench.emulator.control.setThrottling({ enabled: true });
    expect(accepted(await createMany(20))).toBe(20);
    const reply = await bench.create("late");
    expect(refusal(reply)).toEqual([
      429,
      "Throttled",
      "Request was not processed because too many requests were received. Reason: VaultRequestTypeLimitReached",
      undefined,
    ]);
    expect(reply.headers.get("retry-after")).toBeNull();
    expect((await bench.get("/certificates/late")).status).toBe(404);
  });

  test("forgets each key 10 s after it was made, and counts no refusal", async () => {
    bench.emulator.control.setThrottling({ enabled: true, keyCreations: 2 });
    await bench.create("a");
    bench.clock.advance(4000);
    expect(await createMany(3, "b")).toEqual([202, 429, 429]);
    bench.clock.advance(5999);
    expect(await createMany(1, "c")).toEqual([429]);
    bench.clock.advance(1);
    expect(await createMany(2, "d")).toEqual([202, 429]);
  });

  test("does not count keys of a time that a clock set back has still to reach", async () => {
    const { control } = bench.emulator;
    control.setThrottling({ enabled: true, keyCreations: 1 });
    await bench.create("a");
    control.clock.advance(-60_000);
    expect(await createMany(2, "b")).toEqual([202, 429]);
  });

  test("counts keys that are made: no refused create, no reused key, no import", async () => {
    bench.emulator.control.setThrottling({ enabled: true, keyCreations: 1 });
    const reuse = { key_props: { kty: "EC", crv: "P-256", reuse_key: true } };
    expect((await bench.post("/certificates/a/create", { policy: {} })).status).toBe(400);
    await bench.issue("a", reuse);
    expect((await bench.create("a", reuse)).status).toBe(202);
    expect((await bench.create("b")).status).toBe(429);
  });

  test("is set over HTTP, where what is left out stays", async () => {
    const put = async (body: object) => (await bench.call("PUT", "/emulator/control/throttling", body)).body;
    expect(await put({ enabled: true, keyCreations: 1 })).toEqual({
      enabled: true,
      keyCreations: 1,
      windowMs: 10_000,
    });
    expect(await createMany(2)).toEqual([202, 429]);
    expect(await put({ windowMs: 500 })).toEqual({ enabled: true, keyCreations: 1, windowMs: 500 });
    bench.clock.advance(500);
    expect(await createMany(1, "d")).toEqual([202]);
    expect(await put({ enabled: false })).toMatchObject({ enabled: false });
    expect(await createMany(1, "e")).toEqual([202]);
    expect(await bench.call("PUT", "/emulator/control/throttling", { enabled: 1 })).toMatchObject({
      status: 400,
    });
  });

  test("holds for calls that come at once", async () => {
    bench.emulator.control.setThrottling({ enabled: true, keyCreations: 3 });
    const policy = { policy: ecPolicy("Self") };
    const names = Array.from({ length: 10 }, (_, index) => `p${index}`);
    const replies = await Promise.all(
      names.map((name) => bench.post(`/certificates/${name}/create`, policy)),
    );
    expect(accepted(replies.map(({ status }) => status))).toBe(3);
  });
});
