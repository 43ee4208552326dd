import { z } from "zod";
import type { KeyUsageType } from "../../vault/model";
import { flag, list, must, oneOf, record, text, whole } from "./primitives";

export const keyUsages: readonly [KeyUsageType, ...KeyUsageType[]] = [
  "digitalSignature",
  "nonRepudiation",
  "keyEncipherment",
  "dataEncipherment",
  "keyAgreement",
  "keyCertSign",
  "cRLSign",
  "encipherOnly",
  "decipherOnly",
];

const lifetimeAction = record(
  {
    action: oneOf(["AutoRenew", "EmailContacts"]),
    daysBeforeExpiry: whole(1, 32_400).optional(),
    lifetimePercentage: whole(1, 99).optional(),
  },
  "an action with daysBeforeExpiry or lifetimePercentage",
);

const names = () => list(text("a name"), "a list of names").optional();

export const lifetimeActions = list(lifetimeAction, "a list of actions");

/** What a CSR is made from. */
const csrParts = {
  subject: text('a distinguished name such as "CN=www.contoso.com"').optional(),
  subjectAlternativeNames: record(
    {
      dnsNames: names(),
      emails: names(),
      userPrincipalNames: names(),
      ipAddresses: names(),
      uniformResourceIdentifiers: names(),
    },
    "an object of name lists, such as { dnsNames: [...] }",
  ).optional(),
  keyType: oneOf(["RSA", "RSA-HSM", "EC", "EC-HSM"]).optional(),
  keySize: z.literal([2048, 3072, 4096], { error: must("2048, 3072 or 4096") }).optional(),
  keyCurveName: oneOf(["P-256", "P-384", "P-521", "P-256K"]).optional(),
  exportable: flag().optional(),
  reuseKey: flag().optional(),
  contentType: oneOf(["application/x-pkcs12", "application/x-pem-file"]).optional(),
  validityInMonths: whole(1, 1200).optional(),
  keyUsage: list(oneOf(keyUsages), "a list of key usages").optional(),
  enhancedKeyUsage: list(
    text('an object identifier such as "1.3.6.1.5.5.7.3.1"'),
    "a list of object identifiers",
  ).optional(),
};

export const policy = record(
  {
    issuerName: text('"Self", "Unknown" or the name of an issuer of the vault').min(1, {
      error: must('"Self", "Unknown" or the name of an issuer of the vault'),
    }),
    ...csrParts,
    lifetimeActions: lifetimeActions.optional(),
    certificateType: text("a product of the issuer").optional(),
    certificateTransparency: flag().optional(),
  },
  'a policy, such as { issuerName: "Self", subject: "CN=www.contoso.com" }',
);

/** Of a `CertificateRequest`: its issuer is always `Unknown`, and the lifetime actions are the merge's. */
export const requestPolicy = record(csrParts, 'a policy, such as { subject: "CN=www.contoso.com" }');
