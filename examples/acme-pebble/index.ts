import * as pulumi from "@pulumi/pulumi";
import { Certificate } from "pulumi-keyvault-certificates";

const config = new pulumi.Config("acme");
const domain = config.get("domain") ?? "acme.example.com";

/** What sign.mjs reads from its environment, where the configuration has it. */
const settings = Object.entries({
  ACME_DIRECTORY_URL: config.require("directoryUrl"),
  ACME_CONTACT: config.get("contact"),
  ACME_HTTP_PORT: config.get("httpPort"),
  // Of a private CA whose own address has a certificate that the system does not trust.
  NODE_EXTRA_CA_CERTS: config.get("trustedCertificates"),
}).flatMap(([name, value]) => (value === undefined ? [] : [[name, value] as const]));

// The key stays in the vault. `pulumi up` hands its CSR to the script, and merges the chain that the script prints.
const web = new Certificate("web", {
  policy: {
    issuerName: "Unknown",
    subject: `CN=${domain}`,
    subjectAlternativeNames: { dnsNames: [domain, `www.${domain}`] },
    enhancedKeyUsage: ["1.3.6.1.5.5.7.3.1"],
    validityInMonths: 3,
  },
  signer: {
    command: ["node", "sign.mjs"],
    env: Object.fromEntries(settings),
    timeoutSeconds: 300,
  },
  // Once it is due, the next `pulumi up` makes a new key and orders again. A percentage, as the CA decides how long a certificate lasts.
  renewal: { lifetimePercentage: 66 },
});

export const status = web.status;
export const thumbprint = web.thumbprint;
export const expiresOn = web.expiresOn;
export const versionlessSecretId = web.versionlessSecretId;
