import fc from "fast-check";
import {
  duration,
  nextLineInMs,
  nextLookAtSelfInMs,
  nextLookInMs,
  restInMs,
} from "../../../provider/lifecycle/pace";

/** Milliseconds between the end of a request and the look that sees it. */
function lostAfter(endMs: number): number {
  let look = nextLookInMs(0);
  while (look < endMs) look += nextLookInMs(look);
  return look - endMs;
}

describe("the pace of looks", () => {
  test("loses at most a tenth of the issuer's own time and a second, whenever it ends", () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 3 * 3_600_000 }), (endMs) => {
        expect(lostAfter(endMs)).toBeLessThanOrEqual(endMs / 10 + 1000);
      }),
      { numRuns: 1000 },
    );
  });

  test("loses at most a second at an issuer that is as fast as Self mostly is", () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 10_000 }), (endMs) => {
        expect(lostAfter(endMs)).toBeLessThanOrEqual(1000);
      }),
    );
  });

  test("loses at most a minute, however long it takes", () => {
    for (const hours of [1, 24, 24 * 7]) expect(lostAfter(hours * 3_600_000 + 1)).toBeLessThanOrEqual(60_000);
  });

  test("is a second at first and a minute at last, and never gets faster", () => {
    expect(nextLookInMs(0)).toBe(1000);
    expect(nextLookInMs(24 * 3_600_000)).toBe(60_000);
    fc.assert(
      fc.property(fc.nat(), fc.nat(), (a, b) => {
        expect(nextLookInMs(a + b)).toBeGreaterThanOrEqual(nextLookInMs(a));
      }),
    );
  });

  test("takes fewer than 120 looks for an issuer's hour", () => {
    let looks = 0;
    for (let at = 0; at < 3_600_000; at += nextLookInMs(at)) looks += 1;
    expect(looks).toBeLessThan(120);
  });
});

describe("the pace of looks at Self", () => {
  test("is a second for as long as Self has been seen to take, and an issuer's after that", () => {
    expect(nextLookAtSelfInMs(129_000)).toBe(1000);
    expect(nextLookAtSelfInMs(600_000)).toBe(nextLookInMs(600_000));
  });
});

describe("the rest between two looks", () => {
  test.each([
    ["until the next is due", 950, 1000, 950],
    ["half the pace after a look that took longer", 100, 1000, 500],
    ["half the pace where the next was due long ago", -90_000, 1000, 500],
    ["half the pace, however long that is", 0, 60_000, 30_000],
    ["the pace at most, where the clock was set back", 601_000, 1000, 1000],
  ])("is %s", (_, dueInMs, paceMs, rest) => {
    expect(restInMs(dueInMs, paceMs)).toBe(rest);
  });
});

describe("the pace of lines of progress", () => {
  test.each([0, 1, 8, 20])("is a second where %i wait", (waits) => {
    expect(nextLineInMs(waits)).toBe(1000);
  });

  test("keeps all that wait to twenty lines a second together", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 5000 }), (waits) => {
        expect((waits * 1000) / nextLineInMs(waits)).toBeLessThanOrEqual(20 + 1e-9);
      }),
    );
  });
});

describe("a duration in words", () => {
  test.each([
    [0, "0 s"],
    [-5, "0 s"],
    [499, "0 s"],
    [500, "1 s"],
    [4000, "4 s"],
    [59_499, "59 s"],
    [59_500, "1 min"],
    [60_000, "1 min"],
    [725_000, "12 min 5 s"],
    [3_599_000, "59 min 59 s"],
    [3_600_000, "1 h"],
    [3_720_000, "1 h 2 min"],
    [3_725_000, "1 h 2 min"],
    [90_000_000, "25 h"],
  ])("of %i ms is %s", (ms, words) => {
    expect(duration(ms)).toBe(words);
  });

  test("has at most two units and no zero beside another", () => {
    fc.assert(
      fc.property(fc.nat({ max: 1e9 }), (ms) => {
        expect(duration(ms)).toMatch(/^(\d+ s|[1-9]\d* min( [1-9]\d* s)?|[1-9]\d* h( [1-9]\d* min)?)$/);
      }),
    );
  });
});
