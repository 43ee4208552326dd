import type { CertificateInfo } from "./certificate";
import { isAlternate, isSelfSigned, isSignedBy, issued, namesAsIssuer } from "./linkage";

/** How far clocks may be apart: a certificate is often used in the minute it was made. Seconds. */
export const clockSkew = 300;

/**
 * The way up from the leaf, each certificate with its issuer after it, up to a self-signed one or to the last whose issuer is
 * not among the others. Which certificates are there decides, never their order.
 */
export function pathFrom(
  leaf: CertificateInfo,
  others: readonly CertificateInfo[],
  now: number,
): CertificateInfo[] {
  const path = [leaf];
  for (let top: CertificateInfo | undefined = leaf; top !== undefined && !isSelfSigned(top);) {
    const child: CertificateInfo = top;
    top = others
      .filter(
        (candidate) => !path.some((member) => isAlternate(member, candidate)) && issued(candidate, child),
      )
      .sort(byPreference(now))[0];
    if (top !== undefined) path.push(top);
  }
  return path;
}

/** The leaf among certificates of one key: the one that is valid, else the newest. */
export function newest(certificates: readonly CertificateInfo[], now: number): CertificateInfo | undefined {
  return [...certificates].sort(
    (a, b) =>
      Number(isValid(b, now)) - Number(isValid(a, now)) ||
      b.notBefore - a.notBefore ||
      b.expiresOn - a.expiresOn ||
      byHash(a, b),
  )[0];
}

/** What was left out of a path, told apart by what it means. */
export interface Leftovers {
  /** Bears the name that the top of the path is looking for, and did not sign it. */
  readonly impostor: CertificateInfo | undefined;
  /** Authorities that, if they belong to this chain at all, stand above a certificate that is missing. */
  readonly aboveGap: readonly CertificateInfo[];
  /** Nothing of this chain. */
  readonly unrelated: readonly CertificateInfo[];
}

export function sortLeftovers(
  path: readonly CertificateInfo[],
  others: readonly CertificateInfo[],
): Leftovers {
  const outside = others.filter((other) => !path.some((member) => member === other));
  const unrelated = outside.filter((other) => !path.slice(1).some((member) => isAlternate(member, other)));
  const top = path.at(-1);
  if (top === undefined || isSelfSigned(top)) return { impostor: undefined, aboveGap: [], unrelated };
  const impostor = unrelated.find((other) => namesAsIssuer(top, other) && !isSignedBy(top, other));
  return {
    impostor,
    aboveGap: unrelated.filter((other) => mayStandAbove(other, path, unrelated)),
    unrelated,
  };
}

/** An authority that is neither below the path, nor beside it, nor above a leaf of its own. */
function mayStandAbove(
  authority: CertificateInfo,
  path: readonly CertificateInfo[],
  unrelated: readonly CertificateInfo[],
): boolean {
  if (!authority.isCa) return false;
  if (path.some((member) => issued(member, authority))) return false;
  if (!isSelfSigned(authority) && path.some((member) => member.issuer === authority.issuer)) return false;
  const otherLeaves = unrelated.filter((other) => !other.isCa);
  return !otherLeaves.some((leaf) => pathFrom(leaf, unrelated, leaf.notBefore).includes(authority));
}

/**
 * Of several certificates of one issuer: one that is an authority and valid; then a cross-certificate before the self-signed root,
 * because it was put in on purpose and does no harm; then the one that lasts longest.
 */
function byPreference(now: number): (a: CertificateInfo, b: CertificateInfo) => number {
  const rank = (c: CertificateInfo): number =>
    (c.isCa ? 0 : 4) + (isValid(c, now) ? 0 : 2) + (isSelfSigned(c) ? 1 : 0);
  return (a, b) => rank(a) - rank(b) || b.expiresOn - a.expiresOn || byHash(a, b);
}

function isValid({ notBefore, expiresOn }: CertificateInfo, now: number): boolean {
  return notBefore <= now + clockSkew && now <= expiresOn;
}

function byHash(a: CertificateInfo, b: CertificateInfo): number {
  return a.thumbprintSha256 < b.thumbprintSha256 ? -1 : 1;
}
