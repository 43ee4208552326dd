import { type Renewal, baseOf, renewalOf } from "./wanted";

/** Of the current version, in Unix milliseconds. */
export interface Validity {
  readonly notBefore: number;
  readonly expiresOn: number;
}

const dayMs = 24 * 60 * 60 * 1000;

/**
 * When a version is due for renewal, in Unix milliseconds, or `undefined` where it would have been due before it began: a CA may
 * issue for less than the policy asks, and such a renewal would come in every `up`.
 */
export function renewalDueOn({ notBefore, expiresOn }: Validity, renewal: Renewal): number | undefined {
  const dueOn =
    renewal.daysBeforeExpiry === undefined
      ? notBefore + ((expiresOn - notBefore) * (renewal.lifetimePercentage ?? 100)) / 100
      : expiresOn - renewal.daysBeforeExpiry * dayMs;
  return dueOn > notBefore ? dueOn : undefined;
}

/** What the state knows of generations. */
export interface Generations {
  /** Of the current version. */
  readonly current: string | undefined;
  /** Of the last request, where it has not ended. */
  readonly unfinished: string | undefined;
}

/**
 * The ordinal of the renewal that is wanted now. A renewal that is due adds one; one that was requested and has not ended stays
 * wanted, so that it is gone on with and not asked for again; something else that is wanted begins at none.
 */
export function wantedRenewal(base: string, { current, unfinished }: Generations, isDue: boolean): number {
  const ongoing = unfinished !== undefined && baseOf(unfinished) === base ? renewalOf(unfinished) : 0;
  if (current === undefined || baseOf(current) !== base) return ongoing;
  return Math.max(ongoing, renewalOf(current) + (isDue ? 1 : 0));
}
