/** The middle of some measurements, and how far they lie apart. */
export interface Spread {
  readonly median: number;
  readonly least: number;
  readonly most: number;
}

/** @throws RangeError without a measurement */
export function spreadOf(values: readonly number[]): Spread {
  const sorted = [...values].sort((a, b) => a - b);
  const [least, most] = [sorted[0], sorted.at(-1)];
  const middle = (sorted.length - 1) / 2;
  const [low, high] = [sorted[Math.floor(middle)], sorted[Math.ceil(middle)]];
  if (least === undefined || most === undefined || low === undefined || high === undefined) {
    throw new RangeError("there is no median of nothing");
  }
  return { median: (low + high) / 2, least, most };
}

/** `9.1 s (8.8–9.9)`, with one unit for all. */
export function inWords({ median, least, most }: Spread, unit: string, digits = 0): string {
  const [middle, from, to] = [median, least, most].map((value) => value.toFixed(digits));
  return from === to ? `${middle} ${unit}` : `${middle} ${unit} (${from}–${to})`;
}
