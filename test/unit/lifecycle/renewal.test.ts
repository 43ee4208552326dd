import fc from "fast-check";
import { renewalDueOn, type Validity, wantedRenewal } from "../../../provider/lifecycle/renewal";
import { type Renewal } from "../../../provider/lifecycle/wanted";

const dayMs = 86_400_000;
const notBefore = Date.UTC(2026, 0, 1);
const lasting = (days: number): Validity => ({ notBefore, expiresOn: notBefore + days * dayMs });
const base = "0123456789abcdef";
const other = "fedcba9876543210";

const someValidity = fc
  .record({ start: fc.nat(2 ** 40), length: fc.integer({ min: 1, max: 2 ** 37 }) })
  .map(({ start, length }): Validity => ({ notBefore: start, expiresOn: start + length }));
const someRenewal: fc.Arbitrary<Renewal> = fc.oneof(
  fc.record({ daysBeforeExpiry: fc.integer({ min: 1, max: 32_400 }) }),
  fc.record({ lifetimePercentage: fc.integer({ min: 1, max: 99 }) }),
);

describe("when a version is due for renewal", () => {
  test.each<[number | undefined, number, Renewal]>([
    [335, 365, { daysBeforeExpiry: 30 }],
    [292, 365, { lifetimePercentage: 80 }],
    [3.65, 365, { lifetimePercentage: 1 }],
    [1, 2, { daysBeforeExpiry: 1 }],
    [undefined, 30, { daysBeforeExpiry: 30 }],
    [undefined, 7, { daysBeforeExpiry: 30 }],
  ])("is on its day %s where it lasts %i days and renewal is %j", (day, days, renewal) => {
    const dueOn = renewalDueOn(lasting(days), renewal);
    expect(dueOn).toBe(day === undefined ? undefined : notBefore + day * dayMs);
  });

  test("is never before it began nor after it ends: a renewal in every up would be the result", () => {
    fc.assert(
      fc.property(someValidity, someRenewal, (validity, renewal) => {
        const dueOn = renewalDueOn(validity, renewal) ?? validity.expiresOn;
        expect(dueOn).toBeGreaterThan(validity.notBefore);
        expect(dueOn).toBeLessThanOrEqual(validity.expiresOn);
      }),
    );
  });

  test("is always some time for a share of the lifetime, however short it is", () => {
    fc.assert(
      fc.property(someValidity, fc.integer({ min: 1, max: 99 }), (validity, lifetimePercentage) => {
        expect(renewalDueOn(validity, { lifetimePercentage })).toBeDefined();
      }),
    );
  });
});

describe("the ordinal of the renewal that is wanted", () => {
  test.each<[number, string, string | undefined, string | undefined, boolean]>([
    [0, "there is no version yet", undefined, undefined, false],
    [0, "there is no version, and so none that is due", undefined, undefined, true],
    [0, "the version was never renewed", base, undefined, false],
    [1, "it is due for the first time", base, undefined, true],
    [2, "it was renewed once and is due again", `${base}.1`, undefined, true],
    [3, "it was renewed three times and is not due", `${base}.3`, undefined, false],
    [1, "its renewal is under way", base, `${base}.1`, false],
    [1, "its renewal is under way, and it is still due", base, `${base}.1`, true],
    [0, "something else is wanted now", `${other}.4`, undefined, true],
    [0, "something else is wanted now, and the old one's renewal is under way", other, `${other}.1`, true],
    [2, "something else is current, and what is wanted was being renewed", other, `${base}.2`, false],
  ])("is %i where %s", (...[ordinal, , current, unfinished, due]) => {
    expect(wantedRenewal(base, { current, unfinished }, due)).toBe(ordinal);
  });

  const generation = (ordinal: number) => (ordinal === 0 ? base : `${base}.${ordinal}`);

  test("never repeats, and grows by one for each renewal", () => {
    let current = base;
    for (let count = 1; count < 50; count += 1) {
      const ordinal = wantedRenewal(base, { current, unfinished: undefined }, true);
      expect(ordinal).toBe(count);
      current = generation(ordinal);
    }
  });

  test("stays the same after a crash of the run that ordered it, so that it is not ordered twice", () => {
    fc.assert(
      fc.property(fc.nat(999), (renewed) => {
        const current = generation(renewed);
        const ordered = wantedRenewal(base, { current, unfinished: undefined }, true);
        const unfinished = generation(ordered);
        for (const due of [true, false])
          expect(wantedRenewal(base, { current, unfinished }, due)).toBe(ordered);
        // Nothing of the order was kept: the state is the one before.
        expect(wantedRenewal(base, { current, unfinished: undefined }, true)).toBe(ordered);
      }),
    );
  });
});
