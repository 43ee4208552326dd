import { readRule } from "../../../../emulator/faults/read-rule";

describe("reading a fault rule", () => {
  test.each<[unknown, RegExp]>([
    [undefined, /must be an object/],
    [[], /must be an object/],
    [{}, /^effect is missing/],
    [{ effect: null }, /^effect is missing/],
    [{ effect: [] }, /^effect is \[\], but must be an object, or a list/],
    [{ effect: {} }, /^effect is empty/],
    [{ effect: [{ reset: true }, {}] }, /^effect\[1\] is empty/],
    [{ effect: { reset: false } }, /^effect\.reset is false, but must be true/],
    [{ effect: { status: 199 } }, /^effect\.status is 199, but must be a status from 200 to 599/],
    [
      { effect: { status: 503, reset: true } },
      /^effect has status and reset, but a request can have one answer/,
    ],
    [{ effect: { status: 403, refuse: "ForbiddenByRbac" } }, /^effect has status and refuse/],
    [{ effect: { body: "x" } }, /^effect\.body needs effect\.status/],
    [
      { effect: { refuse: "Forbidden" } },
      /^effect\.refuse is "Forbidden", but must be one of ForbiddenByRbac, /,
    ],
    [{ effect: { delay: 5 } }, /^effect\.delay is not a member of a fault rule; known here: status, /],
    [{ effect: { delayMs: -1 } }, /^effect\.delayMs is -1/],
    [{ effect: { headers: { a: 1 } } }, /^effect\.headers is \{"a":1\}/],
    [{ effect: { dribble: { bytes: 0, everyMs: 1 } } }, /^effect\.dribble is .*must be \{bytes, everyMs\}/],
    [{ effect: { truncateAt: 1.5 } }, /^effect\.truncateAt is 1\.5/],
    [{ effect: { reset: true }, count: 3 }, /^count is not a member of a fault rule; known here: name, /],
    [{ effect: { reset: true }, constructor: 3 }, /^constructor is not a member/],
    [{ effect: { reset: true }, times: 0 }, /^times is 0, but must be a whole number from 1/],
    [{ effect: { reset: true }, share: 30 }, /^share is 30, but must be a number from 0 to 1/],
    [{ effect: { reset: true }, share: NaN }, /^share is /],
    [{ effect: { reset: true }, seed: 0.5 }, /^seed is 0\.5/],
    [{ effect: { reset: true }, when: "during" }, /^when is "during", but must be before, after or either/],
    [
      { effect: { reset: true }, path: "certificates" },
      /^path is "certificates", but must be a path that begins/,
    ],
    [{ effect: { reset: true }, method: [] }, /^method is \[\]/],
    [{ effect: { reset: true }, permission: "certificates/read" }, /^permission is .*certificates\/update/],
    [{ effect: { reset: true }, query: { a: 1 } }, /^query is /],
    [{ effect: { refuse: "Throttled" }, endpoint: "identity" }, /^refuse is about the vault/],
    [{ effect: { reset: true }, authorized: true, endpoint: "identity" }, /^authorized is about the vault/],
  ])("refuses %j, naming member, finding and demand", (given, message) => {
    expect(() => readRule(given)).toThrow(message);
  });

  test("takes null for a member that is not there", () => {
    expect(readRule({ name: null, effect: { reset: true, delayMs: null } })).toEqual({
      effect: { reset: true },
    });
  });

  test("takes a list of one effect for the effect", () => {
    expect(readRule({ effect: [{ status: 500 }] })).toEqual({ effect: { status: 500 } });
  });
});
