import { type Reply } from "./outcome";

/** The service's `{"error":{"code","message","innererror":{"code"}}}`; empty for a reply that is not of it. */
export interface ServiceError {
  readonly code?: string | undefined;
  readonly innerCode?: string | undefined;
  readonly message?: string | undefined;
}

/** Never throws: a front end answers with HTML, and a broken one with half of a body. */
export function readServiceError(reply: Reply): ServiceError {
  const error = member(parseJson(reply.text), "error");
  return {
    code: text(member(error, "code")),
    innerCode: text(member(member(error, "innererror"), "code")),
    message: text(member(error, "message")),
  };
}

/** The parsed text; undefined for what is not JSON. */
export function parseJson(source: string): unknown {
  try {
    return JSON.parse(source) as unknown;
  } catch {
    return undefined;
  }
}

function member(value: unknown, property: string): unknown {
  if (typeof value !== "object" || value === null) return undefined;
  return (value as Readonly<Record<string, unknown>>)[property];
}

function text(value: unknown): string | undefined {
  return typeof value === "string" && value !== "" ? value : undefined;
}
