import { X509Certificate } from "node:crypto";

/**
 * @typedef {object} Summary what the quick-start stack says of one certificate
 * @property {string} status
 * @property {string | null} [certificateId]
 * @property {string | null} [thumbprint]
 * @property {string | null} [certificatePem]
 * @property {string} versionlessSecretId
 */

/**
 * The certificate in words, one fact a line.
 *
 * @param {string} title
 * @param {Summary} summary
 * @returns {string}
 */
export function describeCertificate(title, summary) {
  const facts = summary.certificatePem ? issuedFacts(summary, summary.certificatePem) : pendingFacts(summary);
  return [title, ...facts.map(([name, value]) => `  ${name.padEnd(11)} ${value}`)].join("\n");
}

/**
 * @param {Summary} summary
 * @param {string} pem
 * @returns {[string, string][]}
 */
function issuedFacts(summary, pem) {
  const certificate = new X509Certificate(pem);
  const day = (/** @type {string} */ date) => new Date(date).toISOString().slice(0, 10);
  return [
    ["subject", certificate.subject],
    ["names", (certificate.subjectAltName ?? "none").replaceAll("DNS:", "")],
    ["issuer", certificate.issuer.replaceAll("\n", ", ")],
    ["valid", `${day(certificate.validFrom)} to ${day(certificate.validTo)}`],
    ["thumbprint", summary.thumbprint ?? ""],
    ["version", summary.certificateId?.split("/").at(-1) ?? ""],
    ["secret", summary.versionlessSecretId],
  ];
}

/**
 * @param {Summary} summary
 * @returns {[string, string][]}
 */
function pendingFacts(summary) {
  return [
    ["status", `${summary.status}: a CSR is ready and waits for a signed chain`],
    ["secret", `${summary.versionlessSecretId} (once the chain is merged)`],
  ];
}
