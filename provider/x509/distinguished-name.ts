import { attributeKeyword, attributeOid } from "./attribute-types";

/** One attribute of a relative distinguished name. */
export interface NameAttribute {
  /** Dotted decimal. */
  readonly oid: string;
  /** Text, without quotes and escapes; `#` and hexadecimal DER where the value is no text. */
  readonly value: string;
}

/** A distinguished name as written: relative names in the order of the text, several attributes where joined by `+`. */
export type RelativeNames = readonly (readonly NameAttribute[])[];

/** A parsed text, or what is wrong with it and what to write instead. */
export type ParsedName = { readonly names: RelativeNames } | { readonly reason: string };

/**
 * Reads both spellings in use: the one Key Vault takes (`CN=a, O="b, c"`, quotes doubled inside quotes, `;` for `,`) and the
 * one of RFC 4514 that this package writes (`O=b\, c`).
 */
export function parseDistinguishedName(text: string): ParsedName {
  const names: NameAttribute[][] = [];
  let rest = text;
  let joined = false;
  for (;;) {
    const next = readAttribute(rest);
    if ("reason" in next) return next;
    const last = names.at(-1);
    if (joined && last !== undefined) last.push(next.attribute);
    else names.push([next.attribute]);
    if (next.separator === undefined) return { names };
    joined = next.separator === "+";
    rest = next.rest;
  }
}

/**
 * Writes a name by RFC 4514, in the order given: `CN=a,O=b\, c`. Attribute types without a keyword are dotted decimal with the text
 * as it is (the RFC would have it in hexadecimal, for nobody to read).
 */
export function formatDistinguishedName(names: RelativeNames): string {
  return names
    .map((relative) =>
      relative.map(({ oid, value }) => `${attributeKeyword(oid)}=${escapeValue(value)}`).join("+"),
    )
    .join(",");
}

/** How a value with separators in it is written. */
export const quotesExample = `put the value in double quotes: O="Contoso, Inc."`;

type ReadAttribute =
  | { readonly attribute: NameAttribute; readonly separator: string | undefined; readonly rest: string }
  | { readonly reason: string };

function readAttribute(text: string): ReadAttribute {
  const head = /^[ \t\r\n]*([^=,;+"]*?)[ \t\r\n]*=[ \t\r\n]*/.exec(text);
  if (head === null) {
    const part = /^[^,;+]*/.exec(text)?.[0].trim() ?? "";
    if (part === "") return { reason: "has an empty part; remove the separator that has nothing beside it" };
    return { reason: `has "${part}", which is not attribute=value; write it as CN=…, and ${quotesExample}` };
  }
  const type = head[1] ?? "";
  const oid = attributeOid(type);
  if (oid === undefined) {
    return {
      reason: `has the unknown attribute "${type}"; write CN, O, OU, L, ST, C or DC, or a dotted identifier`,
    };
  }
  const tail = text.slice(head[0].length);
  const value = tail.startsWith('"') ? readQuoted(tail) : readPlain(tail);
  if (value === undefined)
    return { reason: `has a value of ${type} whose quotes do not match; ${quotesExample}` };
  if (value.text === "") return { reason: `has no value for ${type}; write one, or remove ${type}` };
  const separator = tail[value.length];
  return { attribute: { oid, value: value.text }, separator, rest: tail.slice(value.length + 1) };
}

interface ReadValue {
  readonly text: string;
  /** How much of the input it took, white space after it included. */
  readonly length: number;
}

function readQuoted(text: string): ReadValue | undefined {
  const match = /^"((?:[^"\\]|""|\\["\\]|\\(?!["\\]))*)"[ \t\r\n]*(?=[,;+]|$)/.exec(text);
  if (match === null) return undefined;
  return {
    text: (match[1] ?? "").replaceAll(/""|\\(["\\])/g, (_pair, escaped?: string) => escaped ?? '"'),
    length: match[0].length,
  };
}

function readPlain(text: string): ReadValue | undefined {
  const match = /^(?:\\[,+;"=<>#\\ ]|[^,;+"])*/.exec(text);
  const raw = match?.[0] ?? "";
  if (text[raw.length] === '"') return undefined;
  const kept = /^(?:\\[,+;"=<>#\\ ]|[^ \t\r\n]|[ \t\r\n]+(?=[^ \t\r\n]))*/.exec(raw)?.[0] ?? "";
  return { text: kept.replaceAll(/\\([,+;"=<>#\\ ]|[01][0-9a-f]|7f)/gi, unescapePair), length: raw.length };
}

function unescapePair(_pair: string, escaped: string): string {
  return escaped.length === 1 ? escaped : String.fromCharCode(parseInt(escaped, 16));
}

function escapeValue(value: string): string {
  if (/^#(?:[0-9a-f]{2})+$/i.test(value)) return value;
  return (
    value
      .replaceAll(/[,+;"\\<>]|^[ #]| $/g, "\\$&")
      // eslint-disable-next-line no-control-regex -- RFC 4514 §2.4 wants them in hexadecimal
      .replaceAll(/[\u0000-\u001f\u007f]/g, (c) => `\\${c.charCodeAt(0).toString(16).padStart(2, "0")}`)
  );
}
