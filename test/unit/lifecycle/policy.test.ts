import fc from "fast-check";
import {
  effectivePolicy,
  issuerKind,
  policyDifferences,
  policyIdentity,
} from "../../../provider/lifecycle/policy";
import type { CertificatePolicy, LifetimeAction } from "../../../provider/vault/model";
import { somePolicy } from "../build/arbitrary-policy";
import { policy } from "../build/certificate";

describe("the kind of an issuer", () => {
  test.each([
    ["Self", "self"],
    ["SELF", "self"],
    ["Unknown", "manual"],
    ["unknown", "manual"],
    ["DigiCert", "integrated"],
    ["Selfish", "integrated"],
  ])("of %s is %s", (name, kind) => {
    expect(issuerKind(name)).toBe(kind);
  });
});

describe("two policies mean the same", () => {
  const self = { issuerName: "Self", subject: "CN=a" };
  const rows: [string, CertificatePolicy, CertificatePolicy][] = [
    ["whatever the case of a reserved issuer", self, { ...self, issuerName: "self" }],
    ["whatever the case of another issuer", { issuerName: "DigiCert" }, { issuerName: "digicert" }],
    ["with the key type written out", self, { ...self, keyType: "RSA" }],
    ["with the key size written out", self, { ...self, keySize: 2048 }],
    ["with exportable written out", self, { ...self, exportable: true }],
    [
      "with exportable written out for an HSM",
      { ...self, keyType: "RSA-HSM" },
      { ...self, keyType: "RSA-HSM", exportable: false },
    ],
    ["with reuseKey written out", self, { ...self, reuseKey: false }],
    ["with the content type written out", self, { ...self, contentType: "application/x-pkcs12" }],
    ["with the validity written out", self, { ...self, validityInMonths: 12 }],
    ["with the key usages written out", self, { ...self, keyUsage: ["keyEncipherment", "digitalSignature"] }],
    [
      "with the usages written out",
      self,
      { ...self, enhancedKeyUsage: ["1.3.6.1.5.5.7.3.2", "1.3.6.1.5.5.7.3.1"] },
    ],
    ["with transparency written out", self, { ...self, certificateTransparency: true }],
    [
      "with the lifetime action of Self written out",
      self,
      { ...self, lifetimeActions: [{ action: "AutoRenew", lifetimePercentage: 80 }] },
    ],
    [
      "with the lifetime action of Unknown written out",
      { issuerName: "Unknown" },
      { issuerName: "Unknown", lifetimeActions: [{ action: "EmailContacts", lifetimePercentage: 80 }] },
    ],
    ["with a curve and no key type", { ...self, keyCurveName: "P-256" }, { ...self, keyType: "EC" }],
    [
      "with the size that the service answers for a curve",
      { ...self, keyType: "EC" },
      { ...self, keyType: "EC", keyCurveName: "P-256", keySize: 256 },
    ],
    ["with an empty subject and none", { issuerName: "Self", subject: "" }, { issuerName: "Self" }],
    ["with another case and other spaces in the subject's keywords", self, { ...self, subject: "cn = a" }],
    ["with empty alternative names and none", self, { ...self, subjectAlternativeNames: { dnsNames: [] } }],
    [
      "with alternative names in another order, case and number",
      {
        ...self,
        subjectAlternativeNames: { dnsNames: ["a.example", "B.example"], ipAddresses: ["2001:db8::1"] },
      },
      {
        ...self,
        subjectAlternativeNames: {
          ipAddresses: ["2001:0DB8:0:0::1"],
          dnsNames: ["b.EXAMPLE", "a.example.", "a.example"],
        },
      },
    ],
    [
      "with key usages in another case",
      { ...self, keyUsage: ["cRLSign"] },
      { ...self, keyUsage: ["crlSign"] as unknown as NonNullable<CertificatePolicy["keyUsage"]> },
    ],
  ];

  test.each(rows)("%s", (_, a, b) => {
    expect(policyDifferences(a, b)).toEqual([]);
    expect(policyIdentity(a)).toEqual(policyIdentity(b));
  });
});

describe("two policies differ", () => {
  const base = policy();
  const rows: [keyof CertificatePolicy, CertificatePolicy][] = [
    ["issuerName", policy({ issuerName: "DigiCert" })],
    ["subject", policy({ subject: "CN=other" })],
    ["subjectAlternativeNames", policy({ subjectAlternativeNames: { dnsNames: ["a.example"] } })],
    ["keyType", policy({ keyType: "RSA-HSM", exportable: true })],
    ["keySize", policy({ keySize: 4096 })],
    ["exportable", policy({ exportable: false })],
    ["reuseKey", policy({ reuseKey: true })],
    ["contentType", policy({ contentType: "application/x-pem-file" })],
    ["validityInMonths", policy({ validityInMonths: 6 })],
    ["keyUsage", policy({ keyUsage: ["digitalSignature"] })],
    ["enhancedKeyUsage", policy({ enhancedKeyUsage: ["1.3.6.1.5.5.7.3.1"] })],
    ["lifetimeActions", policy({ lifetimeActions: [{ action: "EmailContacts", daysBeforeExpiry: 30 }] })],
    ["certificateType", policy({ certificateType: "OV-SSL" })],
    ["certificateTransparency", policy({ certificateTransparency: false })],
  ];

  test.each(rows)("in %s alone", (property, other) => {
    expect(policyDifferences(base, other)).toEqual([property]);
    expect(policyDifferences(other, base)).toEqual([property]);
  });

  test("in the curve alone", () => {
    const other = policy({ keyType: "EC", keyCurveName: "P-384" });
    expect(policyDifferences(policy({ keyType: "EC" }), other)).toEqual(["keyCurveName"]);
  });

  test.each(rows)("in %s, and only lifetimeActions needs no new version for that", (property, other) => {
    const anew = property !== "lifetimeActions";
    expect(JSON.stringify(policyIdentity(other)) !== JSON.stringify(policyIdentity(base))).toBe(anew);
  });
});

describe("any policy", () => {
  test("does not differ from itself, nor from itself with everything written out", () => {
    fc.assert(
      fc.property(somePolicy, (some) => {
        expect(policyDifferences(some, some)).toEqual([]);
        expect(policyDifferences(some, writtenOut(some))).toEqual([]);
      }),
    );
  });

  test("is in force as it is, once everything is written out", () => {
    fc.assert(
      fc.property(somePolicy, (some) => {
        expect(effectivePolicy(writtenOut(some))).toEqual(effectivePolicy(some));
      }),
    );
  });

  test("differs from another as the other differs from it", () => {
    fc.assert(
      fc.property(somePolicy, somePolicy, (a, b) => {
        expect(policyDifferences(a, b).sort()).toEqual(policyDifferences(b, a).sort());
      }),
    );
  });

  test("does not change with the order of its lists, nor with what stands in them twice", () => {
    fc.assert(
      fc.property(somePolicy, (some) => {
        expect(policyDifferences(some, reversed(some))).toEqual([]);
      }),
    );
  });
});

/** The policy in force as a policy: every default explicit. */
function writtenOut(some: CertificatePolicy): CertificatePolicy {
  const { lifetimeActions, ...others } = effectivePolicy(some);
  const explicit = Object.fromEntries(Object.entries(others).filter(([, value]) => value !== undefined));
  const actions = (lifetimeActions as string[]).map((text) => JSON.parse(text) as LifetimeAction);
  return { ...explicit, lifetimeActions: actions } as unknown as CertificatePolicy;
}

function reversed(some: CertificatePolicy): CertificatePolicy {
  const twice = <T>(list: T[]) => [...list, ...list].reverse();
  return {
    ...some,
    ...(some.keyUsage && { keyUsage: twice(some.keyUsage) }),
    ...(some.enhancedKeyUsage && { enhancedKeyUsage: twice(some.enhancedKeyUsage) }),
    ...(some.lifetimeActions && { lifetimeActions: [...some.lifetimeActions].reverse() }),
    ...(some.subjectAlternativeNames && {
      subjectAlternativeNames: Object.fromEntries(
        Object.entries(some.subjectAlternativeNames as Record<string, string[]>)
          .map(([kind, names]) => [kind, twice(names)] as const)
          .reverse(),
      ),
    }),
  };
}
