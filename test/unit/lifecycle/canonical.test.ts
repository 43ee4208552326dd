import fc from "fast-check";
import { canonicalJson, fingerprint, type Plain } from "../../../provider/lifecycle/canonical";

const somePlain = fc.jsonValue({ maxDepth: 4 }) as fc.Arbitrary<Plain>;

describe("canonical JSON", () => {
  test.each<[string, Plain | undefined, string]>([
    ["sorts keys, deep too", { b: 1, a: { d: 1, c: 2 } }, '{"a":{"c":2,"d":1},"b":1}'],
    ["keeps the order of lists", [2, 1], "[2,1]"],
    ["leaves absent properties out", { a: undefined, b: null }, '{"b":null}'],
    ["has null for nothing", undefined, "null"],
    ["tells texts from numbers", { a: "1", b: 1 }, '{"a":"1","b":1}'],
  ])("%s", (_, value, text) => {
    expect(canonicalJson(value)).toBe(text);
  });

  test("is the same for the same value with its keys in another order", () => {
    fc.assert(
      fc.property(somePlain, (value) => {
        expect(canonicalJson(turnedRound(value))).toBe(canonicalJson(value));
      }),
    );
  });

  test("is another for another value", () => {
    fc.assert(
      fc.property(somePlain, somePlain, (a, b) => {
        const same = canonicalJson(a) === canonicalJson(b);
        expect(same).toBe(JSON.stringify(sortedKeys(a)) === JSON.stringify(sortedKeys(b)));
      }),
    );
  });

  test("means the value", () => {
    fc.assert(
      fc.property(somePlain, (value) => {
        const text = canonicalJson(value);
        expect(canonicalJson(JSON.parse(text) as Plain)).toBe(text);
      }),
    );
  });
});

describe("a fingerprint", () => {
  test("is pinned: states and tags that are in use hold some", () => {
    expect(fingerprint({ b: 1, a: "x" })).toBe("cdab067e9f3beb32");
  });

  test("has as many hexadecimal digits as are asked for", () => {
    expect(fingerprint("x", 8)).toMatch(/^[0-9a-f]{8}$/);
    expect(fingerprint("x")).toMatch(/^[0-9a-f]{16}$/);
  });
});

function turnedRound(value: Plain): Plain {
  if (Array.isArray(value)) return (value as Plain[]).map(turnedRound);
  if (typeof value !== "object" || value === null) return value;
  const entries = Object.entries(value as Record<string, Plain>).reverse();
  return Object.fromEntries(entries.map(([key, part]) => [key, turnedRound(part)]));
}

function sortedKeys(value: Plain): unknown {
  if (Array.isArray(value)) return (value as Plain[]).map(sortedKeys);
  if (typeof value !== "object" || value === null) return value;
  const bag = value as Record<string, Plain>;
  const keys = Object.keys(bag).sort();
  return { object: keys.map((key) => [key, sortedKeys(bag[key] ?? null)]) };
}
