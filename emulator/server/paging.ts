import { refusals } from "../vault/errors";
import { isObject } from "../vault/request";
import type { Call } from "./call";

/**
 * One entry of what a list is made from. The service pages over everything that it keeps and leaves out what does
 * not belong only then, so that a page may be short, or empty, and still have a `nextLink`.
 */
export interface Row {
  /** Its place in the order, unique. */
  readonly key: string;
  /** Undefined: takes its place in a page without being shown. */
  readonly item: object | undefined;
}

const largestPage = 25;

/** The page that the call asks for: `{value, nextLink}`. `rowsOf` gets the options that the first page was asked with. */
export function listPage(
  call: Call,
  url: string,
  rowsOf: (options: { includePending: boolean }) => readonly Row[],
): object {
  const limit = pageSize(call.req.query("maxresults"));
  const position = positionOf(call);
  const rows = [...rowsOf(position)].sort((a, b) => (a.key < b.key ? -1 : 1));
  const rest = rows.filter(({ key }) => key > position.after);
  const page = rest.slice(0, limit);
  const last = page.at(-1);
  const more = rest.length > page.length && last !== undefined;
  return {
    value: page.flatMap(({ item }) => (item === undefined ? [] : [item])),
    nextLink: more ? nextLink(call, url, { limit, position: { ...position, after: last.key } }) : null,
  };
}

function pageSize(text: string | undefined): number {
  if (text === undefined) return largestPage;
  const size = Number(text);
  if (!Number.isInteger(size) || size < 1 || size > largestPage) throw refusals.invalidProperty("maxresults");
  return size;
}

interface Position {
  readonly after: string;
  readonly includePending: boolean;
}

/** `nextLink` has no `includePending`, so that the token carries it on. */
function positionOf(call: Call): Position {
  const token = call.req.query("$skiptoken");
  if (token === undefined) return { after: "", includePending: call.req.query("includePending") === "true" };
  const marker = decode(token);
  if (marker === undefined) throw refusals.invalidProperty("$skiptoken");
  return { includePending: marker.startsWith("1!"), after: marker.slice(2) };
}

function decode(token: string): string | undefined {
  try {
    const parsed: unknown = JSON.parse(Buffer.from(token, "base64").toString("utf8"));
    const marker = isObject(parsed) ? parsed["NextMarker"] : undefined;
    return typeof marker === "string" && /^[01]!/.test(marker) ? marker : undefined;
  } catch {
    return undefined;
  }
}

/** The service writes the port out, `:443` included, and drops `includePending`. */
function nextLink(
  call: Call,
  url: string,
  { limit, position }: { limit: number; position: Position },
): string {
  const { protocol, hostname, port } = new URL(url);
  const explicitPort = port === "" ? (protocol === "https:" ? "443" : "80") : port;
  const marker = `${position.includePending ? "1" : "0"}!${position.after}`;
  const token = Buffer.from(JSON.stringify({ NextMarker: marker, TargetLocation: 0 }))
    .toString("base64")
    .replace(/=+$/, "");
  const query = `api-version=${call.req.query("api-version") ?? ""}&$skiptoken=${encodeURIComponent(token)}&maxresults=${limit}`;
  return `${protocol}//${hostname}:${explicitPort}${call.req.path.replace(/\/$/, "")}?${query}`;
}
