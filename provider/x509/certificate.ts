import { X509Certificate } from "node:crypto";
import type { AlternativeNames } from "./alternative-names";
import { armour, decodeBase64 } from "./armour";
import { readElement } from "./der";
import { library } from "./library";
import { alternativeNames, nameText } from "./parsed-names";
import { describePublicKey, type PublicKeyInfo } from "./public-key";

/** An X.509 certificate (RFC 5280) as plain data: it may cross to the engine, and go into state. */
export interface CertificateInfo extends PublicKeyInfo {
  /** RFC 4514; `""` where there is none. */
  subject: string;
  /** RFC 4514. */
  issuer: string;
  /** Upper-case hexadecimal as `openssl x509 -serial` prints it. */
  serialNumber: string;
  /** Unix seconds. */
  notBefore: number;
  /** Unix seconds. */
  expiresOn: number;
  /** SHA-1 of the DER, upper-case hexadecimal. */
  thumbprint: string;
  /** SHA-256 of the DER, upper-case hexadecimal. */
  thumbprintSha256: string;
  /** `CERTIFICATE`, 64 columns (RFC 7468 §5). */
  pem: string;
  /** DER in base64, as an element of `x5c`. */
  derBase64: string;
  subjectAlternativeNames: AlternativeNames;
  /** Basic constraints say CA, and the key usage, where there is one, does not forbid it. */
  isCa: boolean;
  /** Upper-case hexadecimal. */
  authorityKeyId?: string;
  /** Upper-case hexadecimal. */
  subjectKeyId?: string;
  /** Dotted decimal; empty where the certificate names no usage. */
  enhancedKeyUsage: string[];
}

/**
 * Reads one certificate: DER, or DER in base64. Throws a TypeError for anything else, bytes after the certificate included; the
 * text names no part of the input.
 */
export function readCertificate(input: string | Uint8Array): CertificateInfo {
  const der = typeof input === "string" ? decodeBase64(input) : input;
  const outer = der && readElement(der);
  if (der === undefined || outer === undefined) throw new TypeError("not a certificate in base64 or DER");
  if (outer.cutOff || outer.end !== der.length) throw new TypeError("not exactly one certificate");
  try {
    return describe(Buffer.from(der));
  } catch (cause) {
    throw new TypeError("the certificate cannot be read", { cause });
  }
}

function describe(der: Buffer): CertificateInfo {
  const native = new X509Certificate(der);
  const {
    AuthorityKeyIdentifierExtension,
    SubjectKeyIdentifierExtension,
    X509Certificate: Parsed,
  } = library();
  const parsed = new Parsed(der);
  const extensions = [...parsed.extensions];
  const authorityKeyId = extensions.find((e) => e instanceof AuthorityKeyIdentifierExtension)?.keyId;
  const subjectKeyId = extensions.find((e) => e instanceof SubjectKeyIdentifierExtension)?.keyId;
  return {
    subject: nameText(parsed.subjectName),
    issuer: nameText(parsed.issuerName),
    serialNumber: native.serialNumber,
    notBefore: seconds(parsed.notBefore),
    expiresOn: seconds(parsed.notAfter),
    thumbprint: native.fingerprint.replaceAll(":", ""),
    thumbprintSha256: native.fingerprint256.replaceAll(":", ""),
    // As OpenSSL writes it: an input in BER and one in DER are the same certificate, with the same thumbprint.
    pem: armour("CERTIFICATE", native.raw),
    derBase64: native.raw.toString("base64"),
    subjectAlternativeNames: alternativeNames(extensions),
    ...describePublicKey(native.publicKey),
    isCa: native.ca,
    ...(authorityKeyId !== undefined && { authorityKeyId: authorityKeyId.toUpperCase() }),
    ...(subjectKeyId !== undefined && { subjectKeyId: subjectKeyId.toUpperCase() }),
    // Node calls the extended key usage `keyUsage`, and has none at all where the extension is not there.
    enhancedKeyUsage: [...((native.keyUsage as string[] | undefined) ?? [])],
  };
}

function seconds(date: Date): number {
  return Math.floor(date.getTime() / 1000);
}
