import type { CertificateInfo } from "./certificate";
import { type Leftovers, sortLeftovers } from "./chain-leftovers";
import { clockSkew, leafAmong, pathFrom } from "./chain-path";
import { chainWarnings } from "./chain-warnings";
import type { WantedCertificate } from "./fits";
import { linkage } from "./linkage";
import { accepted, type Checked, identity, refused } from "./refusal";

export interface ChainExpectation {
  /** The key of the pending request: `spkiSha256` of its CSR. */
  readonly csrSpkiSha256: string;
  /** Unix seconds. */
  readonly now: number;
  /** Other keys of this certificate, so that a refusal can say whose the chain is. */
  readonly knownVersions?: readonly KnownKey[];
  /** What the policy asks for: where the leaf departs from it, there is a warning, as a CA may change everything but the key. */
  readonly wanted?: WantedCertificate;
  /** Usages of a policy that names none, dotted decimal: a leaf that has usages but none of these is worth a warning. */
  readonly defaultUsages?: readonly string[];
  /** Keeps a self-signed root at the end of the chain. Default: false, as every client has its own. */
  readonly keepRoot?: boolean;
}

export interface KnownKey {
  /** Words for a message: `the current version 0a1b…`. */
  readonly what: string;
  readonly spkiSha256: string;
}

/** A chain to merge. */
export interface BuiltChain {
  /** DER in base64, the leaf first, each certificate followed by its issuer. */
  readonly x5c: string[];
  readonly leaf: CertificateInfo;
  /** Sentences without a full stop. */
  readonly warnings: string[];
}

/**
 * Finds the leaf by its key, orders what belongs to it, and checks what the service does not: signatures, validity now (five
 * minutes of clock difference are forgiven for a start), authority flags, gaps. The result depends on which certificates are
 * given, not on their order or number. A leaf alone is a chain, as the service takes it, but a warning says what is missing.
 *
 * Codes: KVC_CHAIN_EMPTY, _WRONG_KEY, _EXPIRED, _NOT_YET_VALID, _NOT_A_CA, _BAD_SIGNATURE, _INCOMPLETE.
 */
export function buildChain(
  certificates: readonly CertificateInfo[],
  expected: ChainExpectation,
): Checked<BuiltChain> {
  const unique = [...new Map(certificates.map((c) => [c.thumbprintSha256, c])).values()].sort((a, b) =>
    a.thumbprintSha256 < b.thumbprintSha256 ? -1 : 1,
  );
  if (unique.length === 0) return refused("KVC_CHAIN_EMPTY", {});
  const holders = unique.filter((c) => c.spkiSha256 === expected.csrSpkiSha256);
  const links = linkage(unique);
  const leaf = leafAmong(holders, links, expected.now);
  if (leaf === undefined) return refuseKey(unique, expected);
  const path = pathFrom(leaf, links, expected.now);
  const leftovers = sortLeftovers(path, unique, links);
  const sent = expected.keepRoot === true ? path : path.filter((c) => c === leaf || !links.isSelfSigned(c));
  const refusal = refuseValidity(sent, expected.now) ?? refuseAuthority(path) ?? refuseGap(path, leftovers);
  if (refusal !== undefined) return refusal;
  const complete = path.some(links.isSelfSigned);
  const { unrelated } = leftovers;
  const warnings = chainWarnings({ leaf, path, sent, complete, unrelated }, expected);
  return accepted({ x5c: sent.map((c) => c.derBase64), leaf, warnings });
}

/** Certificates that a refusal names. */
const mostShown = 3;

function refuseKey(certificates: readonly CertificateInfo[], expected: ChainExpectation): Checked<never> {
  const leaves = certificates.filter((c) => !c.isCa);
  const others = leaves.length > 0 ? leaves : certificates;
  const found = others.slice(0, mostShown).map((certificate) => {
    const known = expected.knownVersions?.find((version) => version.spkiSha256 === certificate.spkiSha256);
    const { spkiSha256 } = certificate;
    return { certificate: identity(certificate), spkiSha256, ...(known && { knownAs: known.what }) };
  });
  const more = others.length - found.length;
  return refused("KVC_CHAIN_WRONG_KEY", { csrSpkiSha256: expected.csrSpkiSha256, found, more });
}

function refuseValidity(chain: readonly CertificateInfo[], now: number): Checked<never> | undefined {
  for (const certificate of chain) {
    const { expiresOn, notBefore } = certificate;
    const details = { certificate: identity(certificate), now };
    if (now > expiresOn) return refused("KVC_CHAIN_EXPIRED", { ...details, limit: expiresOn });
    if (now + clockSkew < notBefore)
      return refused("KVC_CHAIN_NOT_YET_VALID", { ...details, limit: notBefore });
  }
  return undefined;
}

function refuseAuthority(path: readonly CertificateInfo[]): Checked<never> | undefined {
  const at = path.findIndex((certificate, index) => index > 0 && !certificate.isCa);
  const [certificate, below] = [path[at], path[at - 1]];
  if (certificate === undefined || below === undefined) return undefined;
  return refused("KVC_CHAIN_NOT_A_CA", { certificate: identity(certificate), issued: identity(below) });
}

function refuseGap(
  path: readonly CertificateInfo[],
  { impostor, otherGenerations, aboveGap }: Leftovers,
): Checked<never> | undefined {
  const top = path.at(-1);
  if (top === undefined) return undefined;
  const certificate = identity(top);
  if (impostor !== undefined)
    return refused("KVC_CHAIN_BAD_SIGNATURE", { certificate, issuer: identity(impostor) });
  if (aboveGap.length === 0) return undefined;
  // Where an authority of that very name is given, only the key tells which one is missing.
  const issuerKeyId = otherGenerations.length === 0 ? undefined : top.authorityKeyId;
  return refused("KVC_CHAIN_INCOMPLETE", {
    certificate,
    issuer: top.issuer,
    ...(issuerKeyId !== undefined && { issuerKeyId }),
    unplaced: aboveGap.slice(0, mostShown).map(identity),
  });
}
