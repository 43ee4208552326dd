import { Bench } from "./harness";

describe("the emulator's clock", () => {
  let bench: Bench;
  beforeEach(async () => {
    bench = await Bench.start();
  });
  afterEach(() => bench.emulator.close());

  const hour = 3_600_000;
  const control = async (method: string, path: string, body?: unknown) => {
    const reply = await bench.call(method, `/emulator/control${path}`, body);
    return [reply.status, reply.body];
  };

  test("is set, advanced and put back by method call, and runs on at the pace of the one beneath", () => {
    const { clock } = bench.emulator.control;
    const start = bench.clock.milliseconds;
    expect(clock.read()).toEqual({ now: start, offsetMs: 0 });
    expect(clock.advance(hour)).toEqual({ now: start + hour, offsetMs: hour });
    bench.clock.advance(5);
    expect(clock.advance(-2 * hour)).toEqual({ now: start + 5 - hour, offsetMs: -hour });
    expect(clock.set(1000)).toEqual({ now: 1000, offsetMs: 1000 - start - 5 });
    expect(clock.reset()).toEqual({ now: start + 5, offsetMs: 0 });
  });

  test("is set, advanced and put back over HTTP", async () => {
    const start = bench.clock.milliseconds;
    expect(await control("POST", "/clock/advance", { byMs: hour })).toEqual([
      200,
      { now: start + hour, offsetMs: hour },
    ]);
    expect(await control("GET", "/clock")).toEqual([200, { now: start + hour, offsetMs: hour }]);
    expect(await control("PUT", "/clock", { now: start - 1 })).toEqual([
      200,
      { now: start - 1, offsetMs: -1 },
    ]);
    expect(await control("DELETE", "/clock")).toEqual([200, { now: start, offsetMs: 0 }]);
  });

  test.each([
    ["PUT", "/clock", {}],
    ["PUT", "/clock", { now: "noon" }],
    ["POST", "/clock/advance", { ms: 5 }],
  ])("is not moved by %s %s %j", async (method, path, body) => {
    expect(await control(method, path, body)).toMatchObject([400, { error: { code: "BadRequest" } }]);
  });

  test("is what everything goes by: orders, records, attributes and the header Date", async () => {
    const { control: steering } = bench.emulator;
    const now = bench.clock.milliseconds + hour;
    steering.clock.advance(hour);
    await bench.create("a");
    steering.clock.advance(5000);
    const { body, headers } = await bench.get("/certificates/a");
    expect(steering.orders()).toMatchObject([{ createdAt: now, status: "completed", endedAt: now + 2000 }]);
    expect(steering.requests().map(({ at }) => at)).toEqual([now, now + 5000]);
    expect(body.attributes.created).toBe((now + 2000) / 1000);
    expect(headers.get("date")).toBe(new Date(now + 5000).toUTCString());
  });

  test("dates tokens' replies, whose life it ends", async () => {
    bench.emulator.control.clock.advance(23 * hour);
    expect((await bench.get("/certificates")).status).toBe(200);
    bench.emulator.control.clock.advance(hour);
    const reply = await bench.get("/certificates");
    expect([reply.status, reply.headers.get("date")]).toEqual([
      401,
      new Date(bench.clock.milliseconds + 24 * hour).toUTCString(),
    ]);
  });

  test("goes back to the one beneath with a reset", () => {
    bench.emulator.control.clock.advance(hour);
    bench.emulator.control.reset();
    expect(bench.emulator.control.clock.read().offsetMs).toBe(0);
  });
});

describe("a token's life", () => {
  let bench: Bench;
  beforeEach(async () => {
    bench = await Bench.start();
  });
  afterEach(() => bench.emulator.close());

  test("is what was set when the token was given out", async () => {
    const first = bench.token;
    expect((await bench.call("PUT", "/emulator/control/tokens", { lifetimeMs: 60_000 })).body).toEqual({
      lifetimeMs: 60_000,
    });
    const { identityEndpoint, identityHeader } = bench.emulator;
    const reply = await fetch(`${identityEndpoint}?resource=https://vault.azure.net&api-version=2019-08-01`, {
      headers: { "X-IDENTITY-HEADER": identityHeader },
    });
    const token = (await reply.json()) as { access_token: string; expires_on: string };
    expect(Number(token.expires_on) * 1000).toBe(bench.clock.milliseconds + 60_000);
    const statusWith = async (bearer: string) => {
      bench.token = bearer;
      return (await bench.get("/certificates")).status;
    };
    bench.clock.advance(59_999);
    expect(await statusWith(token.access_token)).toBe(200);
    bench.clock.advance(1);
    expect([await statusWith(token.access_token), await statusWith(first)]).toEqual([401, 200]);
  });

  test("is a day again after a reset", async () => {
    const { control } = bench.emulator;
    control.setTokens({ lifetimeMs: 1 });
    control.reset();
    bench.token = await bench.newToken("https://vault.azure.net");
    bench.clock.advance(24 * 3_600_000 - 1);
    expect((await bench.get("/certificates")).status).toBe(200);
  });
});
