import fc from "fast-check";
import { Struct } from "google-protobuf/google/protobuf/struct_pb.js";
import { textAt, toPlain, toPlainObject } from "../../../provider/plugin/plain";

/** What the SDK does with whatever a handler returns: it throws for what is no plain JSON. */
function crosses(value: object): unknown {
  return Struct.fromJavaScript(toPlainObject(value)).toJavaScript();
}

class Hostile {
  readonly own = 1;
  readonly absent = undefined;
  get computed() {
    return "not own";
  }
  method() {
    return this.own;
  }
}

const cycle: Record<string, unknown> = { name: "cycle" };
cycle["self"] = cycle;
cycle["list"] = [cycle, { back: cycle }];
const shared = { a: 1 };
// eslint-disable-next-line no-sparse-arrays -- that is what is tried
const sparse = [1, , 3];

const rows: [string, unknown, unknown][] = [
  ["text", "a", "a"],
  ["a number", 1.5, 1.5],
  ["null", null, null],
  ["not a number", Number.NaN, null],
  ["infinity", Number.NEGATIVE_INFINITY, null],
  ["a big integer", 12345678901234567890n, "12345678901234567890"],
  ["a date", new Date(Date.UTC(2026, 0, 1)), "2026-01-01T00:00:00.000Z"],
  ["a date that is none", new Date(Number.NaN), null],
  ["a buffer", Buffer.from("abc"), "YWJj"],
  ["bytes", new Uint8Array([1, 2, 3]), "AQID"],
  ["an error", new TypeError("no"), "no"],
  [
    "a map",
    new Map<unknown, unknown>([
      ["a", 1],
      [2, undefined],
    ]),
    { a: 1 },
  ],
  ["a set", new Set([1, undefined, "b"]), [1, null, "b"]],
  ["a list with holes in it", sparse, [1, null, 3]],
  ["a list with absent parts", [undefined, () => 1, Symbol("s")], [null, null, null]],
  ["an instance of a class", new Hostile(), { own: 1 }],
  ["an object without a prototype", Object.assign(Object.create(null) as object, { a: 1 }), { a: 1 }],
  [
    "what is absent, deep inside",
    { a: { b: { c: undefined, d: [{ e: undefined }] } } },
    { a: { b: { d: [{}] } } },
  ],
  ["a cycle", cycle, { name: "cycle", list: [null, {}] }],
  ["the same object twice", { x: shared, y: [shared, shared] }, { x: { a: 1 }, y: [{ a: 1 }, { a: 1 }] }],
  ["properties named by symbols", { [Symbol("s")]: 1, a: 2 }, { a: 2 }],
  ["a promise", Promise.resolve(1), {}],
];

describe("a value at the boundary to the engine", () => {
  test.each(rows)("is plain where it was %s", (_, value, plain) => {
    expect(toPlain(value)).toEqual(plain);
    expect(crosses({ value })).toEqual({ value: plain });
  });

  test.each([
    ["undefined", undefined],
    ["a function", () => 1],
    ["a symbol", Symbol("s")],
  ])("is absent as a property where it was %s, and null alone", (_, value) => {
    expect(toPlainObject({ value, other: 1 })).toEqual({ other: 1 });
    expect(toPlain(value)).toBeNull();
  });

  test("is plain where it was a map whose keys have no text", () => {
    const value = new Map<unknown, unknown>([[Object.create(null), 1]]);
    expect(() => crosses({ value })).not.toThrow();
  });

  test("ends where the bag holds itself", () => {
    expect(() => crosses(cycle)).not.toThrow();
  });

  test("is plain JSON whatever it was, and what is plain JSON stays as it is", () => {
    const anything = fc.anything({
      withBigInt: true,
      withDate: true,
      withMap: true,
      withSet: true,
      withTypedArray: true,
      withSparseArray: true,
      withNullPrototype: true,
      withBoxedValues: true,
    });
    fc.assert(
      fc.property(anything, (value) => {
        const plain = toPlain(value);
        expect(isPlain(plain)).toBe(true);
        expect(JSON.stringify(toPlain(plain))).toBe(JSON.stringify(plain));
        expect(() => crosses({ value })).not.toThrow();
      }),
    );
    fc.assert(fc.property(fc.jsonValue(), (value) => expect(toPlain(value)).toEqual(value)));
  });
});

function isPlain(value: unknown): boolean {
  if (value === null || typeof value === "string" || typeof value === "boolean") return true;
  if (typeof value === "number") return Number.isFinite(value);
  if (typeof value !== "object") return false;
  // Array.from shows holes as undefined.
  return (Array.isArray(value) ? Array.from(value as unknown[]) : Object.values(value)).every(isPlain);
}

describe("a property that is to be text", () => {
  test("is given where it is text, and only then", () => {
    expect(textAt({ a: "x" }, "a")).toBe("x");
    expect(textAt({ a: 1 }, "a")).toBeUndefined();
    expect(textAt({}, "a")).toBeUndefined();
  });
});
