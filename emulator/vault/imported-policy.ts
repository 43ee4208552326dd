import "reflect-metadata";
import type { X509Certificate } from "node:crypto";
import {
  BasicConstraintsExtension,
  ExtendedKeyUsageExtension,
  KeyUsagesExtension,
  SubjectAlternativeNameExtension,
  X509Certificate as ParsedCertificate,
} from "@peculiar/x509";
import { keyUsageNames } from "../x509/extensions";
import { pkcs12, type AlternativeNameProperties, type KeyProperties, type Policy } from "./policy";
import { defaultLifetimeActions } from "./policy-reading";

/**
 * The policy that an import without one gets: read off the certificate, with the subject's RDNs turned round and
 * `S` for the state, purposes and usages empty where the certificate has none, and the issuer Unknown.
 */
export function derivedPolicy(
  certificate: X509Certificate,
  contentType: string | undefined,
  times: { created: number; updated: number },
): Policy {
  const parsed = new ParsedCertificate(certificate.raw);
  const sans = alternativeNames(parsed);
  const subject = subjectOf(parsed);
  return {
    key_props: keyProperties(certificate),
    secret_props: { contentType: contentType ?? pkcs12 },
    x509_props: {
      subject,
      ...(sans === undefined ? {} : { sans }),
      ekus: parsed.getExtension(ExtendedKeyUsageExtension)?.usages.map(String) ?? [],
      key_usage: keyUsages(parsed),
      validity_months: wholeMonths(certificate.validFromDate, certificate.validToDate),
      basic_constraints: { ca: parsed.getExtension(BasicConstraintsExtension)?.ca ?? false },
    },
    lifetime_actions: defaultLifetimeActions("Unknown"),
    issuer: { name: "Unknown" },
    attributes: { enabled: true, ...times },
  };
}

function subjectOf(certificate: ParsedCertificate): string {
  const rdns = certificate.subjectName.toJSON().map((rdn) =>
    Object.entries(rdn)
      .flatMap(([type, values]) => values.map((value) => `${type === "ST" ? "S" : type}=${quoted(value)}`))
      .join(" + "),
  );
  return rdns.reverse().join(", ");
}

const quoted = (value: string): string =>
  /[,+="<>;#\n]|^\s|\s$/.test(value) ? `"${value.replaceAll('"', '""')}"` : value;

function keyProperties({ publicKey }: X509Certificate): KeyProperties {
  const { modulusLength, namedCurve } = publicKey.asymmetricKeyDetails ?? {};
  const base = { exportable: true, reuse_key: false };
  if (publicKey.asymmetricKeyType === "rsa") return { ...base, kty: "RSA", key_size: modulusLength ?? 0 };
  const [crv, size] = curves[namedCurve ?? ""] ?? ["P-256", 256];
  return { exportable: true, kty: "EC", key_size: size, reuse_key: false, crv };
}

const curves: Readonly<Record<string, readonly [string, number]>> = {
  prime256v1: ["P-256", 256],
  secp384r1: ["P-384", 384],
  secp521r1: ["P-521", 521],
  secp256k1: ["P-256K", 256],
};

function keyUsages(certificate: ParsedCertificate): string[] {
  const bits = certificate.getExtension(KeyUsagesExtension)?.usages ?? 0;
  return keyUsageNames.filter((_, position) => (bits & (1 << position)) !== 0);
}

function alternativeNames(certificate: ParsedCertificate): AlternativeNameProperties | undefined {
  const extension = certificate.getExtension(SubjectAlternativeNameExtension);
  if (extension === null) return undefined;
  const ofType = (type: string): string[] =>
    extension.names.items.filter((name) => name.type === type).map((name) => name.value);
  const all = {
    emails: ofType("email"),
    dns_names: ofType("dns"),
    upns: ofType("upn"),
    uris: ofType("url"),
    ipAddresses: ofType("ip"),
  };
  return Object.fromEntries(Object.entries(all).filter(([, list]) => list.length > 0));
}

/** Whole calendar months, rounded to the nearest: the ten minutes before the issuance do not count. */
function wholeMonths(from: Date, to: Date): number {
  const months = (to.getTime() - from.getTime()) / (1000 * 60 * 60 * 24 * 30.436875);
  return Math.max(1, Math.round(months));
}
