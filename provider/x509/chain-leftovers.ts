import type { CertificateInfo } from "./certificate";
import { keyIdentifiersAgree, type Linkage } from "./linkage";

/** What was left out of a path, told apart by what it means. */
export interface Leftovers {
  /** Bears the name that the top of the path is looking for, and did not sign it. */
  readonly impostor: CertificateInfo | undefined;
  /** Bear that name too, but the key identifiers say that another key of that name has signed. */
  readonly otherGenerations: readonly CertificateInfo[];
  /** Authorities that, if they belong to this chain at all, stand above a certificate that is missing. */
  readonly aboveGap: readonly CertificateInfo[];
  /** Nothing of this chain. */
  readonly unrelated: readonly CertificateInfo[];
}

export function sortLeftovers(
  path: readonly CertificateInfo[],
  certificates: readonly CertificateInfo[],
  links: Linkage,
): Leftovers {
  const members = new Set(path);
  const authorities = path.slice(1);
  const outside = certificates.filter((other) => !members.has(other));
  const isAlternate = (other: CertificateInfo): boolean =>
    authorities.some((member) => links.isAlternate(member, other));
  const unrelated = outside.filter((other) => !isAlternate(other));
  const top = path.at(-1);
  // A root ends the chain also where a cross-certificate of the same authority stands in its place.
  const complete = [...path, ...outside.filter(isAlternate)].some(links.isSelfSigned);
  if (top === undefined || complete)
    return { impostor: undefined, otherGenerations: [], aboveGap: [], unrelated };
  const namesakes = links.namesakesOfIssuer(top).filter((other) => unrelated.includes(other));
  const impostor = namesakes.find((other) => keyIdentifiersAgree(top, other));
  const otherGenerations = namesakes.filter((other) => other !== impostor);
  return { impostor, otherGenerations, aboveGap: aboveGap(path, outside, links), unrelated };
}

/** Authorities that are neither below the path, nor beside it, nor on a way up from something else that was given. */
function aboveGap(
  path: readonly CertificateInfo[],
  outside: readonly CertificateInfo[],
  links: Linkage,
): CertificateInfo[] {
  const members = new Set(path);
  const issuers = new Set(path.map((member) => member.issuer));
  const isAlternate = (other: CertificateInfo): boolean =>
    path.some((member) => links.isAlternate(member, other));
  const elsewhere = above(
    outside.filter((other) => !other.isCa || isAlternate(other)),
    links,
  );
  return outside.filter(
    (authority) =>
      authority.isCa &&
      !isAlternate(authority) &&
      !elsewhere.has(authority) &&
      !links.issuersOf(authority).some((issuer) => members.has(issuer)) &&
      (links.isSelfSigned(authority) || !issuers.has(authority.issuer)),
  );
}

/** All that stand above some of these, on whichever way. */
function above(from: readonly CertificateInfo[], links: Linkage): ReadonlySet<CertificateInfo> {
  const found = new Set<CertificateInfo>();
  for (let level = from; level.length > 0;) {
    level = [...new Set(level.flatMap(links.issuersOf))].filter((issuer) => !found.has(issuer));
    for (const issuer of level) found.add(issuer);
  }
  return found;
}
