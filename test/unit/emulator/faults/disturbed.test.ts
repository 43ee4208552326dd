import { request as httpsRequest } from "node:https";
import { connect } from "node:net";
import { text } from "node:stream/consumers";
import { startEmulator, type FaultRule, type RecordedRequest } from "keyvault-certificates-emulator";
import { apiVersion, Bench, ecPolicy, refusal } from "../harness";

describe("a disturbed call", () => {
  let bench: Bench;
  beforeAll(async () => {
    bench = await Bench.start();
  });
  beforeEach(() => bench.emulator.control.reset());
  afterAll(() => bench.emulator.close());

  const add = (rule: FaultRule) => bench.emulator.control.faults.add({ name: "f", times: 1, ...rule });
  const lastRecord = (): Partial<RecordedRequest> => bench.emulator.control.requests().at(-1) ?? {};
  const isThere = async (name: string) => (await bench.get(`/certificates/${name}`)).status === 200;
  /** The reply as it is, and what became of its body. */
  const raw = async (path: string) => {
    const reply = await fetch(`${bench.emulator.url}${path}?api-version=${apiVersion}`, {
      headers: { authorization: `Bearer ${bench.token}` },
    });
    const body = await reply.text().catch(() => "ended early");
    return { status: reply.status, headers: reply.headers, body };
  };
  const wasReset = { cause: { code: "ECONNRESET" } };

  describe("whose reply is replaced", () => {
    test("before its effect is not carried out, and the record says so", async () => {
      add({ effect: { status: 503 } });
      expect(refusal(await bench.create("a"))).toEqual([
        503,
        "ServiceUnavailable",
        expect.any(String),
        undefined,
      ]);
      expect(lastRecord()).toMatchObject({
        status: 503,
        carriedOut: false,
        fault: "f",
        serviceCode: "ServiceUnavailable",
        body: { policy: ecPolicy("Self") },
      });
      expect(lastRecord()).not.toHaveProperty("vaultStatus");
      expect(await isThere("a")).toBe(false);
    });

    test("after its effect is carried out, and the record has what the vault answered", async () => {
      add({ when: "after", effect: { status: 500 } });
      const reply = await bench.create("a");
      expect([reply.status, reply.headers.get("location"), reply.headers.get("retry-after")]).toEqual([
        500,
        null,
        null,
      ]);
      expect(reply.headers.get("x-ms-request-id")).toMatch(/^[0-9a-f-]{36}$/);
      expect(lastRecord()).toMatchObject({ status: 500, carriedOut: true, fault: "f", vaultStatus: 202 });
      expect(await isThere("a")).toBe(true);
    });

    test("after the vault has refused it is not carried out", async () => {
      add({ when: "after", effect: { status: 503 } });
      await bench.get("/certificates/none");
      expect(lastRecord()).toMatchObject({ status: 503, carriedOut: false, vaultStatus: 404 });
    });

    test.each<[number, unknown]>([
      [400, { code: "BadParameter", message: expect.any(String) }],
      [429, { code: "Throttled", message: expect.stringMatching(/Reason: VaultRequestTypeLimitReached$/) }],
      [500, { code: "ServerError", message: expect.stringMatching(/^ActivityId: [0-9a-f-]{36}, /) }],
      [504, { code: "GatewayTimeout", message: expect.any(String) }],
    ])("has the service's form for status %p, without Retry-After", async (status, error) => {
      add({ effect: { status } });
      const reply = await bench.get("/certificates");
      expect([reply.status, reply.headers.get("retry-after"), reply.body]).toEqual([status, null, { error }]);
    });

    test("has body, type and headers as they were given", async () => {
      const headers = { "Retry-After": "7", "Cache-Control": null };
      add({ effect: { status: 502, body: "<html>", contentType: "text/html", headers } });
      const reply = await raw("/certificates");
      expect([reply.status, reply.body]).toEqual([502, "<html>"]);
      expect(["content-type", "retry-after", "cache-control"].map((name) => reply.headers.get(name))).toEqual(
        ["text/html", "7", null],
      );
      expect(lastRecord()).not.toHaveProperty("serviceCode");
    });

    test("can be sent elsewhere", async () => {
      const location = `${bench.emulator.url}/certificates/other?api-version=${apiVersion}`;
      add({ effect: { status: 307, headers: { location } } });
      const reply = await fetch(`${bench.emulator.url}/certificates`, { redirect: "manual" });
      expect([reply.status, reply.headers.get("location")]).toEqual([307, location]);
    });

    test("by a 401 gets the challenge, or the one that was given", async () => {
      const lying = 'Bearer authorization="https://login.example.com/t", resource="https://example.com"';
      add({ effect: { status: 401 } });
      add({ name: "g", effect: { status: 401, headers: { "WWW-Authenticate": lying } } });
      expect((await bench.get("/certificates")).headers.get("www-authenticate")).toMatch(
        /vault\.azure\.net"$/,
      );
      expect((await bench.get("/certificates")).headers.get("www-authenticate")).toBe(lying);
    });

    test("by a 204 has no body", async () => {
      add({ effect: { status: 204 } });
      expect(await raw("/certificates")).toMatchObject({ status: 204, body: "" });
    });
  });

  describe("whose connection is reset", () => {
    test("gets no reply, and is carried out after its effect only", async () => {
      add({ effect: { reset: true } });
      add({ name: "g", when: "after", effect: { reset: true } });
      await expect(bench.create("a")).rejects.toMatchObject(wasReset);
      expect(lastRecord()).toMatchObject({ status: "reset", carriedOut: false, fault: "f" });
      await expect(bench.create("b")).rejects.toMatchObject(wasReset);
      expect(lastRecord()).toMatchObject({ status: "reset", carriedOut: true, fault: "g", vaultStatus: 202 });
      expect(lastRecord()).not.toHaveProperty("serviceCode");
      expect([await isThere("a"), await isThere("b")]).toEqual([false, true]);
    });

    test("gets no reply with TLS either", async () => {
      const emulator = await startEmulator({ https: true });
      emulator.control.faults.add({ effect: { reset: true } });
      const failing = new Promise((resolve, reject) => {
        const call = httpsRequest(emulator.url, { ca: emulator.caCertificatePem }, resolve);
        call.on("error", reject).end();
      });
      await expect(failing).rejects.toMatchObject({ code: "ECONNRESET" });
      await emulator.close();
    });
  });

  describe("whose reply is the vault's own", () => {
    beforeEach(() => bench.issue("c"));

    test("but cut off says how long it would have been, and ends early", async () => {
      const { body: whole } = await raw("/certificates/c");
      add({ effect: { truncateAt: 20 } });
      const reply = await raw("/certificates/c");
      expect([reply.status, reply.headers.get("content-length")]).toEqual([200, String(whole.length)]);
      expect(reply.body).toBe("ended early");
      expect(lastRecord()).toMatchObject({ status: 200, carriedOut: true, fault: "f", vaultStatus: 200 });
    });

    test("but cut off has sent exactly what was asked for", async () => {
      const { body: whole } = await raw("/certificates/c");
      const { port, hostname } = new URL(bench.emulator.url);
      add({ effect: { truncateAt: 20 } });
      const socket = connect(Number(port), hostname);
      socket.write(
        `GET /certificates/c?api-version=${apiVersion} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${bench.token}\r\n\r\n`,
      );
      const [, body] = (await text(socket)).split("\r\n\r\n");
      expect(body).toBe(whole.slice(0, 20));
    });

    test("but slow is complete in the end", async () => {
      const { body: whole } = await raw("/certificates/c");
      add({ effect: { dribble: { bytes: 300, everyMs: 10 } } });
      const before = performance.now();
      expect((await raw("/certificates/c")).body).toBe(whole);
      expect(performance.now() - before).toBeGreaterThan(30);
    });

    test("but huge is still the same JSON", async () => {
      const whole = await raw("/certificates/c");
      add({ effect: { padTo: 3_000_000 } });
      const { body, headers } = await raw("/certificates/c");
      expect(headers.get("content-length")).toBe("3000000");
      expect(body.trimEnd()).toBe(whole.body);
    });

    test("but huge can be sent without a length", async () => {
      add({ effect: { padTo: 200_000, headers: { "Content-Length": null } } });
      const { body, headers } = await raw("/certificates/c");
      expect([headers.get("content-length"), body.length]).toEqual([null, 200_000]);
    });

    test("but of another type has the same body", async () => {
      add({ effect: { contentType: "text/plain" } });
      const reply = await bench.get("/certificates/c");
      expect([reply.headers.get("content-type"), reply.body.x5t]).toEqual(["text/plain", expect.any(String)]);
    });

    test("but late is carried out before or after the delay", async () => {
      const [early, late] = ["after", "before"].map((when) => async () => {
        const name = `late-${when}`;
        add({ name: when, when: when as "before" | "after", effect: { delayMs: 150 } });
        const [reply, seen] = await Promise.all([
          bench.create(name),
          // The vault is asked over and over until the delayed call has got its reply.
          firstSight(name),
        ]);
        return [reply.status, seen];
      });
      expect(await early?.()).toEqual([202, "during the delay"]);
      expect(await late?.()).toEqual([202, "after the delay"]);
    });

    test.each(["before", "after"] as const)(
      "but late, %s its effect, goes on once its rule is taken away",
      async (when) => {
        const { faults } = bench.emulator.control;
        const [removed, cleared] = [`${when}-a`, `${when}-b`];
        for (const name of [removed, cleared])
          add({ name, path: `/certificates/${name}/create`, when, effect: { delayMs: 600_000 } });
        const replies = [removed, cleared].map((name) => bench.create(name));
        while (faults.list().some(({ fired }) => fired === 0)) await new Promise(setImmediate);
        faults.remove(removed);
        expect((await replies[0])?.status).toBe(202);
        expect(faults.list()).toEqual([expect.objectContaining({ name: cleared, fired: 1 })]);
        faults.clear();
        expect((await replies[1])?.status).toBe(202);
      },
    );

    const firstSight = async (name: string): Promise<string> => {
      const { control } = bench.emulator;
      const replied = () =>
        control.requests().some(({ path, fault }) => path.includes(name) && fault !== undefined);
      for (;;) {
        const done = replied();
        if (control.orders().some(({ certificateName }) => certificateName === name)) {
          return done ? "after the delay" : "during the delay";
        }
        if (done) return "never";
        await new Promise(setImmediate);
      }
    };
  });

  test("whose caller hangs up does the emulator no harm", async () => {
    const hangUp = (ms: number) =>
      fetch(`${bench.emulator.url}/certificates?api-version=${apiVersion}`, {
        signal: AbortSignal.timeout(ms),
      });
    add({ effect: { padTo: 500_000_000 } });
    add({ name: "g", effect: { status: 503, delayMs: 60 } });
    await expect(hangUp(300).then((reply) => reply.text())).rejects.toThrow(/abort/);
    await expect(hangUp(20)).rejects.toThrow(/abort/);
    // The next call is answered on a connection of its own, after the delayed one has found nobody.
    add({ name: "h", effect: { delayMs: 80 } });
    expect((await bench.get("/certificates")).status).toBe(200);
  });

  test("without a token is challenged no more, and counts as no challenge", async () => {
    add({ authorized: false, effect: { status: 503 } });
    const bare = () => fetch(`${bench.emulator.url}/certificates`);
    expect((await bare()).status).toBe(503);
    expect((await bare()).status).toBe(401);
    expect(bench.emulator.control.stats()).toMatchObject({ challenges: 1, requests: 2 });
  });

  test("for a token gets none before its effect, and loses one after it", async () => {
    const ask = () =>
      fetch(`${bench.emulator.identityEndpoint}?resource=x&api-version=2019-08-01`, {
        headers: { "X-IDENTITY-HEADER": bench.emulator.identityHeader },
      });
    add({ endpoint: "identity", effect: { status: 500 } });
    add({ name: "g", endpoint: "identity", when: "after", effect: { reset: true } });
    const reply = await ask();
    expect([reply.status, await reply.json()]).toEqual([
      500,
      { statusCode: 500, message: expect.any(String) },
    ]);
    expect(bench.emulator.control.stats().tokens).toBe(0);
    await expect(ask()).rejects.toMatchObject(wasReset);
    expect(bench.emulator.control.stats().tokens).toBe(1);
    expect((await ask()).status).toBe(200);
  });

  test("is disturbed by the rules that came over HTTP", async () => {
    const control = (method: string, path: string, body?: unknown) =>
      bench.call(method, `/emulator/control/faults${path}`, body);
    const rule = { method: "GET", path: "/certificates", effect: { status: 503 } };
    expect(await control("POST", "", rule)).toMatchObject({
      status: 201,
      body: { name: "fault-1", fired: 0 },
    });
    expect((await bench.get("/certificates")).status).toBe(503);
    expect((await control("GET", "")).body).toEqual([{ name: "fault-1", ...rule, matched: 1, fired: 1 }]);
    expect(await control("POST", "", { effect: { status: 1 } })).toMatchObject({
      status: 400,
      body: { error: { code: "BadRequest", message: expect.stringMatching(/^effect\.status is 1/) } },
    });
    expect((await control("DELETE", "/fault-1")).status).toBe(204);
    expect((await bench.get("/certificates")).status).toBe(200);
    await control("POST", "", rule);
    expect((await control("DELETE", "")).status).toBe(204);
    await control("POST", "", rule);
    expect((await bench.post("/emulator/control/reset")).status).toBe(204);
    expect((await control("GET", "")).body).toEqual([]);
  });
});
