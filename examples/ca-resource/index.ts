import * as pulumi from "@pulumi/pulumi";
import { CertificateMerge, CertificateRequest } from "pulumi-keyvault-certificates";
import { SignedCertificate } from "./signed-certificate";

const config = new pulumi.Config("ca-resource");
const domain = config.get("domain") ?? "api.example.com";
const validityInMonths = config.getNumber("validityInMonths") ?? 3;

// The key stays in the vault; its CSR is an output.
const request = new CertificateRequest("api", {
  policy: {
    subject: `CN=${domain}`,
    subjectAlternativeNames: { dnsNames: [domain] },
    keyType: "EC",
    keyCurveName: "P-256",
    enhancedKeyUsage: ["1.3.6.1.5.5.7.3.1"],
    validityInMonths,
  },
  // A request knows only from a refresh what became of its CSR: `pulumi up --refresh` is the run that renews what is due.
  renewal: { lifetimePercentage: 66 },
});

// Whatever resource a CA has: it signs once for each CSR, in `pulumi up` and never in a preview.
const signed = new SignedCertificate("api", { csrPem: request.csrPem, days: 30 * validityInMonths });

const api = new CertificateMerge("api", { request, chain: signed.chainPem });

export const status = api.status;
export const thumbprint = api.thumbprint;
export const expiresOn = api.expiresOn;
export const versionlessSecretId = api.versionlessSecretId;
