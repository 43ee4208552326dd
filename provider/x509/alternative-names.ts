import { isIP } from "node:net";
import { domainToASCII } from "node:url";

/** Subject alternative names (RFC 5280 §4.2.1.6) of the kinds that Key Vault knows, in its words. An absent kind is an empty one. */
export interface AlternativeNames {
  dnsNames?: string[];
  emails?: string[];
  /** otherName 1.3.6.1.4.1.311.20.2.3. */
  userPrincipalNames?: string[];
  ipAddresses?: string[];
  uniformResourceIdentifiers?: string[];
}

export type AlternativeNameKind = keyof AlternativeNames;

/** The same, as anybody may hold it. */
export type GivenAlternativeNames = { readonly [K in AlternativeNameKind]?: readonly string[] | undefined };

const canonicalForm: { readonly [K in AlternativeNameKind]-?: (text: string) => string } = {
  dnsNames: normaliseDnsName,
  emails: normaliseEmail,
  userPrincipalNames: (text) => text.trim().toLowerCase(),
  ipAddresses: normaliseIpAddress,
  uniformResourceIdentifiers: normaliseUri,
};

export const alternativeNameKinds = Object.keys(canonicalForm) as readonly AlternativeNameKind[];

/** Every kind as a sorted set of canonical names; kinds without names are left out. Idempotent. */
export function normaliseSubjectAlternativeNames(names: GivenAlternativeNames): AlternativeNames {
  const result: AlternativeNames = {};
  for (const kind of alternativeNameKinds) {
    const canonical = [...new Set((names[kind] ?? []).map(canonicalForm[kind]))].sort();
    if (canonical.length > 0) result[kind] = canonical;
  }
  return result;
}

/** The kinds in which two sets of names differ, spelling and order aside. */
export function differingNames(a: GivenAlternativeNames, b: GivenAlternativeNames): AlternativeNameKind[] {
  const [left, right] = [normaliseSubjectAlternativeNames(a), normaliseSubjectAlternativeNames(b)];
  return alternativeNameKinds.filter((kind) => JSON.stringify(left[kind]) !== JSON.stringify(right[kind]));
}

/** Whether two sets of names are the same, spelling and order aside. */
export function sameNames(a: GivenAlternativeNames, b: GivenAlternativeNames): boolean {
  return differingNames(a, b).length === 0;
}

/** Lower case, A-labels (RFC 5890) and no final dot. */
export function normaliseDnsName(text: string): string {
  // Without the look behind, a run of dots inside would be tried from each of them.
  const bare = text
    .trim()
    .replace(/(?<![\s.])[\s.]+$/, "")
    .toLowerCase();
  // domainToASCII answers "" for what is no name, and takes numbers for IPv4: only other alphabets are its business here.
  return /\P{ASCII}/u.test(bare) ? domainToASCII(bare) || bare : bare;
}

/** RFC 5952 for IPv6, dotted decimal for IPv4; anything else comes back trimmed. */
export function normaliseIpAddress(text: string): string {
  const bare = text.trim();
  if (isIP(bare) !== 6 || bare.includes("%")) return bare;
  return new URL(`http://[${bare}]`).hostname.slice(1, -1);
}

/** The local part as it is, the domain as a DNS name (RFC 5280 §7.5). */
export function normaliseEmail(text: string): string {
  const bare = text.trim();
  const at = bare.lastIndexOf("@");
  return at < 0 ? bare : `${bare.slice(0, at)}@${normaliseDnsName(bare.slice(at + 1))}`;
}

/** As the WHATWG URL standard writes it, which is what the service issues: `https://example.com` gains its final slash. */
export function normaliseUri(text: string): string {
  return URL.canParse(text) ? new URL(text).href : text.trim();
}
