import type { Plain } from "../lifecycle/canonical";

export type PlainObject = Record<string, Plain>;

/**
 * The value as plain JSON: what the engine can store. One `undefined` anywhere in what is given to the engine throws inside the plugin
 * process, after the certificate exists, and in an init error it hangs the call for ever; so nothing crosses without this.
 * Absent: `undefined`, functions, symbols. Numbers that JSON has not become null, dates and bytes become text.
 */
export function toPlain(value: unknown): Plain {
  return plain(value, new Set()) ?? null;
}

/** As `toPlain`, for the property bag itself. */
export function toPlainObject(value: object): PlainObject {
  return toPlain({ ...value }) as PlainObject;
}

/** The property where it is text. */
export function textAt(bag: PlainObject, name: string): string | undefined {
  const value = bag[name];
  return typeof value === "string" ? value : undefined;
}

function plain(value: unknown, above: ReadonlySet<object>): Plain | undefined {
  switch (typeof value) {
    case "string":
    case "boolean":
      return value;
    case "number":
      return Number.isFinite(value) ? value : null;
    case "bigint":
      return value.toString();
    case "object":
      return value === null ? null : plainObject(value, above);
    default:
      return undefined;
  }
}

function plainObject(value: object, above: ReadonlySet<object>): Plain | undefined {
  // A cycle has no JSON; what would repeat is left out.
  if (above.has(value)) return undefined;
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? null : value.toISOString();
  if (value instanceof Uint8Array) return Buffer.from(value).toString("base64");
  if (value instanceof Error) return value.message;
  const within = new Set([...above, value]);
  if (Array.isArray(value)) return Array.from(value, (item) => plain(item, within) ?? null);
  if (value instanceof Set) return plainObject([...value], within);
  const entries =
    value instanceof Map
      ? [...value].map(([key, item]) => [keyText(key), item] as const)
      : Object.entries(value);
  const kept = entries.flatMap(([key, item]) => {
    const part = plain(item, within);
    return part === undefined ? [] : [[key, part] as const];
  });
  return Object.fromEntries(kept);
}

/** An object may have no text at all (`String` throws): its JSON is one. */
function keyText(key: unknown): string {
  return typeof key === "object" && key !== null ? JSON.stringify(toPlain(key)) : String(key);
}
