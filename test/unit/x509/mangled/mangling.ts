import fc from "fast-check";
import { pem } from "../openssl";
import {
  type Cast,
  foreign,
  type Foreign,
  type LeafName,
  leafNames,
  type Leaves,
  type Other,
} from "./certificates";
import { signedData } from "./signed-data";

/** One thing in a bundle, and how it is written down. */
interface Part {
  readonly what: LeafName | Other | Foreign;
  readonly form: keyof typeof forms;
  /** A bit of its DER that is turned over before it is written. */
  readonly flip: { readonly at: number; readonly bit: number } | undefined;
  readonly damage: Damage | undefined;
}

/** A mangled bundle as a recipe: certificates are made for each request anew, so that the bytes are known only with them. */
export interface Mangling {
  readonly parts: readonly Part[];
  readonly container: keyof typeof containers;
  readonly damages: readonly Damage[];
}

/** Something done to a text. Positions are shares of its length, in thousandths. */
interface Damage {
  readonly kind: keyof typeof damages;
  readonly at: number;
  readonly length: number;
  readonly bit: number;
}

/** Ways to write one certificate. */
const forms = {
  pem: (der: Buffer) => pem("CERTIFICATE", der),
  pemCrlf: (der: Buffer) => pem("CERTIFICATE", der, "\r\n"),
  pemTrusted: (der: Buffer) => pem("TRUSTED CERTIFICATE", der),
  pemAsKey: (der: Buffer) => pem("EC PARAMETERS", der),
  pemOneLine: (der: Buffer) =>
    `-----BEGIN CERTIFICATE-----${der.toString("base64")}-----END CERTIFICATE-----`,
  pemInComments: (der: Buffer) => `subject=CN = x\n# -- comment -- \n${pem("X509 CERTIFICATE", der)}\n`,
  base64: (der: Buffer) => der.toString("base64"),
  base64Lines: (der: Buffer) => der.toString("base64").replaceAll(/.{76}/g, "$&\r\n"),
  base64url: (der: Buffer) => der.toString("base64url"),
  base64Twice: (der: Buffer) => Buffer.from(der.toString("base64")).toString("base64"),
  base64OfPem: (der: Buffer) => Buffer.from(pem("CERTIFICATE", der)).toString("base64"),
  base64OfUtf16: (der: Buffer) =>
    Buffer.from(`\uFEFF${pem("CERTIFICATE", der)}`, "utf16le").toString("base64"),
  pkcs7: (der: Buffer) => pem("PKCS7", signedData([der])),
  pkcs7Base64: (der: Buffer) => signedData([der]).toString("base64"),
  pkcs7WithList: (der: Buffer) => pem("CMS", signedData([der, der], true)),
  utf8: (der: Buffer) => der.toString("utf8"),
  latin1: (der: Buffer) => der.toString("latin1"),
  hex: (der: Buffer) => der.toString("hex"),
} as const;

/** Ways to put texts together. */
const containers = {
  text: (texts: readonly string[]) => texts.join(""),
  lines: (texts: readonly string[]) => texts.join("\n"),
  list: (texts: readonly string[]) => [...texts],
  json: (texts: readonly string[]) => JSON.stringify({ status: "issued", certificates: texts }),
  html: (texts: readonly string[]) => `<html><body><pre>${texts.join("<br>")}</pre></body></html>`,
  base64: (texts: readonly string[]) => Buffer.from(texts.join("")).toString("base64"),
  utf16ReadAsUtf8: (texts: readonly string[]) => Buffer.from(`\uFEFF${texts.join("")}`, "utf16le").toString(),
  bigEndian: (texts: readonly string[]) =>
    Buffer.from(`\uFEFF${texts.join("")}`, "utf16le")
      .swap16()
      .toString("base64"),
  indented: (texts: readonly string[]) => texts.join("").replaceAll(/^/gm, "    "),
} as const;

/** What happens to files and to what is pasted. */
const damages = {
  cutEnd: (text: string, from: number) => text.slice(0, from),
  cutBeginning: (text: string, from: number) => text.slice(from),
  cutOut: (text: string, from: number, to: number) => text.slice(0, from) + text.slice(to),
  twice: (text: string, from: number, to: number) => text.slice(0, to) + text.slice(from),
  moved: (text: string, from: number, to: number) =>
    text.slice(from, to) + text.slice(0, from) + text.slice(to),
  flipped: (text: string, from: number, _to: number, bit: number) =>
    text.slice(0, from) + String.fromCharCode(text.charCodeAt(from) ^ (1 << bit)) + text.slice(from + 1),
  crlf: (text: string) => text.replaceAll("\n", "\r\n"),
  cr: (text: string) => text.replaceAll("\n", "\r"),
  escaped: (text: string) => text.replaceAll("\n", "\\n"),
  noLineBreaks: (text: string) => text.replaceAll("\n", ""),
  spaces: (text: string) => text.replaceAll("\n", " "),
  lowerCase: (text: string) => text.toLowerCase(),
  lowerCaseArmour: (text: string) => text.replaceAll(/-----[^-]+-----/g, (line) => line.toLowerCase()),
  fourDashes: (text: string) => text.replaceAll("-----", "----"),
  longDashes: (text: string) => text.replaceAll("-----", "\u2014\u2014\u2013"),
  noEnds: (text: string) => text.replaceAll(/-----END [^-]+-----/g, ""),
  noBeginnings: (text: string) => text.replaceAll(/-----BEGIN [^-]+-----/g, ""),
  noArmour: (text: string) => text.replaceAll(/-----[^-]+-----/g, ""),
  otherLabel: (text: string) => text.replaceAll(/(BEGIN|END) [^-]+/g, "$1 PKCS7"),
  headers: (text: string) => text.replaceAll(/(-----BEGIN [^-]+-----)/g, "$1\nProc-Type: 4,CLEAR\n"),
  garbageBefore: (text: string) => `\uFEFF--boundary\r\nContent-Type: application/pem\r\n\r\n${text}`,
  garbageAfter: (text: string) => `${text}\n--boundary--\u0000\u0001`,
  base64Sign: (text: string, from: number) => `${text.slice(0, from)}=${text.slice(from)}`,
  umlaut: (text: string, from: number) => `${text.slice(0, from)}ü${text.slice(from)}`,
  quoted: (text: string) => JSON.stringify(text),
} as const;

const names = <T extends object>(table: T) => Object.keys(table) as (keyof T)[];

const damage: fc.Arbitrary<Damage> = fc.record({
  kind: fc.constantFrom(...names(damages)),
  at: fc.nat(999),
  length: fc.nat(300),
  bit: fc.nat(6),
});

const seldom = <T>(arbitrary: fc.Arbitrary<T>, one: number): fc.Arbitrary<T | undefined> =>
  fc.oneof({ weight: one - 1, arbitrary: fc.constant(undefined) }, { weight: 1, arbitrary });

const authorities: readonly Other[] = ["issuing", "policy", "root"];
const bystanders: readonly Other[] = [
  "crossed",
  "secondGeneration",
  "expiredCa",
  "futureCa",
  "noCa",
  "strangerRoot",
  "strangerIssuing",
  "strangerLeaf",
];

/** The authorities of leaves that the usual ones have not signed. */
const signers: { readonly [L in LeafName]?: Other } = {
  leafOfExpiredCa: "expiredCa",
  leafOfFutureCa: "futureCa",
  leafOfNoCa: "noCa",
};

/** Mostly a bundle that is nearly good: a leaf, some of its authorities, now and then something else, in any order. */
const ingredients = fc
  .record({
    leaf: fc.option(
      fc.oneof(
        { weight: 2, arbitrary: fc.constant("leaf" as const) },
        { weight: 1, arbitrary: fc.constantFrom(...leafNames) },
      ),
      { freq: 12 },
    ),
    authorities: fc.oneof(
      { weight: 3, arbitrary: fc.constant([...authorities]) },
      { weight: 2, arbitrary: fc.subarray([...authorities]) },
    ),
    bystanders: fc.oneof(
      { weight: 3, arbitrary: fc.constant<Other[]>([]) },
      { weight: 1, arbitrary: fc.subarray([...bystanders], { maxLength: 3 }) },
    ),
    foreign: seldom(fc.constantFrom(...foreign), 3),
    repeated: fc.nat(2),
  })
  .chain(({ leaf, authorities: above, bystanders: beside, foreign: odd, repeated }) => {
    const signer = leaf === null ? undefined : signers[leaf];
    const once: Part["what"][] = [...(leaf === null ? [] : [leaf]), ...above, ...beside];
    if (signer !== undefined && !beside.includes(signer)) once.push(signer);
    if (odd !== undefined) once.push(odd);
    const all = [...once, ...once.slice(0, repeated)];
    return fc.shuffledSubarray(all, { minLength: all.length });
  });

const form: fc.Arbitrary<keyof typeof forms> = fc.oneof(
  { weight: 2, arbitrary: fc.constant("pem" as const) },
  { weight: 1, arbitrary: fc.constantFrom(...names(forms)) },
);

export const manglings: fc.Arbitrary<Mangling> = ingredients.chain((whats) =>
  fc.record({
    parts: fc.tuple(
      ...whats.map((what) =>
        fc.record({
          what: fc.constant(what),
          form,
          flip: seldom(fc.record({ at: fc.nat(999), bit: fc.nat(7) }), 20),
          damage: seldom(damage, 25),
        }),
      ),
    ),
    container: fc.oneof(
      { weight: 3, arbitrary: fc.constantFrom("text" as const, "list" as const, "lines" as const) },
      { weight: 1, arbitrary: fc.constantFrom(...names(containers)) },
    ),
    damages: fc.oneof(
      { weight: 2, arbitrary: fc.constant<Damage[]>([]) },
      { weight: 1, arbitrary: fc.array(damage, { minLength: 1, maxLength: 2 }) },
    ),
  }),
);

/** The leaves that a recipe needs. */
export function leavesOf({ parts }: Mangling): LeafName[] {
  return leafNames.filter((name) => parts.some(({ what }) => what === name));
}

/** A private key or a PFX is in the bundle, as whole as on the day it was made. */
export function holdsSecret({ parts, container, damages: done }: Mangling): boolean {
  const kept = done.length === 0 && (container === "list" || container === "lines");
  return (
    kept &&
    parts.some(
      ({ what, damage: harmed }) => harmed === undefined && /key|jwk|pfx/i.test(what) && what !== "publicKey",
    )
  );
}

/** The bundle that a recipe gives with these certificates. */
export function mangle(
  { parts, container, damages: done }: Mangling,
  cast: Cast,
  leaves: Leaves,
): string | string[] {
  const contents: Readonly<Record<string, Buffer | string>> = { ...cast.others, ...leaves, ...cast.texts };
  const texts = parts.map((part) => {
    const content = contents[part.what] ?? "";
    const text = typeof content === "string" ? content : forms[part.form](flipped(content, part.flip));
    return part.damage === undefined ? text : harm(text, part.damage);
  });
  const whole = containers[container](texts);
  const harmed = (text: string): string => done.reduce(harm, text);
  return typeof whole === "string" ? harmed(whole) : whole.map(harmed);
}

function flipped(der: Buffer, flip: Part["flip"]): Buffer {
  if (flip === undefined) return der;
  const copy = Buffer.from(der);
  const at = Math.floor((der.length * flip.at) / 1000);
  copy.writeUInt8(copy.readUInt8(at) ^ (1 << flip.bit), at);
  return copy;
}

function harm(text: string, { kind, at, length, bit }: Damage): string {
  const from = Math.floor((text.length * at) / 1000);
  const to = Math.min(text.length, from + 1 + Math.floor((text.length * length) / 1000));
  return damages[kind](text, from, to, bit);
}
