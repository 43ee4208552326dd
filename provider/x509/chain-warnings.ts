import { named, printable } from "../errors/chain";
import type { CertificateInfo } from "./certificate";
import type { ChainExpectation } from "./chain";
import { certificateDifferences, type Difference } from "./fits";
import { keyIdentifiersAgree } from "./linkage";

/** A chain that is good to merge, with what was given beside it. */
export interface Merged {
  readonly leaf: CertificateInfo;
  /** Leaf first, the root included where it was given. */
  readonly path: readonly CertificateInfo[];
  /** What of the path goes to the service. */
  readonly sent: readonly CertificateInfo[];
  /** The path ends in a self-signed certificate. */
  readonly complete: boolean;
  readonly unrelated: readonly CertificateInfo[];
}

/** Lines about strangers: of a trust store most are counted, and not named. */
const mostNamed = 6;

/** anyExtendedKeyUsage (RFC 5280 §4.2.1.12). */
const anyUsage = "2.5.29.37.0";

/** What is no reason to refuse a chain, as the service or a CA may have it so, and worth a line. Sentences without a full stop. */
export function chainWarnings(
  merged: Merged,
  expected: Pick<ChainExpectation, "wanted" | "defaultUsages">,
): string[] {
  return [
    ...leftOut(merged.unrelated),
    ...alone(merged),
    ...authority(merged.leaf),
    ...disagreements(merged.path),
    ...limits(merged),
    ...departures(merged.leaf, expected),
  ];
}

function leftOut(unrelated: readonly CertificateInfo[]): string[] {
  const count = unrelated.length > mostNamed ? mostNamed - 1 : mostNamed;
  const shown = unrelated
    .slice(0, count)
    .map((c) => `${named(c)} does not belong to the chain and was left out`);
  if (unrelated.length <= mostNamed) return shown;
  return [
    ...shown,
    `${unrelated.length - count} more certificates do not belong to the chain and were left out`,
  ];
}

/** The issuer of a lone leaf may be a root, which every client has; only its certificate would tell. */
function alone({ leaf, path, complete }: Merged): string[] {
  if (path.length > 1 || complete) return [];
  return [
    `chain holds ${named(leaf)} alone: if its issuer "${printable(leaf.issuer)}" is an intermediate, add it, as clients that do not have it cannot verify the certificate`,
  ];
}

function authority(leaf: CertificateInfo): string[] {
  return leaf.isCa
    ? [`${named(leaf)} is a certificate authority (CA:TRUE): whoever may use its key can sign certificates`]
    : [];
}

function disagreements(path: readonly CertificateInfo[]): string[] {
  return path.slice(1).flatMap((issuer, index) => {
    const child = path[index];
    if (child === undefined || keyIdentifiersAgree(child, issuer)) return [];
    return [
      `${named(child)} was signed by ${named(issuer)}, but names another key identifier for its issuer: some clients do not accept that`,
    ];
  });
}

/** Usages of an authority limit what it signs, to OpenSSL and Windows. */
function limits({ leaf, sent }: Merged): string[] {
  const asked = leaf.enhancedKeyUsage;
  if (asked.length === 0 || asked.includes(anyUsage)) return [];
  return sent.slice(1).flatMap((issuer) => {
    const allowed = issuer.enhancedKeyUsage;
    const some =
      allowed.length === 0 || allowed.includes(anyUsage) || asked.some((one) => allowed.includes(one));
    if (some) return [];
    return [
      `${named(issuer)} is limited to the usages ${allowed.join(", ")}, but ${named(leaf)} is for ${asked.join(", ")}`,
    ];
  });
}

function departures(
  leaf: CertificateInfo,
  { wanted, defaultUsages }: Pick<ChainExpectation, "wanted" | "defaultUsages">,
): string[] {
  const asked = wanted === undefined ? [] : certificateDifferences(leaf, wanted, { exact: true });
  // A policy that names no usage is content with one of the service's.
  const implied =
    wanted?.enhancedKeyUsage === undefined && defaultUsages !== undefined
      ? certificateDifferences(leaf, { enhancedKeyUsage: defaultUsages }, { exact: false })
      : [];
  return [...asked, ...implied.filter(({ path }) => path === "policy.enhancedKeyUsage")].map(departure);
}

function departure({ path, asked, found }: Difference): string {
  return `the signed certificate departs from ${path}: asked for ${printable(asked)}, got ${printable(found)}`;
}
