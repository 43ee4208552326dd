import { isIPv4, isIPv6 } from "node:net";
import * as der from "./der";

/** Names of the KeyUsage bits in the order of RFC 5280 §4.2.1.3; the service accepts `crlSign` as well. */
export const keyUsageNames = [
  "digitalSignature",
  "nonRepudiation",
  "keyEncipherment",
  "dataEncipherment",
  "keyAgreement",
  "keyCertSign",
  "cRLSign",
  "encipherOnly",
  "decipherOnly",
] as const;

/** Position of a KeyUsage bit, or -1 for a name that is none. Case does not count. */
export const keyUsageBit = (name: string): number =>
  keyUsageNames.findIndex((known) => known.toLowerCase() === name.toLowerCase());

/** Subject alternative names by kind. */
export interface AlternativeNames {
  readonly emails?: readonly string[] | undefined;
  readonly upns?: readonly string[] | undefined;
  readonly dnsNames?: readonly string[] | undefined;
  readonly uris?: readonly string[] | undefined;
  readonly ipAddresses?: readonly string[] | undefined;
}

const oids = {
  subjectKeyIdentifier: "2.5.29.14",
  keyUsage: "2.5.29.15",
  subjectAlternativeName: "2.5.29.17",
  basicConstraints: "2.5.29.19",
  authorityKeyIdentifier: "2.5.29.35",
  extendedKeyUsage: "2.5.29.37",
  userPrincipalName: "1.3.6.1.4.1.311.20.2.3",
};

function extension(oid: string, critical: boolean, value: Buffer): Buffer {
  const flag = critical ? [der.boolean(true)] : [];
  return der.sequence(der.objectIdentifier(oid), ...flag, der.octetString(value));
}

/** KeyUsage, critical; undefined where no bit is named. */
export function keyUsage(names: readonly string[]): Buffer | undefined {
  const bits = names.map(keyUsageBit).filter((bit) => bit >= 0);
  if (bits.length === 0) return undefined;
  const highest = Math.max(...bits);
  const bytes = Buffer.alloc(Math.floor(highest / 8) + 1);
  for (const bit of bits)
    bytes[Math.floor(bit / 8)] = (bytes[Math.floor(bit / 8)] ?? 0) | (0x80 >> (bit % 8));
  return extension(oids.keyUsage, true, der.bitString(bytes, 7 - (highest % 8)));
}

/** BasicConstraints; not critical for an end entity, as the service writes it, and critical for a CA. */
export function basicConstraints(ca: boolean): Buffer {
  return extension(oids.basicConstraints, ca, ca ? der.sequence(der.boolean(true)) : der.sequence());
}

/** ExtendedKeyUsage; undefined where there is no purpose. */
export function extendedKeyUsage(purposes: readonly string[]): Buffer | undefined {
  if (purposes.length === 0) return undefined;
  return extension(oids.extendedKeyUsage, false, der.sequence(...purposes.map(der.objectIdentifier)));
}

/** SubjectAltName, critical where there is no subject; in the service's order: e-mail, UPN, DNS, URI, IP. */
export function subjectAlternativeName(names: AlternativeNames, critical: boolean): Buffer | undefined {
  const all = [
    ...(names.emails ?? []).map((email) => der.implicit(1, Buffer.from(email, "latin1"))),
    ...(names.upns ?? []).map(userPrincipalName),
    ...(names.dnsNames ?? []).map((name) => der.implicit(2, Buffer.from(name, "latin1"))),
    ...(names.uris ?? []).map((uri) => der.implicit(6, Buffer.from(new URL(uri).href, "latin1"))),
    ...(names.ipAddresses ?? []).map((address) => der.implicit(7, addressBytes(address))),
  ];
  return all.length === 0
    ? undefined
    : extension(oids.subjectAlternativeName, critical, der.sequence(...all));
}

function userPrincipalName(name: string): Buffer {
  return der.explicit(0, der.objectIdentifier(oids.userPrincipalName), der.explicit(0, der.utf8String(name)));
}

/** The four or sixteen octets of an IP address (RFC 5280 §4.2.1.6). */
export function addressBytes(address: string): Buffer {
  if (isIPv4(address)) return Buffer.from(address.split(".").map(Number));
  if (!isIPv6(address)) throw new RangeError(`"${address}" is no IP address`);
  // The URL parser writes every form of an IPv6 address, embedded IPv4 included, in hexadecimal groups.
  const canonical = new URL(`http://[${address}]`).hostname.slice(1, -1);
  const [head = "", tail] = canonical.split("::");
  const groups = (text: string): string[] => (text === "" ? [] : text.split(":"));
  const left = groups(head);
  const right = groups(tail ?? "");
  const zeros = Array.from({ length: 8 - left.length - right.length }, () => "0");
  const words = [...left, ...zeros, ...right].map((group) => Number.parseInt(group, 16));
  return Buffer.from(words.flatMap((word) => [word >> 8, word & 0xff]));
}

export const subjectKeyIdentifier = (identifier: Buffer): Buffer =>
  extension(oids.subjectKeyIdentifier, false, der.octetString(identifier));

export const authorityKeyIdentifier = (identifier: Buffer): Buffer =>
  extension(oids.authorityKeyIdentifier, false, der.sequence(der.implicit(0, identifier)));
