export type JsonObject = Readonly<Record<string, unknown>>;

/** A reply that lacks what it must have. The message names the property in quotes, the demand, and what was found. */
export class ShapeError extends TypeError {
  override readonly name = "ShapeError";

  constructor(label: string, demand: string, found: unknown) {
    super(`"${label}" must be ${demand}, got ${describe(found)}`);
  }
}

export type Reader<T> = (value: unknown, label: string) => T;

export const asObject: Reader<JsonObject> = (value, label) => {
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw new ShapeError(label, "an object", value);
  }
  return value as JsonObject;
};

export const asString: Reader<string> = (value, label) => {
  if (typeof value !== "string") throw new ShapeError(label, "a string", value);
  return value;
};

export const asText: Reader<string> = (value, label) => {
  if (typeof value !== "string" || value === "") throw new ShapeError(label, "a non-empty string", value);
  return value;
};

export const asBoolean: Reader<boolean> = (value, label) => {
  if (typeof value !== "boolean") throw new ShapeError(label, "a boolean", value);
  return value;
};

export const asNumber: Reader<number> = (value, label) => {
  if (typeof value !== "number") throw new ShapeError(label, "a number", value);
  return value;
};

export const asArray: Reader<readonly unknown[]> = (value, label) => {
  if (!Array.isArray(value)) throw new ShapeError(label, "an array", value);
  return value;
};

/** Reads each element; the label of a bad one ends in its index. */
export function asArrayOf<T>(read: Reader<T>): Reader<T[]> {
  return (value, label) => asArray(value, label).map((item, index) => read(item, `${label}[${index}]`));
}

/** Reads a member that may be missing: the service writes some as null and leaves others out. */
export function optional<T>(
  object: JsonObject,
  property: string,
  read: Reader<T>,
  within = "",
): T | undefined {
  const value = object[property];
  return value === undefined || value === null ? undefined : read(value, within + property);
}

type OptionalKeys<T> = { [K in keyof T]-?: undefined extends T[K] ? K : never }[keyof T];
export type Compact<T> = Omit<T, OptionalKeys<T>> & { [K in OptionalKeys<T>]?: Exclude<T[K], undefined> };

/** The object without the members that are undefined. */
export function compact<T extends object>(object: T): Compact<T> {
  return Object.fromEntries(Object.entries(object).filter(([, value]) => value !== undefined)) as Compact<T>;
}

function describe(value: unknown): string {
  if (value === undefined) return "nothing";
  if (value === null) return "null";
  if (Array.isArray(value)) return "an array";
  if (typeof value === "object") return "an object";
  if (typeof value === "number" || typeof value === "boolean") return String(value);
  // Never the text itself: in the wrong place it may be long, or a secret.
  return typeof value === "string" ? `a string of ${value.length} characters` : `a ${typeof value}`;
}
