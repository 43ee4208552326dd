import { X509Certificate } from "node:crypto";
import type { AlternativeNames } from "./alternative-names";
import { armour, decodeBase64 } from "./armour";
import { readElement } from "./der";
import { library } from "./library";
import { alternativeNames, nameText } from "./parsed-names";
import { describePublicKey, type PublicKeyInfo } from "./public-key";

/** What tells a certificate from every other, and how long it is good for. */
export interface CertificateIdentity {
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
}

/** An X.509 certificate (RFC 5280) as plain data: it may cross to the engine, and go into state. */
export interface CertificateInfo extends CertificateIdentity, PublicKeyInfo {
  /** RFC 4514; `""` where there is none. */
  subject: string;
  /** RFC 4514. */
  issuer: string;
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
  return reading(input, describe);
}

/** The same without what is in its names and extensions: what the outputs of a version show takes no X.509 library. */
export function identifyCertificate(input: string | Uint8Array): CertificateIdentity {
  return reading(input, (der) => identify(new X509Certificate(der)));
}

/**
 * Whether a certificate is for the key of a CSR, both DER in base64: by the bytes of the key, which a CSR (RFC 2986 §4.1) holds as they stand
 * in the certificate.
 */
export function isForKeyOf(certificate: string, csr: string): boolean {
  const spki = reading(certificate, (der) =>
    new X509Certificate(der).publicKey.export({ format: "der", type: "spki" }),
  );
  return decodeBase64(csr)?.includes(spki) === true;
}

function reading<T>(input: string | Uint8Array, read: (der: Buffer) => T): T {
  const der = typeof input === "string" ? decodeBase64(input) : input;
  const outer = der && readElement(der);
  if (der === undefined || outer === undefined) throw new TypeError("not a certificate in base64 or DER");
  if (outer.cutOff || outer.end !== der.length) throw new TypeError("not exactly one certificate");
  try {
    return read(Buffer.from(der));
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
    ...identify(native),
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

function identify(native: X509Certificate): CertificateIdentity {
  return {
    serialNumber: native.serialNumber,
    notBefore: seconds(native.validFromDate),
    expiresOn: seconds(native.validToDate),
    thumbprint: native.fingerprint.replaceAll(":", ""),
    thumbprintSha256: native.fingerprint256.replaceAll(":", ""),
    // As OpenSSL writes it: an input in BER and one in DER are the same certificate, with the same thumbprint.
    pem: armour("CERTIFICATE", native.raw),
  };
}

function seconds(date: Date): number {
  return Math.floor(date.getTime() / 1000);
}
