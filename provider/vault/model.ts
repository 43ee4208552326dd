/**
 * The service's objects in this project's words: camelCase, times as Unix seconds, tags always an object. The names
 * follow `@azure/keyvault-certificates`; the wire's snake_case stays in the readers beside this file.
 */

export type CertificateContentType = "application/x-pkcs12" | "application/x-pem-file";
export type CertificateKeyType = "RSA" | "RSA-HSM" | "EC" | "EC-HSM";
export type CertificateKeyCurveName = "P-256" | "P-384" | "P-521" | "P-256K";
export type CertificatePolicyAction = "AutoRenew" | "EmailContacts";
export type KeyUsageType =
  | "digitalSignature"
  | "nonRepudiation"
  | "keyEncipherment"
  | "dataEncipherment"
  | "keyAgreement"
  | "keyCertSign"
  | "cRLSign"
  | "encipherOnly"
  | "decipherOnly";

export interface SubjectAlternativeNames {
  dnsNames?: string[];
  emails?: string[];
  userPrincipalNames?: string[];
  ipAddresses?: string[];
  uniformResourceIdentifiers?: string[];
}

export interface LifetimeAction {
  action: CertificatePolicyAction;
  daysBeforeExpiry?: number;
  lifetimePercentage?: number;
}

export interface CertificatePolicy {
  issuerName: string;
  subject?: string;
  subjectAlternativeNames?: SubjectAlternativeNames;
  keyType?: CertificateKeyType;
  keySize?: number;
  keyCurveName?: CertificateKeyCurveName;
  exportable?: boolean;
  reuseKey?: boolean;
  contentType?: CertificateContentType;
  validityInMonths?: number;
  keyUsage?: KeyUsageType[];
  enhancedKeyUsage?: string[];
  lifetimeActions?: LifetimeAction[];
  certificateType?: string;
  certificateTransparency?: boolean;
}

/** A certificate as GET answers it. Without `cer` it is the placeholder of a request that has not completed. */
export interface CertificateBundle {
  name: string;
  version: string;
  keyId?: string;
  secretId?: string;
  /** The certificate, DER in base64. */
  cer?: string;
  enabled: boolean;
  notBefore?: number;
  expiresOn?: number;
  createdOn?: number;
  updatedOn?: number;
  recoveryLevel?: string;
  recoverableDays?: number;
  tags: Record<string, string>;
  /** Only from a GET without a version. */
  policy?: CertificatePolicy;
  /** When the policy was last written, in Unix seconds: every create does, a PATCH of the policy too. Comes with the policy. */
  policyUpdatedOn?: number;
  /** The bundle names a pending object: one exists, in whatever status. Only from a GET without a version. */
  hasPending: boolean;
}

export interface DeletedCertificate extends CertificateBundle {
  deletedOn?: number;
  scheduledPurgeOn?: number;
}

/** One version of a certificate as `/versions` lists it: ordered by version, not by time. */
export interface CertificateVersionItem {
  name: string;
  version: string;
  /** SHA-1 of the certificate, base64url without padding; absent for a version that has not completed. */
  x5t?: string;
  enabled: boolean;
  notBefore?: number;
  expiresOn?: number;
  createdOn?: number;
  updatedOn?: number;
  tags: Record<string, string>;
}

/** The pending object of a certificate. */
export interface CertificateOperation {
  issuerName: string;
  /** PKCS#10, DER in base64 (RFC 2986). */
  csr: string;
  cancellationRequested: boolean;
  /** As the service wrote it: `lifecycle/status` is the table that reads it. */
  status: string;
  statusDetails?: string;
  error?: { code?: string; message?: string };
  requestId: string;
}
