import { withoutSecrets } from "./hide";
import { parseJson } from "./json";
import { type Reply } from "./outcome";

/** The service's `{"error":{"code","message","innererror":{"code"}}}`; empty for a reply that is not of it. */
export interface ServiceError {
  readonly code?: string | undefined;
  readonly innerCode?: string | undefined;
  readonly message?: string | undefined;
}

// The longest real one, of an Azure Policy, has some 3000 characters.
const maxLength = 4000;

/**
 * Never throws: a front end answers with HTML, and a broken one with half of a body. The texts end up on a terminal: no
 * token that something on the way repeats, no control character but line ends, at most 4000 characters.
 */
export function readServiceError(reply: Reply): ServiceError {
  const error = member(parseJson(reply.text), "error");
  return {
    code: text(member(error, "code")),
    innerCode: text(member(member(error, "innererror"), "code")),
    message: text(member(error, "message")),
  };
}

function member(value: unknown, property: string): unknown {
  if (typeof value !== "object" || value === null) return undefined;
  return (value as Readonly<Record<string, unknown>>)[property];
}

function text(value: unknown): string | undefined {
  if (typeof value !== "string" || value === "") return undefined;
  const shown = withoutSecrets(value).replaceAll(/[^\P{Cc}\r\n]/gu, " ");
  return shown.length > maxLength ? `${shown.slice(0, maxLength)}…` : shown;
}
