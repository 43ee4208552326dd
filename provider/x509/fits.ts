import {
  type AlternativeNameKind,
  type AlternativeNames,
  alternativeNameKinds,
  differingNames,
  type GivenAlternativeNames,
  normaliseSubjectAlternativeNames,
} from "./alternative-names";
import type { CertificateInfo } from "./certificate";
import type { CertificateRequestInfo } from "./csr";
import type { PublicKeyInfo } from "./public-key";
import { commonName, sameDistinguishedName } from "./same-name";

/** What a policy asks of a certificate, as far as the certificate itself can tell. What is absent is not compared, but see `exact`. */
export interface WantedCertificate {
  readonly subject?: string | undefined;
  readonly subjectAlternativeNames?: GivenAlternativeNames | undefined;
  /** Key Vault's: `RSA-HSM` is `RSA` to whoever reads the certificate. */
  readonly keyType?: string | undefined;
  readonly keySize?: number | undefined;
  readonly keyCurveName?: string | undefined;
  /** Dotted decimal. */
  readonly enhancedKeyUsage?: readonly string[] | undefined;
}

/** One property in which a certificate departs from the policy, with both sides in words. */
export interface Difference {
  /** `policy.subjectAlternativeNames.dnsNames` */
  readonly path: string;
  readonly asked: string;
  readonly found: string;
}

export interface Closeness {
  /**
   * `true` for what the service signs itself: names and usages must be the same, and no alternative names wanted means none there.
   *
   * `false` for what a CA signs, who may change all but the key: a common name must be one of the names asked for, and alternative
   * names must all be there, with no others but the common name and the host with or without `www.` or `*.`; of the
   * usages, one asked for must be there. Other parts of the subject are the CA's to verify and to leave out.
   */
  readonly exact: boolean;
}

/** The properties, as `policy.subject`, in which a CSR of the service is not what is wanted. */
export function csrFits(csr: CertificateRequestInfo, wanted: WantedCertificate): string[] {
  return [
    ...subjectDiffers(csr, wanted, true),
    ...namesDiffer(csr, wanted, true),
    ...keyDiffers(csr, wanted),
  ].map(({ path }) => path);
}

/** The properties, as `policy.subject`, in which a certificate is not what is wanted. */
export function certificateFits(
  certificate: CertificateInfo,
  wanted: WantedCertificate,
  closeness: Closeness,
): string[] {
  return certificateDifferences(certificate, wanted, closeness).map(({ path }) => path);
}

/** The same with both sides, for a message. */
export function certificateDifferences(
  certificate: CertificateInfo,
  wanted: WantedCertificate,
  { exact }: Closeness,
): Difference[] {
  return [
    ...subjectDiffers(certificate, wanted, exact),
    ...namesDiffer(certificate, wanted, exact),
    ...keyDiffers(certificate, wanted),
    ...usageDiffers(certificate, wanted, exact),
  ];
}

interface Named {
  readonly subject: string;
  readonly subjectAlternativeNames: AlternativeNames;
}

function subjectDiffers(found: Named, wanted: WantedCertificate, exact: boolean): Difference[] {
  if (wanted.subject === undefined) return [];
  const fits = exact ? sameDistinguishedName(found.subject, wanted.subject) : commonNameFits(found, wanted);
  return fits
    ? []
    : [{ path: "policy.subject", asked: quoted(wanted.subject), found: quoted(found.subject) }];
}

function commonNameFits(found: Named, wanted: WantedCertificate): boolean {
  const name = commonName(found.subject)?.toLowerCase();
  const asked = commonName(wanted.subject ?? "")?.toLowerCase();
  if (name === asked || asked === undefined) return true;
  const askedToo = normaliseSubjectAlternativeNames(wanted.subjectAlternativeNames ?? {}).dnsNames ?? [];
  // CAs that put no common name in still have to name it somewhere.
  return name === undefined ? dnsNames(found).includes(asked) : askedToo.includes(name);
}

function namesDiffer(found: Named, wanted: WantedCertificate, exact: boolean): Difference[] {
  const asked = normaliseSubjectAlternativeNames(wanted.subjectAlternativeNames ?? {});
  const there = normaliseSubjectAlternativeNames(found.subjectAlternativeNames);
  const kinds = exact
    ? differingNames(asked, there)
    : alternativeNameKinds.filter(
        (kind) => !namesFit(asked[kind] ?? [], there[kind] ?? [], added(kind, found, wanted)),
      );
  return kinds.map((kind) => ({
    path: `policy.subjectAlternativeNames.${kind}`,
    asked: listed(asked[kind]),
    found: listed(there[kind]),
  }));
}

function namesFit(
  asked: readonly string[],
  there: readonly string[],
  mayBeAdded: ReadonlySet<string>,
): boolean {
  return (
    asked.every((name) => there.includes(name)) &&
    there.every((name) => asked.includes(name) || mayBeAdded.has(name))
  );
}

/** The names that CAs add of their own accord. */
function added(kind: AlternativeNameKind, found: Named, wanted: WantedCertificate): ReadonlySet<string> {
  if (kind !== "dnsNames") return new Set();
  const common = [commonName(found.subject), commonName(wanted.subject ?? "")].filter(
    (name) => name !== undefined,
  );
  const base = [
    ...common.map((name) => name.toLowerCase()),
    ...dnsNames({ subjectAlternativeNames: wanted.subjectAlternativeNames ?? {} }),
  ];
  return new Set(base.flatMap((name) => [name, `www.${name}`, name.replace(/^(?:www|\*)\./, "")]));
}

function keyDiffers(found: PublicKeyInfo, wanted: WantedCertificate): Difference[] {
  const type = wanted.keyType?.replace(/-HSM$/, "");
  if (type !== undefined && type !== found.keyType) {
    return [{ path: "policy.keyType", asked: type, found: found.keyType }];
  }
  const differences: Difference[] = [];
  if (wanted.keySize !== undefined && wanted.keySize !== found.keySize) {
    differences.push({ path: "policy.keySize", asked: String(wanted.keySize), found: String(found.keySize) });
  }
  if (wanted.keyCurveName !== undefined && wanted.keyCurveName !== found.keyCurveName) {
    differences.push({
      path: "policy.keyCurveName",
      asked: wanted.keyCurveName,
      found: String(found.keyCurveName),
    });
  }
  return differences;
}

function usageDiffers(found: CertificateInfo, wanted: WantedCertificate, exact: boolean): Difference[] {
  if (wanted.enhancedKeyUsage === undefined) return [];
  const [asked, there] = [
    [...new Set(wanted.enhancedKeyUsage)].sort(),
    [...new Set(found.enhancedKeyUsage)].sort(),
  ];
  // No usages at all means every usage (RFC 5280 §4.2.1.12).
  const some = asked.length === 0 || there.length === 0 || asked.some((usage) => there.includes(usage));
  const fits = exact ? asked.join() === there.join() : some;
  return fits ? [] : [{ path: "policy.enhancedKeyUsage", asked: listed(asked), found: listed(there) }];
}

function dnsNames({
  subjectAlternativeNames,
}: {
  readonly subjectAlternativeNames: GivenAlternativeNames;
}): string[] {
  return normaliseSubjectAlternativeNames(subjectAlternativeNames).dnsNames ?? [];
}

function quoted(text: string): string {
  return text === "" ? "none" : `"${text}"`;
}

function listed(names: readonly string[] | undefined): string {
  return names === undefined || names.length === 0 ? "none" : names.join(", ");
}
