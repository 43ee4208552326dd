import type { CertificatePolicy, LifetimeAction } from "../vault/model";
import { normaliseDistinguishedName, normaliseSubjectAlternativeNames } from "../x509/names";
import { canonicalJson, type Plain } from "./canonical";
import type { Part } from "./wanted";

/** Issuers that Key Vault itself knows, whatever their case; every other name is an issuer of the vault. */
export type IssuerKind = "self" | "manual" | "integrated";

/** `Self` signs in the vault, `Unknown` waits for a chain from outside, any other name is an integrated CA. */
export function issuerKind(issuerName: string): IssuerKind {
  const name = issuerName.toLowerCase();
  return name === "self" ? "self" : name === "unknown" ? "manual" : "integrated";
}

/** A policy in one spelling: what the service fills in is filled in, what is a set is sorted, names are canonical. */
type EffectivePolicy = { readonly [K in keyof CertificatePolicy]: Plain | undefined } & {
  readonly issuerName: string;
};

/**
 * The policy in force where the user (or the service) wrote this one. Two policies mean the same exactly when their
 * effective policies are equal. The defaults are the service's, as it answers them: RSA 2048, PKCS#12, 12 months,
 * server and client authentication, and one lifetime action at 80 %.
 */
export function effectivePolicy(policy: CertificatePolicy): EffectivePolicy {
  const full: CertificatePolicy = { ...defaultsOf(policy), ...policy };
  const kind = issuerKind(policy.issuerName);
  const elliptic = isElliptic(policy);
  return {
    issuerName: kind === "integrated" ? policy.issuerName.toLowerCase() : kind,
    subject: effectiveSubject(policy.subject),
    subjectAlternativeNames: effectiveNames(policy),
    keyType: full.keyType,
    keyCurveName: elliptic ? full.keyCurveName : undefined,
    // For EC the service answers the size of the curve; it says nothing that the curve does not say.
    keySize: elliptic ? undefined : full.keySize,
    exportable: full.exportable,
    reuseKey: full.reuseKey,
    contentType: full.contentType,
    validityInMonths: full.validityInMonths,
    keyUsage: [...new Set(full.keyUsage?.map((usage) => usage.toLowerCase()))].sort(),
    enhancedKeyUsage: [...new Set(full.enhancedKeyUsage)].sort(),
    lifetimeActions: full.lifetimeActions?.map((action) => canonicalJson({ ...action })).sort(),
    certificateType: policy.certificateType,
    // The service echoes it only where it was sent.
    certificateTransparency: full.certificateTransparency,
  };
}

/** What the service fills in where the policy says nothing. */
function defaultsOf(policy: CertificatePolicy): Partial<CertificatePolicy> {
  const elliptic = isElliptic(policy);
  return {
    keyType: elliptic ? "EC" : "RSA",
    ...(elliptic ? { keyCurveName: "P-256" } : { keySize: 2048 }),
    exportable: policy.keyType?.endsWith("-HSM") !== true,
    reuseKey: false,
    contentType: "application/x-pkcs12",
    validityInMonths: 12,
    keyUsage: ["digitalSignature", "keyEncipherment"],
    enhancedKeyUsage: ["1.3.6.1.5.5.7.3.1", "1.3.6.1.5.5.7.3.2"],
    lifetimeActions: defaultActions(issuerKind(policy.issuerName)),
    certificateTransparency: true,
  };
}

function isElliptic({ keyType, keyCurveName }: CertificatePolicy): boolean {
  return keyType === undefined ? keyCurveName !== undefined : keyType.startsWith("EC");
}

function effectiveSubject(subject: string | undefined): string | undefined {
  return subject === undefined || subject === "" ? undefined : normaliseDistinguishedName(subject);
}

function effectiveNames(policy: CertificatePolicy): Plain | undefined {
  const names = normaliseSubjectAlternativeNames(policy.subjectAlternativeNames ?? {});
  return Object.keys(names).length === 0 ? undefined : (names as Plain);
}

function defaultActions(kind: IssuerKind): LifetimeAction[] {
  return [{ action: kind === "manual" ? "EmailContacts" : "AutoRenew", lifetimePercentage: 80 }];
}

/** Key Vault makes new versions of such a certificate by itself. */
export function renewsItself(policy: CertificatePolicy): boolean {
  const actions = policy.lifetimeActions ?? defaultActions(issuerKind(policy.issuerName));
  return actions.some(({ action }) => action === "AutoRenew");
}

/** Properties of a policy that are patched in place: no new version is needed to make them true. */
const patchedInPlace: ReadonlySet<string> = new Set(["lifetimeActions"]);

/** The properties in which a stored policy is not as wanted, as far as they are that resource's to keep. */
export function policyDrift(
  stored: CertificatePolicy,
  wanted: CertificatePolicy,
  part: Part,
): (keyof CertificatePolicy)[] {
  const all = policyDifferences(stored, wanted);
  return part === "whole" ? all : all.filter((name) => patchedInPlace.has(name) === (part === "merge"));
}

/** The property names, such as `subject`, in which two policies differ. */
export function policyDifferences(a: CertificatePolicy, b: CertificatePolicy): (keyof CertificatePolicy)[] {
  const [left, right] = [effectivePolicy(a), effectivePolicy(b)];
  const keys = [...new Set([...Object.keys(left), ...Object.keys(right)])] as (keyof CertificatePolicy)[];
  return keys.filter((key) => canonicalJson(left[key]) !== canonicalJson(right[key]));
}

/**
 * What a PATCH has to say for `stored` to mean `wanted`: a PATCH changes only what it names, so a property that the wanted
 * policy leaves to its default is named with that default.
 */
export function policyPatch(
  stored: CertificatePolicy,
  wanted: CertificatePolicy,
  part: Part = "whole",
): Partial<CertificatePolicy> {
  const explicit: CertificatePolicy = { ...defaultsOf(wanted), ...wanted };
  return Object.fromEntries(
    policyDrift(stored, wanted, part).flatMap((name) =>
      explicit[name] === undefined ? [] : [[name, explicit[name]]],
    ),
  );
}

/** What of a policy a certificate is made from: two policies with the same identity give interchangeable versions. */
export function policyIdentity(policy: CertificatePolicy): Plain {
  const entries = Object.entries(effectivePolicy(policy)).filter(([key]) => !patchedInPlace.has(key));
  return Object.fromEntries(entries);
}

/** A certificate made from the one does for the other. False for a policy that is not known. */
export function hasSameIdentity(stored: CertificatePolicy | undefined, wanted: CertificatePolicy): boolean {
  return (
    stored !== undefined && canonicalJson(policyIdentity(stored)) === canonicalJson(policyIdentity(wanted))
  );
}
