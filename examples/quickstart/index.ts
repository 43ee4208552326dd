import * as pulumi from "@pulumi/pulumi";
import { Certificate } from "pulumi-keyvault-certificates";

const config = new pulumi.Config("quickstart");
const domain = config.get("domain") ?? "quickstart.example.com";

// Signed by the vault itself: done in seconds.
const selfSigned = new Certificate("self-signed", {
  policy: {
    issuerName: "Self",
    subject: `CN=self.${domain}`,
    subjectAlternativeNames: { dnsNames: [`self.${domain}`] },
    keyType: "EC",
    keyCurveName: "P-256",
    validityInMonths: config.getNumber("validityInMonths") ?? 6,
  },
  tags: { purpose: "quickstart" },
});

// Issued by a CA that the vault knows by name (an issuer of the vault). `pulumi up` waits until the CA is done.
const issued = new Certificate("issued", {
  policy: {
    issuerName: config.get("issuer") ?? "ContosoCA",
    subject: `CN=www.${domain}`,
    subjectAlternativeNames: { dnsNames: [`www.${domain}`, domain] },
  },
});

// Signed elsewhere: the first `pulumi up` ends with a CSR, and a second one merges the chain that answers it.
const chain = config.get("chain");
const manual = new Certificate("manual", {
  policy: {
    issuerName: "Unknown",
    subject: `CN=manual.${domain}`,
    subjectAlternativeNames: { dnsNames: [`manual.${domain}`] },
    keySize: 3072,
  },
  ...(chain === undefined ? {} : { chain }),
});

const summary = (certificate: Certificate) => ({
  status: certificate.status,
  certificateId: certificate.certificateId,
  thumbprint: certificate.thumbprint,
  expiresOn: certificate.expiresOn,
  certificatePem: certificate.certificatePem,
  // Without a version, for whoever always wants the current one; known before the first `pulumi up`.
  versionlessSecretId: certificate.versionlessSecretId,
});

export const certificates = {
  selfSigned: summary(selfSigned),
  issued: summary(issued),
  manual: summary(manual),
};
export const manualCsr = manual.csrPem;
