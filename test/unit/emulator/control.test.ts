import { Bench } from "./harness";

describe("the control endpoint", () => {
  let bench: Bench;
  beforeAll(async () => {
    bench = await Bench.start();
  });
  beforeEach(() => bench.emulator.control.reset());
  afterAll(() => bench.emulator.close());

  const control = async (method: string, path: string, body?: unknown) => {
    const reply = await fetch(`${bench.emulator.url}/emulator/control${path}`, {
      method,
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    return [reply.status, reply.status === 204 ? undefined : await reply.json()];
  };

  test("sets an issuer's behaviour over its defaults, and gives it back", async () => {
    const expected = { durationMs: 10, outcome: "completed", cancellation: "ignored", cancellationMs: 300 };
    expect(await control("PUT", "/issuers/SELF", { durationMs: 10, cancellation: "ignored" })).toMatchObject([
      200,
      expected,
    ]);
    await bench.create("c");
    bench.clock.advance(10);
    expect((await bench.get("/certificates/c/pending")).body.status).toBe("completed");
  });

  test("shows orders with when they were accepted and ended", async () => {
    const { body } = await bench.create("c");
    const createdAt = bench.clock.milliseconds;
    const order = {
      certificateName: "c",
      requestId: body.request_id,
      issuer: "Self",
      createdAt,
      cancellationRequested: false,
      pendingDeleted: false,
    };
    expect(await control("GET", "/orders")).toEqual([200, [{ ...order, status: "inProgress" }]]);
    bench.clock.advance(9999);
    expect(await control("GET", "/orders")).toEqual([
      200,
      [{ ...order, status: "completed", endedAt: createdAt + 2000 }],
    ]);
  });

  test.each<[string, string, unknown]>([
    ["PUT", "/issuers/Self", { outcome: "done" }],
    ["PUT", "/issuers/Self", { durationMs: "1" }],
    ["PUT", "/issuers/Unknown", { outcome: "completed" }],
    ["PUT", "/timing", [1]],
    ["PUT", "/orders/none", { outcome: "failed" }],
  ])("refuses %s %s %j", async (method, path, body) => {
    expect(await control(method, path, body)).toMatchObject([400, { error: { code: "BadRequest" } }]);
  });

  test("answers 404 for what it does not have", async () => {
    expect(await control("GET", "/nowhere")).toMatchObject([404, { error: { code: "NotFound" } }]);
  });

  test("resets everything but the tokens", async () => {
    await bench.issue("c");
    await control("PUT", "/timing", { deleteMs: 1 });
    await control("PUT", "/vault", { recoveryLevel: "Recoverable" });
    await control("PUT", "/keys/k");
    expect(await control("POST", "/reset")).toEqual([204, undefined]);
    expect(bench.emulator.control.stats()).toEqual({ tokens: 0, challenges: 0, requests: 0 });
    expect(bench.emulator.control.orders()).toEqual([]);
    expect(bench.emulator.control.setTiming({})).toEqual({ deleteMs: 300, recoverMs: 300, purgeMs: 300 });
    expect(bench.emulator.control.setVault({})).toMatchObject({
      recoveryLevel: "CustomizedRecoverable+Purgeable",
    });
    expect((await bench.get("/certificates/c")).status).toBe(404);
    expect((await bench.create("k")).status).toBe(202);
  });
});
