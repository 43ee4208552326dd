import { attributeKeyword } from "./attribute-types";
import { formatDistinguishedName, type NameAttribute, parseDistinguishedName } from "./distinguished-name";

/**
 * One spelling of a name: keywords, spaces, quotes and escapes are settled; values keep their case, relative names their
 * order. A text that is no name comes back trimmed. Idempotent.
 */
export function normaliseDistinguishedName(text: string): string {
  const parsed = parseDistinguishedName(text);
  if ("reason" in parsed) return text.trim();
  return formatDistinguishedName(parsed.names.map((relative) => [...relative].sort(byType)));
}

/**
 * Whether two texts name the same entity (RFC 5280 §7.1): the case and the inner white space of values do not count, and neither does
 * the place of a type among others (certificate authorities sort them, and tools write names from either end). Among
 * several of one type, such as OU or DC, the order counts.
 */
export function sameDistinguishedName(a: string, b: string): boolean {
  return distinguishedNameKey(a) === distinguishedNameKey(b);
}

/** A text that is equal exactly for the names that `sameDistinguishedName` calls the same: for maps, not for people. */
export function distinguishedNameKey(text: string): string {
  const names = comparable(text);
  const [forwards, backwards] = [ordered(names), ordered([...names].reverse())];
  return forwards < backwards ? forwards : backwards;
}

/** The text of the first common name, or `undefined`. */
export function commonName(text: string): string | undefined {
  const parsed = parseDistinguishedName(text);
  if ("reason" in parsed) return undefined;
  return parsed.names.flat().find(({ oid }) => attributeKeyword(oid) === "CN")?.value;
}

function byType(a: NameAttribute, b: NameAttribute): number {
  return a.oid < b.oid ? -1 : a.oid > b.oid ? 1 : 0;
}

/** One entry per relative name: its types, and its types with folded values. */
type Comparable = readonly { readonly types: string; readonly folded: string }[];

function comparable(text: string): Comparable {
  const parsed = parseDistinguishedName(text);
  if ("reason" in parsed) return [{ types: "", folded: text.trim() }];
  return parsed.names.map((relative) => {
    const sorted = [...relative].sort(byType);
    return {
      types: sorted.map(({ oid }) => oid).join("+"),
      folded: sorted.map(({ oid, value }) => `${oid}=${fold(value)}`).join("+"),
    };
  });
}

function ordered(names: Comparable): string {
  return JSON.stringify(
    [...names]
      .sort((x, y) => (x.types < y.types ? -1 : x.types > y.types ? 1 : 0))
      .map(({ folded }) => folded),
  );
}

function fold(value: string): string {
  return value.normalize("NFKC").trim().replaceAll(/\s+/g, " ").toLowerCase();
}
