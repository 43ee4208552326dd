import type { AlternativeNames } from "./alternative-names";
import { armour, decodeBase64 } from "./armour";
import { library } from "./library";
import { alternativeNames, nameText } from "./parsed-names";
import { type PublicKeyInfo, readPublicKey } from "./public-key";

/** A certification request (PKCS#10, RFC 2986) as plain data. */
export interface CertificateRequestInfo extends PublicKeyInfo {
  /** RFC 4514; `""` where there is none. */
  subject: string;
  subjectAlternativeNames: AlternativeNames;
  /** SubjectPublicKeyInfo, DER in base64. */
  publicKeyDer: string;
  /** `CERTIFICATE REQUEST`, 64 columns (RFC 7468 §7). */
  pem: string;
}

/**
 * Reads the CSR of a pending object: PKCS#10, DER in base64. Throws a TypeError for anything else: it comes from the service,
 * so nothing that a user gave can be the cause.
 */
export function readCsr(base64: string): CertificateRequestInfo {
  const der = derOf(base64);
  try {
    const csr = new (library().Pkcs10CertificateRequest)(der);
    const spki = new Uint8Array(csr.publicKey.rawData);
    return {
      subject: nameText(csr.subjectName),
      subjectAlternativeNames: alternativeNames(csr.extensions),
      ...readPublicKey(spki),
      publicKeyDer: Buffer.from(spki).toString("base64"),
      pem: armour("CERTIFICATE REQUEST", der),
    };
  } catch (cause) {
    throw new TypeError("the CSR of the pending certificate cannot be read as PKCS#10", { cause });
  }
}

/** Reads a CSR that `csrPem` has armoured. */
export function readCsrPem(pem: string): CertificateRequestInfo {
  return readCsr(csrBase64(pem));
}

/** DER in base64 of a CSR that `csrPem` has armoured. */
export function csrBase64(pem: string): string {
  return pem.replaceAll(/-----[^-]+-----|\s/g, "");
}

/** The CSR as PEM, without reading it. Throws a TypeError where it is not base64. */
export function csrPem(base64: string): string {
  return armour("CERTIFICATE REQUEST", derOf(base64));
}

function derOf(base64: string): Buffer {
  const der = decodeBase64(base64);
  if (der === undefined) throw new TypeError("the CSR of the pending certificate is not base64");
  return der;
}
