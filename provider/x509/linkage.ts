import { X509Certificate } from "node:crypto";
import type { CertificateInfo } from "./certificate";
import { distinguishedNameKey } from "./same-name";

/** Who issued whom among the certificates of one input. Every signature is verified once at most. */
export interface Linkage {
  /** Those whose name the certificate names as its issuer's, whatever they signed. */
  readonly namesakesOfIssuer: (child: CertificateInfo) => readonly CertificateInfo[];
  /**
   * Those of them whose key has signed it. The signature is the proof (RFC 5280 §6.1.3); key identifiers only help to choose,
   * as they are computed in several ways (§4.2.1.2).
   */
  readonly issuersOf: (child: CertificateInfo) => readonly CertificateInfo[];
  readonly isSelfSigned: (certificate: CertificateInfo) => boolean;
  /** Two certificates of one authority: either can stand above what the other signed. */
  readonly isAlternate: (a: CertificateInfo, b: CertificateInfo) => boolean;
}

export function linkage(certificates: readonly CertificateInfo[]): Linkage {
  const nameKey = memo(distinguishedNameKey);
  const bySubject = new Map<string, CertificateInfo[]>();
  for (const certificate of certificates) {
    const key = nameKey(certificate.subject);
    bySubject.set(key, [...(bySubject.get(key) ?? []), certificate]);
  }
  const namesakesOfIssuer = (child: CertificateInfo): readonly CertificateInfo[] =>
    bySubject.get(nameKey(child.issuer)) ?? [];
  const issuersOf = memo((child: CertificateInfo): readonly CertificateInfo[] =>
    namesakesOfIssuer(child).filter((parent) => isSignedBy(child, parent)),
  );
  return {
    namesakesOfIssuer,
    issuersOf,
    isSelfSigned: (certificate) => issuersOf(certificate).includes(certificate),
    isAlternate: (a, b) => a.spkiSha256 === b.spkiSha256 && nameKey(a.subject) === nameKey(b.subject),
  };
}

/** Neither key identifier says that another key of that name has signed (RFC 5280 §4.2.1.1). */
export function keyIdentifiersAgree(child: CertificateInfo, parent: CertificateInfo): boolean {
  const { authorityKeyId } = child;
  const { subjectKeyId } = parent;
  return authorityKeyId === undefined || subjectKeyId === undefined || authorityKeyId === subjectKeyId;
}

function isSignedBy(child: CertificateInfo, parent: CertificateInfo): boolean {
  try {
    return nodeCertificate(child).verify(nodeCertificate(parent).publicKey);
  } catch {
    // A key that cannot verify this kind of signature at all.
    return false;
  }
}

function nodeCertificate({ derBase64 }: CertificateInfo): X509Certificate {
  return new X509Certificate(Buffer.from(derBase64, "base64"));
}

function memo<K, V>(compute: (key: K) => V): (key: K) => V {
  const known = new Map<K, { readonly value: V }>();
  return (key) => {
    const found = known.get(key) ?? { value: compute(key) };
    known.set(key, found);
    return found.value;
  };
}
