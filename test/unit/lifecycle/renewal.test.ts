import fc from "fast-check";
import { isDue, renewalDueOn, type Validity } from "../../../provider/lifecycle/renewal";
import { type Renewal } from "../../../provider/lifecycle/wanted";

const dayMs = 86_400_000;
const notBefore = Date.UTC(2026, 0, 1);
const lasting = (days: number): Validity => ({ notBefore, expiresOn: notBefore + days * dayMs });

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

  test("is due from that moment on, and never where there is none", () => {
    const renewal = { daysBeforeExpiry: 30 };
    const dueOn = renewalDueOn(lasting(365), renewal) ?? Number.NaN;
    expect(isDue(lasting(365), renewal, dueOn - 1)).toBe(false);
    expect(isDue(lasting(365), renewal, dueOn)).toBe(true);
    expect(isDue(lasting(30), renewal, dueOn)).toBe(false);
  });
});
