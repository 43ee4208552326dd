import type { CertificatePolicy } from "../../../provider/vault/model";

/** The service's defaults: what a policy answers where it was made without them. */
const serviceDefaults: Partial<CertificatePolicy> = {
  keyType: "RSA",
  keySize: 2048,
  exportable: true,
  reuseKey: false,
  contentType: "application/x-pkcs12",
  validityInMonths: 12,
  keyUsage: ["digitalSignature", "keyEncipherment"],
  enhancedKeyUsage: ["1.3.6.1.5.5.7.3.1", "1.3.6.1.5.5.7.3.2"],
};

export function isManual(issuerName: string): boolean {
  return issuerName.toLowerCase() === "unknown";
}

/** The policy as the service answers it. */
export function answered(policy: CertificatePolicy): CertificatePolicy {
  const action = isManual(policy.issuerName) ? "EmailContacts" : "AutoRenew";
  return { ...serviceDefaults, lifetimeActions: [{ action, lifetimePercentage: 80 }], ...policy };
}
