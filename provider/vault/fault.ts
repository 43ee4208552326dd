import { type Fault, type FaultKind } from "./outcome";

// Codes of Node's sockets, resolver and TLS, and of undici. What is in no row is "broken": not known to be harmless.
const kindOfCode: Readonly<Record<string, FaultKind>> = {
  ENOTFOUND: "unresolved",
  EAI_AGAIN: "unresolved",
  EAI_NODATA: "unresolved",
  EAI_NONAME: "unresolved",
  ECONNREFUSED: "notSent",
  EHOSTUNREACH: "notSent",
  ENETUNREACH: "notSent",
  EADDRNOTAVAIL: "notSent",
  UND_ERR_CONNECT_TIMEOUT: "notSent",
  CERT_HAS_EXPIRED: "untrusted",
  CERT_NOT_YET_VALID: "untrusted",
  CERT_SIGNATURE_FAILURE: "untrusted",
  CERT_UNTRUSTED: "untrusted",
  DEPTH_ZERO_SELF_SIGNED_CERT: "untrusted",
  SELF_SIGNED_CERT_IN_CHAIN: "untrusted",
  UNABLE_TO_GET_ISSUER_CERT: "untrusted",
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: "untrusted",
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: "untrusted",
  ERR_TLS_CERT_ALTNAME_INVALID: "untrusted",
};

const words: Readonly<Record<string, string>> = {
  UND_ERR_CONNECT_TIMEOUT: "no connection in time",
  UND_ERR_HEADERS_TIMEOUT: "no reply in time",
};

/** What an error of the network means for the request. Pure: it looks at codes, never at a message. */
export function faultOf(error: unknown): Fault {
  const parts = errorsIn(error);
  const known = parts.find(({ code }) => code !== undefined && Object.hasOwn(kindOfCode, code));
  const timedOutConnecting = parts.some(({ code, syscall }) => code === "ETIMEDOUT" && syscall === "connect");
  const fallback: FaultKind = timedOutConnecting ? "notSent" : "broken";
  const fault = known?.code === undefined ? fallback : (kindOfCode[known.code] ?? fallback);
  return { kind: "fault", fault, reason: reasonOf(known ?? parts[0]), cause: error };
}

interface Part {
  readonly code?: string;
  readonly syscall?: string;
  readonly message: string;
}

// Node tries the addresses of a host one after the other, and then throws one error that holds theirs. What it throws
// is looked at by shape: an error of Node's own may be of another realm than the `Error` of this module.
function errorsIn(error: unknown, depth = 0): Part[] {
  if (typeof error !== "object" || error === null || depth > 3) return [];
  const { message, code, syscall, errors, cause } = error as Readonly<Record<string, unknown>>;
  if (typeof message !== "string") return [];
  const self: Part = {
    message,
    ...(typeof code === "string" && { code }),
    ...(typeof syscall === "string" && { syscall }),
  };
  const inner: unknown[] = Array.isArray(errors) ? errors : [];
  return [self, ...[...inner, cause].flatMap((part) => errorsIn(part, depth + 1))];
}

function reasonOf(part: Part | undefined): string {
  if (part === undefined) return "unknown network error";
  const known = part.code !== undefined && Object.hasOwn(words, part.code) ? words[part.code] : undefined;
  const text = known ?? part.message;
  if (text === "") return part.code ?? "unknown network error";
  return part.code === undefined || text.includes(part.code) ? text : `${text} (${part.code})`;
}
