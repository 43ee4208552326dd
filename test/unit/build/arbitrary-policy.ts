import fc from "fast-check";
import type { CertificatePolicy } from "../../../provider/vault/model";

const optional = { requiredKeys: [] } satisfies { requiredKeys: [] };
const flag = fc.boolean();

const dnsName = fc
  .array(fc.stringMatching(/^[a-zA-Z0-9]{1,8}$/), { minLength: 1, maxLength: 3 })
  .map((labels) => [...labels, "example"].join("."));

const names = fc.record(
  {
    dnsNames: fc.array(dnsName, { maxLength: 3 }),
    emails: fc.array(
      dnsName.map((domain) => `admin@${domain}`),
      { maxLength: 2 },
    ),
    userPrincipalNames: fc.array(
      dnsName.map((domain) => `user@${domain}`),
      { maxLength: 2 },
    ),
    ipAddresses: fc.array(fc.oneof(fc.ipV4(), fc.ipV6()), { maxLength: 2 }),
    uniformResourceIdentifiers: fc.array(
      dnsName.map((domain) => `spiffe://${domain}/web`),
      { maxLength: 2 },
    ),
  },
  optional,
);

const someKey = fc.oneof(
  fc.record(
    { keyType: fc.constantFrom("RSA", "RSA-HSM"), keySize: fc.constantFrom(2048, 3072, 4096) },
    optional,
  ),
  fc.record(
    {
      keyType: fc.constantFrom("EC", "EC-HSM"),
      keyCurveName: fc.constantFrom("P-256", "P-384", "P-521", "P-256K"),
    },
    { requiredKeys: ["keyType"] },
  ),
);

const someAction = (action: "AutoRenew" | "EmailContacts") =>
  fc.oneof(
    fc.record({ action: fc.constant(action), daysBeforeExpiry: fc.integer({ min: 1, max: 27 }) }),
    fc.record({ action: fc.constant(action), lifetimePercentage: fc.integer({ min: 1, max: 99 }) }),
  );

/** Any policy that `check` accepts. */
export const somePolicy: fc.Arbitrary<CertificatePolicy> = fc
  .record({
    issuerName: fc.constantFrom("Self", "Unknown", "unknown", "DigiCert"),
    subject: dnsName.map((name) => `CN=${name}`),
    key: someKey,
    others: fc.record(
      {
        subjectAlternativeNames: names,
        exportable: fc.constant(false),
        reuseKey: flag,
        contentType: fc.constantFrom("application/x-pkcs12", "application/x-pem-file"),
        validityInMonths: fc.integer({ min: 1, max: 36 }),
        keyUsage: fc.subarray(["digitalSignature", "keyEncipherment", "keyCertSign", "cRLSign"] as const),
        enhancedKeyUsage: fc.subarray(["1.3.6.1.5.5.7.3.1", "1.3.6.1.5.5.7.3.2", "1.3.6.1.5.5.7.3.3"]),
        lifetimeActions: fc.array(someAction("EmailContacts"), { maxLength: 2 }),
        certificateType: fc.constant("OV-SSL"),
        certificateTransparency: flag,
      },
      optional,
    ),
  })
  .map(({ issuerName, subject, key, others }) => ({ issuerName, subject, ...key, ...others }));
