import { decodeBase64, pemBlocks, withoutEscapes } from "./armour";
import { type DerElement, readElement, readElements } from "./der";
import { hasPrivateKeyMark } from "./private-key-marks";

/** What bytes are, judged by their outermost structure and not by any label around them. */
export type ContentKind =
  "certificate" | "request" | "pkcs7" | "pfx" | "privateKey" | "crl" | "publicKey" | "parameters" | "unknown";

/** A kind is known by the tags of the first elements, in hexadecimal, and by no more of the content than must be. */
interface Shape {
  readonly tags: RegExp;
  readonly when?: (first: DerElement, second: DerElement | undefined) => boolean;
  readonly kind: ContentKind;
}

const shapes: readonly Shape[] = [
  { tags: /^02 30 04/, kind: "privateKey" }, // PKCS#8
  { tags: /^02 04/, kind: "privateKey" }, // SEC 1
  { tags: /^30 04/, kind: "privateKey" }, // PKCS#8, encrypted
  { tags: /^02 02/, when: isSmall, kind: "privateKey" }, // PKCS#1: a version before the modulus
  { tags: /^02 02$/, when: isGenerator, kind: "parameters" }, // PKCS#3
  { tags: /^02 02 02$/, kind: "parameters" }, // PKCS#3 with a length, DSA
  { tags: /^02 02/, kind: "publicKey" },
  { tags: /^02 30/, when: isVersion1, kind: "parameters" }, // a curve by its numbers (RFC 3279 §2.3.5); a PFX has version 3
  { tags: /^02 30/, when: isSmall, kind: "pfx" },
  { tags: /^06/, when: isPkcs7Type, kind: "pkcs7" },
  { tags: /^30 03$/, kind: "publicKey" },
];

/** What a SIGNED structure signs (RFC 5280 §4.1 and §5.1, RFC 2986 §4.1). */
const signedShapes: readonly Shape[] = [
  { tags: /^a0/, kind: "certificate" },
  { tags: /^(?:02 )?30 30 1[78]/, kind: "crl" },
  { tags: /^02 30 30 30/, kind: "certificate" }, // without a version field: version 1
  { tags: /^02 30 30/, kind: "request" },
];

/**
 * Tells the kinds of DER apart that people paste where a certificate belongs: X.509 certificate and CRL (RFC 5280), PKCS#10
 * (RFC 2986), PKCS#7 (RFC 5652), PKCS#12 (RFC 7292), private keys (RFC 5958, 8017 and 5915; encrypted too), parameters of curves and
 * groups. Works on
 * cut-off bytes, so that half a private key is still known as one.
 */
export function contentKind(bytes: Uint8Array): ContentKind {
  const outer = readElement(bytes);
  if (outer?.tag === 0x06 && isCurve(outer)) return "parameters";
  if (outer?.tag !== 0x30) return "unknown";
  const elements = readElements(outer.content);
  const [first] = elements;
  return (
    kindAmong(shapes, elements) ??
    (first && kindAmong(signedShapes, readElements(first.content))) ??
    "unknown"
  );
}

/**
 * True where text or bytes hold a private key, in clear or encrypted, whole or cut off: PEM, DER, JWK, XML, OpenSSH or PuTTY, also in
 * base64 once more, or as UTF-16.
 */
export function looksLikePrivateKey(input: string | Uint8Array): boolean {
  if (typeof input !== "string") {
    return contentKind(input) === "privateKey" || looksLikePrivateKey(Buffer.from(input).toString());
  }
  const text = withoutEscapes(withoutNulls(input));
  return hasPrivateKeyMark(text) || encodedParts(text).some(isEncodedPrivateKey);
}

/** UTF-16 that was read as bytes or as UTF-8 has a NUL beside each character of its ASCII; no text has them for its own sake. */
export function withoutNulls(text: string): string {
  return text.includes("\0") ? text.replaceAll("\0", "") : text;
}

/** PFX carries a private key as a rule, so nothing of it may be shown either. */
export function looksLikePfx(input: string | Uint8Array): boolean {
  if (typeof input !== "string") return contentKind(input) === "pfx";
  return encodedParts(withoutEscapes(withoutNulls(input))).some((part) => contentKind(part) === "pfx");
}

function isEncodedPrivateKey(part: Buffer): boolean {
  const kind = contentKind(part);
  if (kind !== "unknown") return kind === "privateKey";
  // Kubernetes and others wrap PEM, or base64, in base64 once more.
  const text = withoutEscapes(withoutNulls(part.toString()));
  const inner = decodeBase64(text);
  return hasPrivateKeyMark(text) || (inner !== undefined && contentKind(inner) === "privateKey");
}

/**
 * Everything in a text that decodes as base64: bodies of PEM blocks, runs of lines that are nothing but base64, and long words of it
 * among other text, as in JSON.
 */
function encodedParts(text: string): Buffer[] {
  const { blocks } = pemBlocks(text);
  const words = text.split(/[^A-Za-z0-9+/_-]+/).filter(({ length }) => length >= 60);
  const candidates = [...blocks.map((block) => block.body), ...base64Runs(text), ...words, text];
  return candidates.map(decodeBase64).filter((part) => part !== undefined);
}

function base64Runs(text: string): string[] {
  const runs: string[][] = [[]];
  for (const line of text.split(/\r?\n|\r/)) {
    const trimmed = line.trim();
    if (/^[A-Za-z0-9+/_=-]+$/.test(trimmed)) runs.at(-1)?.push(trimmed);
    else runs.push([]);
  }
  return runs.map((run) => run.join(""));
}

function kindAmong(known: readonly Shape[], elements: readonly DerElement[]): ContentKind | undefined {
  const [first, second] = elements;
  if (first === undefined) return undefined;
  const tags = elements.map(({ tag }) => tag.toString(16).padStart(2, "0")).join(" ");
  return known.find((shape) => shape.tags.test(tags) && shape.when?.(first, second) !== false)?.kind;
}

/** A version number, and not half of a key. */
function isSmall(integer: DerElement): boolean {
  return integer.content.length === 1;
}

function isVersion1({ content }: DerElement): boolean {
  return content.length === 1 && content[0] === 1;
}

/** Of a group: the exponent of an RSA key, which may stand in its place, is odd, and 3 or 65537. */
function isGenerator(_prime: DerElement, generator: DerElement | undefined): boolean {
  const [value, ...more] = generator?.content ?? [];
  return more.length === 0 && (value === 2 || value === 5);
}

/** 1.2.840.10045.3.1.*, 1.3.132.0.* or 1.3.36.3.3.2.8.1.1.* (RFC 5480 §2.1.1.1, RFC 5639 §4.1). */
function isCurve({ content, cutOff }: DerElement): boolean {
  return !cutOff && /^(?:2a8648ce3d0301|2b810400|2b2403030208)/.test(Buffer.from(content).toString("hex"));
}

/** 1.2.840.113549.1.7.* */
function isPkcs7Type(identifier: DerElement): boolean {
  return Buffer.from(identifier.content).toString("hex").startsWith("2a864886f70d0107");
}
