import * as pulumi from "@pulumi/pulumi";
import { Certificate } from "pulumi-keyvault-certificates";

const config = new pulumi.Config("openssl-ca");
const domain = config.get("domain") ?? "openssl.example.com";

// The key stays in the vault. `pulumi up` hands its CSR to the script, and merges the chain that the script prints.
const web = new Certificate("web", {
  policy: {
    issuerName: "Unknown",
    subject: `CN=${domain}`,
    subjectAlternativeNames: { dnsNames: [domain, `www.${domain}`] },
    keyType: "EC",
    keyCurveName: "P-256",
    enhancedKeyUsage: ["1.3.6.1.5.5.7.3.1"],
    validityInMonths: config.getNumber("validityInMonths") ?? 3,
  },
  signer: { command: ["./sign.sh"] },
  // Once it is due, the next `pulumi up` makes a new key and has the script sign again.
  renewal: { daysBeforeExpiry: 30 },
});

export const status = web.status;
export const thumbprint = web.thumbprint;
export const expiresOn = web.expiresOn;
export const versionlessSecretId = web.versionlessSecretId;
