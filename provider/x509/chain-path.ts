import type { CertificateInfo } from "./certificate";
import { keyIdentifiersAgree, type Linkage } from "./linkage";

/** How far clocks may be apart: a certificate is often used in the minute it was made. Seconds. */
export const clockSkew = 300;

/**
 * The way up from the leaf, each certificate with its issuer after it, up to a self-signed one or to the last whose issuer is
 * not among the others. Of several ways the soundest is taken, then the most complete: which certificates are there decides,
 * never their order.
 */
export function pathFrom(leaf: CertificateInfo, links: Linkage, now: number): CertificateInfo[] {
  const above = outlook(links, now);
  const path = [leaf];
  for (let top: CertificateInfo | undefined = leaf; top !== undefined && !links.isSelfSigned(top);) {
    const child: CertificateInfo = top;
    const candidates = links
      .issuersOf(child)
      .filter((candidate) => !path.some((member) => links.isAlternate(member, candidate)));
    top = best(candidates, child, above);
    if (top !== undefined) path.push(top);
  }
  return path;
}

/** The leaf among certificates of one key: one that is valid, one that an authority has signed and not its own key, then the newest. */
export function leafAmong(
  certificates: readonly CertificateInfo[],
  links: Linkage,
  now: number,
): CertificateInfo | undefined {
  return [...certificates].sort(
    (a, b) =>
      Number(isValid(b, now)) - Number(isValid(a, now)) ||
      Number(links.isSelfSigned(a)) - Number(links.isSelfSigned(b)) ||
      b.notBefore - a.notBefore ||
      b.expiresOn - a.expiresOn ||
      byHash(a, b),
  )[0];
}

/** What the best way up through a certificate is like. */
interface Outlook {
  readonly certificate: CertificateInfo;
  /** Certificates on that way for which the chain would be refused: no authority, or to be sent and not valid. */
  readonly faults: number;
  /** 1 where its root is not valid: no reason to refuse, as it is not sent, but whoever trusts only that one gets nowhere. */
  readonly deadRoots: 0 | 1;
  readonly selfSigned: boolean;
  /** The way ends in a self-signed certificate. */
  readonly anchored: boolean;
  /** Certificates on the way. */
  readonly height: number;
}

function outlook(links: Linkage, now: number): (certificate: CertificateInfo) => Outlook {
  const known = new Map<CertificateInfo, Outlook>();
  const of = (certificate: CertificateInfo): Outlook => {
    const found = known.get(certificate);
    if (found !== undefined) return found;
    const selfSigned = links.isSelfSigned(certificate);
    const valid = isValid(certificate, now);
    const faults = (certificate.isCa ? 0 : 1) + (selfSigned || valid ? 0 : 1);
    const deadRoots = selfSigned && !valid ? 1 : 0;
    const alone: Outlook = { certificate, faults, deadRoots, selfSigned, anchored: selfSigned, height: 1 };
    // Stands while the way above is looked at, so that authorities that have certified each other in a circle end.
    known.set(certificate, alone);
    const issuer = selfSigned ? undefined : best(links.issuersOf(certificate), certificate, of);
    if (issuer === undefined) return alone;
    const next = of(issuer);
    const whole: Outlook = {
      ...alone,
      faults: faults + next.faults,
      deadRoots: next.deadRoots,
      anchored: next.anchored,
      height: next.height + 1,
    };
    known.set(certificate, whole);
    return whole;
  };
  return of;
}

/**
 * Of several issuers of one certificate: the way with fewest faults, then one to a valid root; one whose key identifier agrees, as some clients insist; a
 * cross-certificate before the self-signed root, because it was put in on purpose and does no harm; the way that is complete,
 * then the longest; the certificate that lasts longest.
 */
function best(
  candidates: readonly CertificateInfo[],
  child: CertificateInfo,
  above: (certificate: CertificateInfo) => Outlook,
): CertificateInfo | undefined {
  const disagrees = (one: Outlook): number => Number(!keyIdentifiersAgree(child, one.certificate));
  const [first] = candidates
    .map(above)
    .sort(
      (a, b) =>
        a.faults - b.faults ||
        a.deadRoots - b.deadRoots ||
        disagrees(a) - disagrees(b) ||
        Number(a.selfSigned) - Number(b.selfSigned) ||
        Number(b.anchored) - Number(a.anchored) ||
        b.height - a.height ||
        b.certificate.expiresOn - a.certificate.expiresOn ||
        byHash(a.certificate, b.certificate),
    );
  return first?.certificate;
}

function isValid({ notBefore, expiresOn }: CertificateInfo, now: number): boolean {
  return notBefore <= now + clockSkew && now <= expiresOn;
}

function byHash(a: CertificateInfo, b: CertificateInfo): number {
  return a.thumbprintSha256 < b.thumbprintSha256 ? -1 : 1;
}
