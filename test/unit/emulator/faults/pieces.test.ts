import fc from "fast-check";
import { paddedLength, piecesOf } from "../../../../emulator/faults/pieces";
import type { FaultEffect } from "../../../../emulator/faults/rule";

const sent = (body: string, effect: FaultEffect): string =>
  Buffer.concat([...piecesOf(Buffer.from(body), effect)]).toString();

describe("the pieces of a body", () => {
  test.each<[string, FaultEffect, string]>([
    ["abc", {}, "abc"],
    ["", {}, ""],
    ["abc", { truncateAt: 0 }, ""],
    ["abc", { truncateAt: 2 }, "ab"],
    ["abc", { truncateAt: 9 }, "ab"],
    ["", { truncateAt: 9 }, ""],
    ["abc", { padTo: 5 }, "abc  "],
    ["abc", { padTo: 2 }, "abc"],
    ["abc", { padTo: 6, truncateAt: 4 }, "abc "],
  ])("of %j with %j are %j", (body, effect, expected) => {
    expect(sent(body, effect)).toBe(expected);
  });

  test("make up the padded body, none larger than asked for, and JSON stays JSON", () => {
    const inputs = [fc.json(), fc.nat(300_000), fc.integer({ min: 1, max: 200_000 })] as const;
    fc.assert(
      fc.property(...inputs, (body, padTo, bytes) => {
        const effect = { padTo, dribble: { bytes, everyMs: 0 } };
        const pieces = [...piecesOf(Buffer.from(body), effect)];
        const whole = Buffer.concat(pieces);
        expect(whole).toHaveLength(paddedLength(Buffer.from(body), effect));
        expect(pieces.filter(({ length }) => length > bytes)).toEqual([]);
        expect(JSON.parse(whole.toString())).toEqual(JSON.parse(body));
      }),
      { numRuns: 30 },
    );
  });
});
