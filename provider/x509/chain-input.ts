import { decodeBase64, type PemBlock, pemBlocks } from "./armour";
import { type CertificateInfo, readCertificate } from "./certificate";
import { contentKind, looksLikePfx, looksLikePrivateKey, withoutNulls } from "./content";
import { readElement } from "./der";
import { pkcs7Certificates } from "./pkcs7";
import { accepted, type Checked, refused } from "./refusal";

/** A chain as users give it: PEM, base64 DER or PKCS#7 in either as text, DER as bytes, or a list of any of them. */
export type ChainInput = string | Uint8Array | readonly (string | Uint8Array)[];

/** Characters, or bytes, of an input as a whole: a chain has some ten thousand, the trust store of an operating system 300 000. */
const mostCharacters = 1_000_000;

/** A piece of the input, and the words for where it stands. */
interface Piece {
  readonly content: string | Uint8Array;
  readonly place: string | undefined;
}

/**
 * Reads the certificates of a chain, in the order given, duplicates included. Text may be a PEM bundle with comments, any line
 * breaks and a byte order mark, with `CERTIFICATE`, `X509 CERTIFICATE`, `TRUSTED CERTIFICATE` (whose trust settings are left out),
 * `PKCS7` or `CMS` blocks, what they hold being judged by content and not by label; base64 of DER, or of such text; bytes
 * may be DER, several in a row, or text in UTF-8 or UTF-16.
 *
 * Refuses a private key or a PFX before anything else is looked at.
 * Codes: KVC_CHAIN_PRIVATE_KEY, _FOREIGN, _TOO_LARGE, _EMPTY, _DAMAGED.
 */
export function readChainInput(input: ChainInput): Checked<CertificateInfo[]> {
  const list = typeof input === "string" || input instanceof Uint8Array ? [input] : input;
  const pieces = list.map((content, index) => ({
    content: textOf(content),
    place: list.length > 1 ? `item ${index + 1}` : undefined,
  }));
  const secret = refuseSecrets(pieces);
  if (secret !== undefined) return secret;
  const size = pieces.reduce((sum, { content }) => sum + content.length, 0);
  if (size > mostCharacters) return refused("KVC_CHAIN_TOO_LARGE", { limit: mostCharacters });
  return collect(pieces, readPiece, {});
}

function refuseSecrets(pieces: readonly Piece[]): Checked<never> | undefined {
  const key = pieces.find(({ content }) => looksLikePrivateKey(content));
  if (key !== undefined) return refused("KVC_CHAIN_PRIVATE_KEY", at(key.place));
  const pfx = pieces.find(({ content }) => looksLikePfx(content));
  return pfx && refused("KVC_CHAIN_FOREIGN", { found: "pfx", ...at(pfx.place) });
}

/** Reads all, or stops at the first refusal; refuses an empty result. */
function collect<T>(
  items: Iterable<T>,
  read: (item: T, index: number) => Checked<CertificateInfo[]>,
  where: { readonly place?: string },
): Checked<CertificateInfo[]> {
  const found: CertificateInfo[] = [];
  let index = 0;
  for (const item of items) {
    const result = read(item, index);
    if (!result.ok) return result;
    found.push(...result.value);
    index += 1;
  }
  return found.length === 0 ? refused("KVC_CHAIN_EMPTY", where) : accepted(found);
}

function readPiece({ content, place }: Piece): Checked<CertificateInfo[]> {
  if (typeof content !== "string") return readDer(content, place);
  if (content.trim() === "") return refused("KVC_CHAIN_EMPTY", at(place));
  const { blocks, broken } = pemBlocks(content);
  if (broken) return damaged(place, "begins or ends with a PEM line that has no partner");
  if (blocks.length > 0) {
    return collect(
      blocks,
      (block, index) => readBlock(block, within(place, blocks.length, index)),
      at(place),
    );
  }
  const bytes = decodeBase64(content);
  if (bytes === undefined) return refused("KVC_CHAIN_FOREIGN", { found: kindOfText(content), ...at(place) });
  const text = textOf(bytes);
  const isTextAgain = typeof text === "string" && (text.includes("-----BEGIN") || isBase64OfDer(text));
  return isTextAgain ? readPiece({ content: text, place }) : readDer(bytes, place);
}

/** Two of Azure's SDKs encode twice, and the service takes it. */
function isBase64OfDer(text: string): boolean {
  const bytes = decodeBase64(text);
  return bytes !== undefined && contentKind(bytes) !== "unknown";
}

function readBlock({ label, body }: PemBlock, place: string | undefined): Checked<CertificateInfo[]> {
  const bytes = decodeBase64(body);
  if (bytes === undefined) return damaged(place, "is not base64");
  // OpenSSL's trust settings follow the certificate in such a block. They are about one machine, and are left behind.
  const end = label.startsWith("TRUSTED") ? readElement(bytes)?.end : undefined;
  return readDer(bytes.subarray(0, end), place);
}

/** One or more DER values in a row, as `cat a.der b.der` makes them. */
function readDer(bytes: Uint8Array, place: string | undefined): Checked<CertificateInfo[]> {
  return collect(derValues(bytes), (value) => readOne(value, place), at(place));
}

function* derValues(bytes: Uint8Array): Generator<Uint8Array> {
  for (let rest = bytes; rest.length > 0;) {
    const end = readElement(rest)?.end ?? rest.length;
    yield rest.subarray(0, end);
    rest = rest.subarray(end);
  }
}

function readOne(der: Uint8Array, place: string | undefined): Checked<CertificateInfo[]> {
  const kind = contentKind(der);
  if (kind !== "unknown" && kind !== "privateKey" && readElement(der)?.cutOff === true)
    return damaged(place, "is cut short");
  switch (kind) {
    case "certificate":
      return readWith(() => [readCertificate(der)], place, "cannot be read as X.509");
    case "pkcs7":
      return readPkcs7(der, place);
    case "privateKey":
      return refused("KVC_CHAIN_PRIVATE_KEY", at(place));
    case "unknown":
      return refused("KVC_CHAIN_FOREIGN", { found: "nothing readable", ...at(place) });
    default:
      return refused("KVC_CHAIN_FOREIGN", { found: kind, ...at(place) });
  }
}

function readPkcs7(der: Uint8Array, place: string | undefined): Checked<CertificateInfo[]> {
  const certificates = pkcs7Certificates(der);
  if (certificates === undefined) return damaged(place, "cannot be read as PKCS#7 with certificates");
  return certificates.length === 0
    ? refused("KVC_CHAIN_EMPTY", at(place))
    : readWith(() => certificates.map(readCertificate), place, "cannot be read as X.509");
}

function readWith(
  read: () => CertificateInfo[],
  place: string | undefined,
  why: string,
): Checked<CertificateInfo[]> {
  try {
    return accepted(read());
  } catch {
    // The parser's own words may quote the input, which is not to be shown.
    return damaged(place, why);
  }
}

/**
 * Text where the bytes are text: UTF-16, which shells on Windows write, also where it was read as UTF-8; or UTF-8. A comment of PEM may be in
 * any encoding.
 */
function textOf(content: string | Uint8Array): string | Uint8Array {
  if (typeof content === "string") return content.includes("\0") ? textOfUtf16(content) : content;
  if (content[0] === 0xff && content[1] === 0xfe) return new TextDecoder("utf-16le").decode(content);
  if (content[0] === 0xfe && content[1] === 0xff) return new TextDecoder("utf-16be").decode(content);
  const outer = readElement(content);
  if (outer?.tag === 0x30 && contentKind(content) !== "unknown") return content;
  try {
    return textOf(new TextDecoder("utf-8", { fatal: true }).decode(content));
  } catch {
    const text = Buffer.from(content).toString("latin1");
    return text.includes("-----BEGIN ") ? text : content;
  }
}

function textOfUtf16(text: string): string {
  // The mark, which is no UTF-8, has become two replacement characters.
  return withoutNulls(text).replace(/^\uFFFD{1,2}/, "");
}

function kindOfText(text: string): "html" | "json" | "bytesAsText" | "nothing readable" {
  if (/<(?:!doctype|html|head|body)\b/i.test(text) || /^\uFEFF?\s*<[a-z?!]/i.test(text)) return "html";
  if (/^\uFEFF?\s*[{[]/.test(text)) return "json";
  // What U+0030 and a length octet above 127 become when DER is decoded as text.
  return /^0[\uFFFD\u0080-\u00FF]/.test(text) ? "bytesAsText" : "nothing readable";
}

function damaged(place: string | undefined, why: string): Checked<never> {
  return refused("KVC_CHAIN_DAMAGED", { why, ...at(place) });
}

function at(place: string | undefined): { readonly place?: string } {
  return place === undefined ? {} : { place };
}

function within(place: string | undefined, blocks: number, index: number): string | undefined {
  const block = blocks > 1 ? `PEM block ${index + 1}` : undefined;
  return [place, block].filter((part) => part !== undefined).join(", ") || undefined;
}
