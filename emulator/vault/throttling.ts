/** How many keys may be made in how long. */
export interface Throttling {
  /** Default false. */
  readonly enabled: boolean;
  /** Default 20: what a vault gives software keys. */
  readonly keyCreations: number;
  /** Default 10 s, in milliseconds. The window slides. */
  readonly windowMs: number;
}

/** @see https://learn.microsoft.com/azure/key-vault/general/service-limits */
export const defaultThrottling: Throttling = { enabled: false, keyCreations: 20, windowMs: 10_000 };

/** The creations still counted at a time, one at that time among them; undefined: it is one too many. */
export function withKeyCreation(
  creations: readonly number[],
  { keyCreations, windowMs }: Throttling,
  now: number,
): readonly number[] | undefined {
  // Later ones are of a clock that was set back.
  const counted = creations.filter((at) => at > now - windowMs && at <= now);
  return counted.length < keyCreations ? [...counted, now] : undefined;
}
