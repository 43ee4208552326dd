import { createHash } from "node:crypto";

/** Plain JSON: what crosses to the engine and what can be compared. */
export type Plain =
  null | boolean | number | string | readonly Plain[] | { readonly [key: string]: Plain | undefined };

/** JSON text with sorted keys and without absent properties: equal texts for equal values. */
export function canonicalJson(value: Plain | undefined): string {
  return JSON.stringify(sorted(value ?? null));
}

/** The first `hexDigits` of the SHA-256 of the canonical text, lower-case hex. */
export function fingerprint(value: Plain, hexDigits = 16): string {
  return createHash("sha256").update(canonicalJson(value)).digest("hex").slice(0, hexDigits);
}

function sorted(value: Plain): Plain {
  if (Array.isArray(value)) return (value as readonly Plain[]).map((item) => sorted(item));
  if (value === null || typeof value !== "object") return value;
  const entries = Object.entries(value as Record<string, Plain | undefined>)
    .filter((entry): entry is [string, Plain] => entry[1] !== undefined)
    .sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
  return Object.fromEntries(entries.map(([key, item]) => [key, sorted(item)]));
}
