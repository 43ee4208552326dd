const unitMs: Readonly<Record<string, number>> = {
  ns: 1e-6,
  us: 1e-3,
  µs: 1e-3, // U+00B5
  μs: 1e-3, // U+03BC
  ms: 1,
  s: 1000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
};

const part = /(\d+\.?\d*|\.\d+)(ns|us|µs|μs|ms|s|m|h|d)/g;

/**
 * Milliseconds of a duration as Pulumi's `customTimeouts` writes it: `5m`, `1h30m`, `40s`, `1d`. `undefined` for what is no
 * such duration, or none that lasts.
 * @see https://pkg.go.dev/time#ParseDuration
 */
export function parseDuration(text: string): number | undefined {
  const parts = [...text.matchAll(part)];
  if (parts.map(([whole]) => whole).join("") !== text.replace(/^\+/, "")) return undefined;
  const total = parts.reduce(
    (sum, [, amount, unit]) => sum + Number(amount) * (unitMs[unit ?? ""] ?? Number.NaN),
    0,
  );
  return Number.isFinite(total) && total > 0 ? total : undefined;
}
