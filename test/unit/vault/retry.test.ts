import fc from "fast-check";
import { type FaultKind, isAmbiguous, type Outcome, retryAfterMs } from "../../../provider/vault/outcome";
import {
  decideRetry,
  maxPassingMs,
  maxThrottled,
  maxTransient,
  unspent,
} from "../../../provider/vault/retry";
import { startOfTime as now } from "./harness";

function reply(status: number, retryAfter?: string): Outcome & { kind: "reply" } {
  return {
    kind: "reply",
    status,
    headers: retryAfter === undefined ? {} : { "retry-after": retryAfter },
    text: "",
  };
}

function fault(kind: FaultKind): Outcome {
  return { kind: "fault", fault: kind, reason: "connect ECONNREFUSED 127.0.0.1:1" };
}

function forbidden(innerCode: string | undefined): Outcome {
  const innererror = innerCode === undefined ? {} : { innererror: { code: innerCode } };
  const text = JSON.stringify({ error: { code: "Forbidden", message: "No.", ...innererror } });
  return { kind: "reply", status: 403, headers: {}, text };
}

const decide = (outcome: Outcome, repeatable: boolean, spent = unspent) =>
  decideRetry({ outcome, repeatable, spent, now });

describe("decideRetry", () => {
  test.each([200, 202, 204, 301, 400, 401, 403, 404, 409, 412])("settles with a reply of %d", (status) => {
    expect(decide(reply(status), true)).toEqual({ action: "settle" });
    expect(decide(reply(status, "1"), true)).toEqual({ action: "settle" });
  });

  test.each([408, 500, 502, 503, 504])(
    "repeats after %d what is safe to repeat, and nothing else",
    (status) => {
      expect(decide(reply(status), true)).toEqual({
        action: "repeat",
        delayMs: 1000,
        shared: false,
        reason: `the vault answered ${status}`,
        spent: { ...unspent, throttled: 0, transient: 1 },
      });
      expect(decide(reply(status), false)).toEqual({ action: "settle" });
    },
  );

  test.each([true, false])(
    "repeats a throttled request (repeatable: %s), with the whole vault paused",
    (repeatable) => {
      expect(decide(reply(429), repeatable)).toEqual({
        action: "repeat",
        delayMs: 1000,
        shared: true,
        reason: "the vault is throttling",
        spent: { ...unspent, throttled: 1, transient: 0 },
      });
    },
  );

  test.each([true, false])("repeats a request that never left (repeatable: %s)", (repeatable) => {
    expect(decide(fault("notSent"), repeatable)).toMatchObject({
      action: "repeat",
      reason: "connect ECONNREFUSED 127.0.0.1:1",
      spent: { ...unspent, throttled: 0, transient: 1 },
    });
  });

  test("repeats over a broken connection only what is safe to repeat", () => {
    expect(decide(fault("broken"), true)).toMatchObject({ action: "repeat", shared: false });
    expect(decide(fault("broken"), false)).toEqual({ action: "settle" });
  });

  test.each(["untrusted", "tooLarge", "aborted"] as const)("settles with the fault %s", (kind) => {
    expect(decide(fault(kind), true)).toEqual({ action: "settle" });
    expect(decide(fault(kind), false)).toEqual({ action: "settle" });
  });

  test("waits 1, 2, 4, 8 and 16 s, and gives up after the sixth attempt without an answer", () => {
    const delays = [0, 1, 2, 3, 4].map((transient) => {
      const verdict = decide(reply(500), true, { ...unspent, throttled: 7, transient });
      return verdict.action === "repeat" ? verdict.delayMs : undefined;
    });
    expect(delays).toEqual([1000, 2000, 4000, 8000, 16_000]);
    expect(decide(reply(500), true, { ...unspent, throttled: 0, transient: maxTransient - 1 })).toEqual({
      action: "settle",
    });
  });

  test("waits 1, 2, 4, 8, 16 s and then 16 s each time while it is throttled", () => {
    const delays = [0, 1, 2, 3, 4, 5, 18].map((throttled) => {
      const verdict = decide(reply(429), false, { ...unspent, throttled, transient: 3 });
      return verdict.action === "repeat" ? verdict.delayMs : undefined;
    });
    expect(delays).toEqual([1000, 2000, 4000, 8000, 16_000, 16_000, 16_000]);
    expect(decide(reply(429), false, { ...unspent, throttled: maxThrottled - 1 })).toEqual({
      action: "settle",
    });
  });

  test.each([
    [429, "7", 7000, true],
    [429, "0", 1000, true],
    [503, "0", 1000, true],
    [503, "3", 3000, true],
    [429, "Thu, 01 Jan 2026 00:00:09 GMT", 9000, true],
    [429, "soon", 1000, true],
    [500, "7", 1000, false],
  ])("takes %d with Retry-After %s as %d ms", (status, retryAfter, delayMs, shared) => {
    expect(decide(reply(status, retryAfter), true)).toMatchObject({ delayMs, shared });
  });

  test.each([
    ["a write that is not safe to repeat", false, unspent],
    ["the last attempt", true, { ...unspent, transient: maxTransient - 1 }],
  ])("pauses the vault for the Retry-After of a 503 that ends %s", (_, repeatable, spent) => {
    expect(decide(reply(503, "3"), repeatable, spent)).toEqual({ action: "settle", pauseMs: 3000 });
    expect(decide(reply(503, "300"), repeatable, spent)).toEqual({ action: "settle", pauseMs: 300_000 });
    expect(decide(reply(503, "301"), repeatable, spent)).toEqual({ action: "settle" });
    expect(decide(reply(503), repeatable, spent)).toEqual({ action: "settle" });
    expect(decide(reply(500, "3"), repeatable, spent)).toEqual({ action: "settle" });
  });

  test("pauses the vault for the Retry-After of the last attempt that it throttles", () => {
    const spent = { ...unspent, throttled: maxThrottled - 1 };
    expect(decide(reply(429, "7"), false, spent)).toEqual({ action: "settle", pauseMs: 7000 });
  });

  test.each([429, 503])("does not wait for a Retry-After of over five minutes on %d", (status) => {
    expect(decide(reply(status, "300"), true)).toMatchObject({ delayMs: 300_000 });
    expect(decide(reply(status, "301"), true)).toEqual({ action: "settle" });
  });

  const half = (status: number): Outcome => ({
    kind: "reply",
    status,
    headers: { "content-type": "application/json; charset=utf-8" },
    text: '{"id":"https://',
  });

  test.each([200, 404, 409])("repeats after half of a JSON body (%d) what is safe to repeat", (status) => {
    expect(decide(half(status), true)).toMatchObject({
      action: "repeat",
      delayMs: 1000,
      reason: `the vault answered ${status} with half of a body`,
    });
    expect(decide(half(status), false)).toEqual({ action: "settle" });
  });

  describe.each([
    ["a host without an address", "unresolved", fault("unresolved")],
    ["a role that is missing", "unassigned", forbidden("ForbiddenByRbac")],
  ] as const)("over %s", (_, what, outcome) => {
    const until = now + maxPassingMs;

    test.each([true, false])("repeats (repeatable: %s) until five minutes after the first", (repeatable) => {
      expect(decide(outcome, repeatable)).toMatchObject({
        action: "repeat",
        delayMs: 1000,
        shared: false,
        spent: { passing: 1, passingSince: now, throttled: 0, transient: 0 },
        passing: { what, since: now, until },
      });
    });

    test("waits 1, 2, 4, 8, 16 s and then 16 s each time, and to the last moment at the end", () => {
      const delays = [0, 1, 2, 3, 4, 5, 30].map((passing) => {
        const verdict = decide(outcome, false, { ...unspent, passing });
        return verdict.action === "repeat" ? verdict.delayMs : undefined;
      });
      expect(delays).toEqual([1000, 2000, 4000, 8000, 16_000, 16_000, 16_000]);
      const spent = { ...unspent, passing: 9 };
      const since = now - maxPassingMs + 300;
      expect(decideRetry({ outcome, repeatable: false, spent, now, since })).toMatchObject({ delayMs: 300 });
    });

    test("settles when the vault has met it for five minutes, or the caller's deadline has come", () => {
      const input = { outcome, repeatable: true, spent: unspent, now };
      expect(decideRetry({ ...input, since: now - maxPassingMs })).toEqual({ action: "settle" });
      expect(decideRetry({ ...input, deadline: now })).toEqual({ action: "settle" });
      const spent = { ...unspent, passing: 9, passingSince: now - maxPassingMs };
      expect(decideRetry({ ...input, spent, since: now - 1 })).toEqual({ action: "settle" });
      expect(decideRetry({ ...input, deadline: now + 5000 })).toMatchObject({
        passing: { until: now + 5000 },
      });
    });
  });

  test.each(["ForbiddenByPolicy", "ForbiddenByFirewall", "ForbiddenByConnection", undefined])(
    "settles with a 403 that does not pass by itself: %s",
    (innerCode) => {
      expect(decide(forbidden(innerCode), true)).toEqual({ action: "settle" });
    },
  );

  test("never repeats what may have been carried out and is not safe to repeat", () => {
    const outcomes = fc.oneof(
      fc.integer({ min: 200, max: 599 }).map((status) => reply(status)),
      fc
        .constantFrom<FaultKind>("unresolved", "notSent", "untrusted", "broken", "tooLarge", "aborted")
        .map((kind) => fault(kind)),
    );
    fc.assert(
      fc.property(outcomes, (outcome) => {
        fc.pre(isAmbiguous(outcome));
        expect(decide(outcome, false)).toEqual({ action: "settle" });
      }),
    );
  });
});

describe("retryAfterMs", () => {
  test.each([
    ["10", 10_000],
    [" 10 ", 10_000],
    ["Thu, 01 Jan 2026 00:01:00 GMT", 60_000],
    ["Wed, 31 Dec 2025 23:59:00 GMT", 0],
    ["-5", undefined],
    ["", undefined],
    ["later", undefined],
    [undefined, undefined],
  ])("reads %j as %j", (header, ms) => {
    expect(retryAfterMs(reply(429, header), now)).toBe(ms);
  });

  test.each([
    ["Thu, 01 Jan 2026 00:10:00 GMT", 60_000],
    ["Wed, 31 Dec 2025 23:50:00 GMT", 60_000],
    ["some day", 0],
  ])("measures a date from the reply's own, %s, whatever this machine's clock says", (date, ms) => {
    const at = Number.isNaN(Date.parse(date)) ? now : Date.parse(date) + 60_000;
    const answer = { ...reply(429, new Date(at).toUTCString()) };
    expect(retryAfterMs({ ...answer, headers: { ...answer.headers, date } }, now)).toBe(ms);
  });
});
