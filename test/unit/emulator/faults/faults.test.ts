import fc from "fast-check";
import { Faults, type Disturbance } from "../../../../emulator/faults/faults";
import type { ObservedRequest } from "../../../../emulator/faults/match";
import type { FaultRule } from "../../../../emulator/faults/rule";

const request = (given: Partial<ObservedRequest> = {}): ObservedRequest => ({
  endpoint: "vault",
  method: "GET",
  path: "/certificates/web",
  query: {},
  authorized: true,
  ...given,
});

const withRules = (...rules: FaultRule[]): Faults => {
  const faults = new Faults();
  for (const rule of rules) faults.add(rule);
  return faults;
};

const reset = { reset: true } as const;
/** Which of some requests, all alike, a rule disturbs. */
const pattern = (rule: Omit<FaultRule, "effect">, count: number): boolean[] => {
  const faults = withRules({ ...rule, effect: reset });
  return Array.from({ length: count }, () => faults.decide(request()) !== undefined);
};

describe("a fault rule", () => {
  test.each<[string, Omit<FaultRule, "effect">, Partial<ObservedRequest>, boolean]>([
    ["without conditions is about any call on the vault", {}, {}, true],
    ["without an endpoint leaves tokens alone", {}, { endpoint: "identity" }, false],
    ["for the identity endpoint leaves the vault alone", { endpoint: "identity" }, {}, false],
    ["for the identity endpoint is about tokens", { endpoint: "identity" }, { endpoint: "identity" }, true],
    ["is about its method, in any case", { method: "get" }, {}, true],
    ["is about one of its methods", { method: ["POST", "GET"] }, {}, true],
    ["is not about another method", { method: "POST" }, {}, false],
    ["is about its path, in any case", { path: "/certificates/WEB" }, {}, true],
    [
      "is about its path with a slash at the end",
      { path: "/certificates/web" },
      { path: "/certificates/web/" },
      true,
    ],
    ["is not about a longer path", { path: "/certificates" }, {}, false],
    ["takes a dot for a dot", { path: "/certificates/w.b" }, {}, false],
    ["takes * for anything within a segment", { path: "/certificates/w*" }, {}, true],
    ["takes * for one segment only", { path: "/*" }, {}, false],
    ["takes ** for any number of segments", { path: "/**" }, {}, true],
    ["is about a parameter of the query", { query: { a: "1" } }, { query: { a: "1", b: "2" } }, true],
    ["is not about another value of the parameter", { query: { a: "1" } }, { query: { a: "2" } }, false],
    ["takes * for any value of a parameter", { query: { a: "*" } }, { query: { a: "2" } }, true],
    ["is not about a call without the parameter", { query: { a: "*" } }, {}, false],
    ["takes null for a parameter that is absent", { query: { a: null } }, {}, true],
    [
      "is not about a call with a parameter that must be absent",
      { query: { a: null } },
      { query: { a: "" } },
      false,
    ],
    ["is about what needs a permission", { permission: "certificates/get" }, {}, true],
    [
      "is about what needs one of its permissions",
      { permission: ["keys/get", "certificates/get"] },
      {},
      true,
    ],
    ["is not about what needs another permission", { permission: "certificates/update" }, {}, false],
    [
      "with a permission is not about a caller without token",
      { permission: "certificates/get" },
      { authorized: false },
      false,
    ],
    ["is about callers without a token, if it says so", { authorized: false }, { authorized: false }, true],
    ["is not about the others then", { authorized: false }, {}, false],
  ])("%s", (_, rule, given, expected) => {
    expect(withRules({ ...rule, effect: reset }).decide(request(given)) !== undefined).toBe(expected);
  });

  test("that refuses access is about callers that the vault knows", () => {
    const rules = withRules({ effect: { refuse: "ForbiddenByRbac" } });
    expect(rules.decide(request({ authorized: false }))).toBeUndefined();
    expect(rules.decide(request())).toMatchObject({ rule: "fault-1" });
  });

  test("lets the first ones pass, disturbs so many, and is used up", () => {
    expect(pattern({ skip: 2, times: 2 }, 6)).toEqual([false, false, true, true, false, false]);
  });

  test("counts what it matched and what it disturbed, until it is used up", () => {
    const faults = withRules({ method: "GET", skip: 1, times: 1, effect: reset });
    for (const method of ["GET", "POST", "GET", "GET"]) faults.decide(request({ method }));
    expect(faults.list()).toEqual([
      { name: "fault-1", method: "GET", skip: 1, times: 1, effect: reset, matched: 2, fired: 1 },
    ]);
  });

  test("that is used up makes way for the next that matches", () => {
    const faults = withRules(
      { name: "other", method: "POST", effect: reset },
      { name: "first", times: 1, effect: reset },
      { name: "second", effect: reset },
    );
    const names = [1, 2, 3].map(() => faults.decide(request())?.rule);
    expect(names).toEqual(["first", "second", "second"]);
  });

  test("of a share leaves the rest to the next rule", () => {
    const faults = withRules({ name: "half", share: 0.5, effect: reset }, { name: "rest", effect: reset });
    const names = Array.from({ length: 100 }, () => faults.decide(request())?.rule);
    expect(new Set(names)).toEqual(new Set(["half", "rest"]));
  });

  test("has a name of its own, and one that is taken is refused", () => {
    const faults = withRules({ effect: reset }, { name: "fault-2", effect: reset }, { effect: reset });
    expect(faults.list().map(({ name }) => name)).toEqual(["fault-1", "fault-2", "fault-3"]);
    expect(() => faults.add({ name: "fault-1", effect: reset })).toThrow(/fault-1.*remove it first/);
  });

  test("can be taken away while the others keep their counts", () => {
    const faults = withRules({ name: "a", times: 1, effect: reset }, { name: "b", effect: reset });
    faults.decide(request());
    faults.decide(request());
    faults.remove("a");
    faults.remove("none");
    expect(faults.list()).toEqual([{ name: "b", effect: reset, matched: 1, fired: 1 }]);
    faults.clear();
    expect([faults.list(), faults.isEmpty, faults.decide(request())]).toEqual([[], true, undefined]);
  });

  test("is not changed by what becomes of the object it was given as", () => {
    const rule = { name: "a", effect: { delayMs: 1 } };
    const faults = withRules(rule);
    rule.effect.delayMs = 2;
    expect(faults.list()[0]?.effect).toEqual({ delayMs: 1 });
  });
});

describe("a seeded share", () => {
  test.each([0.1, 0.3, 0.5, 0.9])("of %p disturbs that much of many requests", (share) => {
    const hits = pattern({ share, seed: 7 }, 5000).filter(Boolean).length;
    expect(Math.abs(hits / 5000 - share)).toBeLessThan(0.03);
  });

  test.each([
    [0, 0],
    [1, 500],
  ])("of %p disturbs none or all: %p of 500", (share, expected) => {
    expect(pattern({ share, seed: 3 }, 500).filter(Boolean)).toHaveLength(expected);
  });

  test("falls on the same requests with the same seed, and on others with another", () => {
    expect(pattern({ share: 0.3, seed: 7 }, 200)).toEqual(pattern({ share: 0.3, seed: 7 }, 200));
    expect(pattern({ share: 0.3, seed: 7 }, 200)).not.toEqual(pattern({ share: 0.3, seed: 8 }, 200));
  });

  const chaos: FaultRule = {
    share: 0.3,
    seed: 7,
    when: "either",
    effect: [{ status: 503 }, { status: 500 }, reset],
  };

  test("spreads itself evenly over before and after, and over several effects", () => {
    const faults = withRules(chaos);
    const counts = new Map<string, number>();
    for (let left = 9000; left > 0; left -= 1) {
      const found = faults.decide(request());
      if (found === undefined) continue;
      const kind = `${found.when} ${JSON.stringify(found.effect)}`;
      counts.set(kind, (counts.get(kind) ?? 0) + 1);
    }
    expect(counts.size).toBe(6);
    // 9000 · 0.3 / 6
    for (const count of counts.values()) expect(Math.abs(count - 450)).toBeLessThan(90);
  });

  const paths = ["/certificates/a", "/certificates/b/pending", "/deletedcertificates/c"];
  const requests = fc.array(
    fc.record({ method: fc.constantFrom("GET", "POST", "DELETE"), path: fc.constantFrom(...paths) }),
    { maxLength: 60 },
  );
  const run = (rule: FaultRule, calls: readonly Partial<ObservedRequest>[]) => {
    const faults = withRules(rule);
    return calls.map((given): Disturbance | undefined => faults.decide(request(given)));
  };

  test("treats one sequence of requests alike every time", () => {
    fc.assert(
      fc.property(fc.integer(), requests, (seed, calls) => {
        expect(run({ ...chaos, seed }, calls)).toEqual(run({ ...chaos, seed }, calls));
      }),
    );
  });

  test("treats the requests of a path alike, whatever is asked of others in between", () => {
    fc.assert(
      fc.property(fc.integer(), requests, (seed, calls) => {
        const [only] = paths;
        const all = run({ ...chaos, seed }, calls).filter((_, index) => calls[index]?.path === only);
        const alone = calls.filter(({ path }) => path === only);
        expect(all).toEqual(run({ ...chaos, seed }, alone));
      }),
    );
  });

  test("does not go by the ids that every run makes anew", () => {
    const calls = (id: string) =>
      Array.from({ length: 50 }, () => ({ path: `/certificates/a/${id.repeat(32)}` }));
    expect(run(chaos, calls("a"))).toEqual(run(chaos, calls("7")));
  });
});
