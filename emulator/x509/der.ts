/**
 * Writes the ASN.1 values that requests, certificates and PKCS#12 files are made of, as DER (X.690 §8, §10).
 * Written out rather than generated: the emulator decides order, string types and criticality byte by byte,
 * to match what the service issues.
 */

const tags = {
  boolean: 0x01,
  integer: 0x02,
  bitString: 0x03,
  octetString: 0x04,
  nullValue: 0x05,
  objectIdentifier: 0x06,
  utf8String: 0x0c,
  printableString: 0x13,
  ia5String: 0x16,
  utcTime: 0x17,
  generalizedTime: 0x18,
  sequence: 0x30,
  set: 0x31,
};

function length(size: number): Buffer {
  if (size < 0x80) return Buffer.from([size]);
  const bytes: number[] = [];
  for (let rest = size; rest > 0; rest = Math.floor(rest / 256)) bytes.unshift(rest % 256);
  return Buffer.from([0x80 | bytes.length, ...bytes]);
}

function tagged(tag: number, content: Uint8Array): Buffer {
  return Buffer.concat([Buffer.from([tag]), length(content.length), content]);
}

export const sequence = (...parts: Uint8Array[]): Buffer => tagged(tags.sequence, Buffer.concat(parts));

/** A SET OF: its elements in ascending order of their encodings, as DER demands. */
export const setOf = (...parts: Uint8Array[]): Buffer =>
  tagged(tags.set, Buffer.concat([...parts].sort((a, b) => Buffer.compare(a, b))));

export const boolean = (value: boolean): Buffer => tagged(tags.boolean, Buffer.from([value ? 0xff : 0x00]));

/** A non-negative INTEGER from its big-endian bytes; leading zeros are dropped, a sign byte is added where needed. */
export function integer(value: number | Uint8Array): Buffer {
  if (typeof value === "number") return tagged(tags.integer, Buffer.from([value]));
  let start = 0;
  while (start < value.length - 1 && value[start] === 0) start += 1;
  const magnitude = value.subarray(start);
  const signed = (magnitude[0] ?? 0) >= 0x80 ? Buffer.concat([Buffer.from([0]), magnitude]) : magnitude;
  return tagged(tags.integer, signed);
}

/** A BIT STRING of whole octets, or with `unused` bits at the end of the last one. */
export const bitString = (content: Uint8Array, unused = 0): Buffer =>
  tagged(tags.bitString, Buffer.concat([Buffer.from([unused]), content]));

export const octetString = (content: Uint8Array): Buffer => tagged(tags.octetString, content);

export const nullValue = (): Buffer => tagged(tags.nullValue, Buffer.alloc(0));

export const utf8String = (text: string): Buffer => tagged(tags.utf8String, Buffer.from(text, "utf8"));

export const printableString = (text: string): Buffer =>
  tagged(tags.printableString, Buffer.from(text, "latin1"));

export const ia5String = (text: string): Buffer => tagged(tags.ia5String, Buffer.from(text, "latin1"));

/** Context-specific `[number]`: `explicit` wraps a whole value, `implicit` replaces the tag of a primitive one. */
export const explicit = (number: number, ...parts: Uint8Array[]): Buffer =>
  tagged(0xa0 | number, Buffer.concat(parts));

export const implicit = (number: number, content: Uint8Array): Buffer => tagged(0x80 | number, content);

export function objectIdentifier(dotted: string): Buffer {
  const arcs = dotted.split(".").map(Number);
  const [first = 0, second = 0, ...rest] = arcs;
  return tagged(tags.objectIdentifier, Buffer.from([first * 40 + second, ...rest].flatMap(base128)));
}

function base128(arc: number): number[] {
  const digits = [arc % 128];
  for (let rest = Math.floor(arc / 128); rest > 0; rest = Math.floor(rest / 128)) {
    digits.unshift(0x80 | (rest % 128));
  }
  return digits;
}

/** UTCTime up to 2049, GeneralizedTime from 2050 on (RFC 5280 §4.1.2.5). */
export function time(milliseconds: number): Buffer {
  const at = new Date(milliseconds);
  const text = at.toISOString().replace(/[-:T]|\.\d{3}/g, "");
  return at.getUTCFullYear() < 2050
    ? tagged(tags.utcTime, Buffer.from(text.slice(2), "latin1"))
    : tagged(tags.generalizedTime, Buffer.from(text, "latin1"));
}
