import * as der from "./der";

/** The RDN types that the service's X.500 parser knows by name. E-mail is not among them: it answers 400. */
const attributeTypes: Readonly<Record<string, string>> = {
  CN: "2.5.4.3",
  SN: "2.5.4.4",
  SERIALNUMBER: "2.5.4.5",
  C: "2.5.4.6",
  L: "2.5.4.7",
  S: "2.5.4.8",
  ST: "2.5.4.8",
  STREET: "2.5.4.9",
  O: "2.5.4.10",
  OU: "2.5.4.11",
  T: "2.5.4.12",
  TITLE: "2.5.4.12",
  DESCRIPTION: "2.5.4.13",
  POSTALCODE: "2.5.4.17",
  POBOX: "2.5.4.18",
  PHONE: "2.5.4.20",
  G: "2.5.4.42",
  GIVENNAME: "2.5.4.42",
  I: "2.5.4.43",
  INITIALS: "2.5.4.43",
  DNQUALIFIER: "2.5.4.46",
  DC: "0.9.2342.19200300.100.1.25",
};

export interface Attribute {
  /** Dotted OID. */
  readonly type: string;
  readonly value: string;
}

/** RDNs in the order in which the string writes them, most specific first by convention. */
export type DistinguishedName = readonly (readonly Attribute[])[];

/**
 * Reads a distinguished name such as `CN=www.example.com, O="Contoso, Ltd.", C=US`.
 * Gives undefined where the text is none: no `=`, an unknown type, an empty value, an open quote.
 */
export function parseDistinguishedName(text: string): DistinguishedName | undefined {
  const rdns: Attribute[][] = [];
  let joined = false;
  for (const { part, separator } of split(text)) {
    const attribute = parseAttribute(part);
    if (attribute === undefined) return undefined;
    if (joined) rdns.at(-1)?.push(attribute);
    else rdns.push([attribute]);
    joined = separator === "+";
  }
  return rdns.length === 0 || joined ? undefined : rdns;
}

interface Piece {
  readonly part: string;
  readonly separator: string;
}

function split(text: string): Piece[] {
  const pieces: Piece[] = [];
  let part = "";
  let quoted = false;
  for (let index = 0; index < text.length; index += 1) {
    const character = text.charAt(index);
    if (character === "\\") {
      part += character + text.charAt(index + 1);
      index += 1;
    } else if (!quoted && ",;+".includes(character)) {
      pieces.push({ part, separator: character });
      part = "";
    } else {
      if (character === '"') quoted = !quoted;
      part += character;
    }
  }
  return [...pieces, { part: quoted ? "" : part, separator: "" }];
}

function parseAttribute(part: string): Attribute | undefined {
  const match = /^\s*(?:OID\.)?([A-Za-z][A-Za-z]*|\d+(?:\.\d+)+)\s*=\s*(.*?)\s*$/su.exec(part);
  const [, name = "", raw = ""] = match ?? [];
  const type = /^\d/.test(name) ? name : attributeTypes[name.toUpperCase()];
  const value = unquote(raw);
  return type === undefined || value === "" || value === undefined ? undefined : { type, value };
}

function unquote(raw: string): string | undefined {
  if (raw.startsWith('"')) {
    const inner = /^"((?:[^"\\]|\\.|"")*)"$/su.exec(raw)?.[1];
    return inner?.replaceAll('""', '"').replace(/\\(.)/gsu, "$1");
  }
  return raw.includes('"') ? undefined : raw.replace(/\\(.)/gsu, "$1");
}

/**
 * A Name (RFC 5280 §4.1.2.4). The service reverses the written order, so that the encoding runs from the
 * least specific RDN to the most specific one, and uses PrintableString wherever the value allows it.
 */
export function encodeName(name: DistinguishedName): Buffer {
  const rdns = [...name]
    .reverse()
    .map((attributes) =>
      der.setOf(
        ...attributes.map(({ type, value }) =>
          der.sequence(der.objectIdentifier(type), directoryString(type, value)),
        ),
      ),
    );
  return der.sequence(...rdns);
}

const domainComponent = "0.9.2342.19200300.100.1.25";

function directoryString(type: string, value: string): Buffer {
  if (type === domainComponent) return der.ia5String(value);
  return /^[A-Za-z0-9 '()+,\-./:=?]*$/.test(value) ? der.printableString(value) : der.utf8String(value);
}
