import { X509Certificate } from "node:crypto";
import type { CertificateInfo } from "./certificate";
import { sameDistinguishedName } from "./same-name";

/** `child` names `parent` as its issuer, and no key identifier says otherwise (RFC 5280 §4.2.1.1, §4.2.1.2, §6.1.3). */
export function namesAsIssuer(child: CertificateInfo, parent: CertificateInfo): boolean {
  if (!sameDistinguishedName(child.issuer, parent.subject)) return false;
  const { authorityKeyId } = child;
  return (
    authorityKeyId === undefined ||
    parent.subjectKeyId === undefined ||
    authorityKeyId === parent.subjectKeyId
  );
}

/** The signature of `child` verifies with the key of `parent`. */
export function isSignedBy(child: CertificateInfo, parent: CertificateInfo): boolean {
  try {
    return nodeCertificate(child).verify(nodeCertificate(parent).publicKey);
  } catch {
    // A key that cannot verify this kind of signature at all.
    return false;
  }
}

export function issued(parent: CertificateInfo, child: CertificateInfo): boolean {
  return namesAsIssuer(child, parent) && isSignedBy(child, parent);
}

export function isSelfSigned(certificate: CertificateInfo): boolean {
  return issued(certificate, certificate);
}

/** Two certificates of one authority: either can stand above what the other signed. */
export function isAlternate(a: CertificateInfo, b: CertificateInfo): boolean {
  return a.spkiSha256 === b.spkiSha256 && sameDistinguishedName(a.subject, b.subject);
}

function nodeCertificate({ derBase64 }: CertificateInfo): X509Certificate {
  return new X509Certificate(Buffer.from(derBase64, "base64"));
}
