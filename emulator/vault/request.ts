import { refusals, type ServiceError } from "./errors";

/** A JSON object of a request, not looked into yet. */
export type JsonObject = Readonly<Record<string, unknown>>;

export const isObject = (value: unknown): value is JsonObject =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/**
 * Reads the members of a JSON object by type; a member of another type is refused with the error given.
 * `null` counts as absent, as clients write it for "not set".
 */
export class Members {
  constructor(
    private readonly source: JsonObject,
    private readonly refuse: () => ServiceError,
  ) {}

  has(name: string): boolean {
    return this.source[name] !== undefined && this.source[name] !== null;
  }

  object(name: string): JsonObject | undefined {
    return this.take(name, isObject);
  }

  text(name: string): string | undefined {
    return this.take(name, (value) => typeof value === "string");
  }

  flag(name: string): boolean | undefined {
    return this.take(name, (value) => typeof value === "boolean");
  }

  count(name: string): number | undefined {
    return this.take(name, (value): value is number => Number.isSafeInteger(value));
  }

  texts(name: string): readonly string[] | undefined {
    return this.take(
      name,
      (value): value is string[] => Array.isArray(value) && value.every((item) => typeof item === "string"),
    );
  }

  objects(name: string): readonly JsonObject[] | undefined {
    return this.take(name, (value): value is JsonObject[] => Array.isArray(value) && value.every(isObject));
  }

  private take<T>(name: string, accepts: (value: unknown) => value is T): T | undefined {
    if (!this.has(name)) return undefined;
    const value = this.source[name];
    if (accepts(value)) return value;
    throw this.refuse();
  }
}

export type Tags = Readonly<Record<string, string>>;

const maximumTags = 15;

/** What create, import, merge and update of a certificate have in common. */
export interface CertificateSettings {
  readonly enabled: boolean | undefined;
  readonly tags: Tags | undefined;
}

/** Reads `attributes.enabled` and `tags`; more than 15 tags are refused. */
export function readSettings(body: JsonObject): CertificateSettings {
  const refuse = (): ServiceError => refusals.invalidProperty("");
  const members = new Members(body, refuse);
  const attributes = new Members(members.object("attributes") ?? {}, refuse);
  const tags = members.object("tags");
  if (tags !== undefined && !areTags(tags)) throw refuse();
  return { enabled: attributes.flag("enabled"), tags };
}

function areTags(value: JsonObject): value is Tags {
  const entries = Object.entries(value);
  return entries.length <= maximumTags && entries.every(([, text]) => typeof text === "string");
}

/** Refuses a name that is not 1 to 127 letters, digits and hyphens. */
export function requireName(name: string): void {
  if (!/^[0-9a-zA-Z-]{1,127}$/.test(name)) throw refusals.invalidName(name);
}
