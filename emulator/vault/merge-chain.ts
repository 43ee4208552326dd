import { X509Certificate, type KeyObject } from "node:crypto";
import { refusals } from "./errors";
import { Members, type JsonObject } from "./request";

/** The service refuses "a huge blob"; where it draws the line is not known. */
const maximumLength = 64 * 1024;

/** A chain whose leaf answers a request, in the order of the linked secret. */
export interface MergedChain {
  /** DER. */
  readonly leaf: Buffer;
  readonly certificates: readonly Buffer[];
}

/**
 * Reads `x5c`: base64 of DER, or base64 of that base64, as two SDKs send it. The certificate of the key given
 * comes first in the result, unless the order sent is to be kept.
 */
export function chainOfMerge(body: JsonObject, publicKey: KeyObject, preserveOrder: boolean): MergedChain {
  const values = new Members(body, refusals.noCertificates).texts("x5c") ?? [];
  if (values.length === 0) throw refusals.noCertificates();
  const certificates = values.map(certificateOf);
  const leaf = certificates.find((certificate) => certificate.publicKey.equals(publicKey));
  if (leaf === undefined) throw refusals.publicKeyMismatch();
  const leafFirst = [leaf, ...certificates.filter((certificate) => certificate !== leaf)];
  return { leaf: leaf.raw, certificates: (preserveOrder ? certificates : leafFirst).map(({ raw }) => raw) };
}

const derSequence = 0x30;

function certificateOf(value: string): X509Certificate {
  if (value.length > maximumLength) throw refusals.valueTooLong();
  if (value.includes("BEGIN PKCS7")) throw refusals.noCertificates();
  const once = Buffer.from(value, "base64");
  const bytes = once[0] === derSequence ? once : Buffer.from(once.toString("latin1"), "base64");
  try {
    return new X509Certificate(bytes);
  } catch {
    throw refusals.unreadableCertificate();
  }
}
