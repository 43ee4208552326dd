import { parseJson } from "./json";

/** A reply of whatever status. */
export interface Reply {
  readonly kind: "reply";
  readonly status: number;
  /** Lower-case names; a header that came more than once is joined by ", ". */
  readonly headers: Readonly<Record<string, string>>;
  readonly text: string;
}

/** No usable reply. */
export interface Fault {
  readonly kind: "fault";
  readonly fault: FaultKind;
  /** In words, for a message: never a header or a body. */
  readonly reason: string;
  readonly cause?: unknown;
}

/**
 * - `unresolved`: no address for the host's name; nothing was sent
 * - `notSent`: no connection; nothing was sent
 * - `untrusted`: the TLS certificate of the other side was refused; nothing was sent
 * - `broken`: the connection or its time ended before the whole reply was there; the request may have been carried out
 * - `tooLarge`: a reply over the limit; the request may have been carried out
 * - `aborted`: the caller's signal; the request may have been carried out
 */
export type FaultKind = "unresolved" | "notSent" | "untrusted" | "broken" | "tooLarge" | "aborted";

export type Outcome = Reply | Fault;

/** The request may have been carried out, and nothing says whether it was. */
export function isAmbiguous(outcome: Outcome): boolean {
  if (outcome.kind === "reply") return isTransientStatus(outcome.status);
  return outcome.fault === "broken" || outcome.fault === "tooLarge" || outcome.fault === "aborted";
}

/** A status that says nothing about the request itself: 5xx, and 408 from a front end. */
export function isTransientStatus(status: number): boolean {
  return status >= 500 || status === 408;
}

/** The reply says JSON and its body is none: a proxy, or the end of its time, has cut it off. */
export function breaksOff({ headers, text }: Reply): boolean {
  if (text === "" || !/[/+]json\b/i.test(headers["content-type"] ?? "")) return false;
  return parseJson(text) === undefined;
}

/**
 * How long the service asks to wait, in milliseconds; undefined without a readable `Retry-After`.
 *
 * A date is one of the service's clock, and is measured from the `Date` of the same reply: this machine's clock may be
 * minutes away from it.
 *
 * @see RFC 9110, section 10.2.3: seconds or an HTTP date.
 */
export function retryAfterMs(reply: Reply, now: number): number | undefined {
  const value = reply.headers["retry-after"]?.trim();
  if (value === undefined || value === "") return undefined;
  if (/^\d+$/.test(value)) return Number(value) * 1000;
  const date = httpDate(value);
  return date === undefined ? undefined : Math.max(0, date - (httpDate(reply.headers["date"]) ?? now));
}

/** Milliseconds since 1970 of an HTTP date; undefined for what is none. */
export function httpDate(value: string | undefined): number | undefined {
  // Date.parse takes more than dates: "-5" is a month to it.
  const date = value !== undefined && /^[a-z]{3},/i.test(value) ? Date.parse(value) : Number.NaN;
  return Number.isNaN(date) ? undefined : date;
}
