import type { Renewal } from "./wanted";

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

/** Whether a version is due for renewal at `now`, in Unix milliseconds. */
export function isDue(validity: Validity, renewal: Renewal, now: number): boolean {
  const dueOn = renewalDueOn(validity, renewal);
  return dueOn !== undefined && now >= dueOn;
}
