import type {
  CertificateBundle,
  CertificateOperation,
  CertificatePolicy,
} from "../../../provider/vault/model";

export const vaultUrl = "https://contoso.vault.azure.net";
export const certificateName = "web";
export const requestId = "0123456789abcdef0123456789abcdef";
/** Another request than `requestId`. */
export const otherRequestId = "fedcba9876543210fedcba9876543210";
export const versionOne = "11111111111111111111111111111111";

/** A policy as a program writes it; `undefined` takes a property away. */
export function policy(
  changes: { [K in keyof CertificatePolicy]?: CertificatePolicy[K] | undefined } = {},
): CertificatePolicy {
  const written = { issuerName: "Self", subject: "CN=web.contoso.com", ...changes };
  return defined(written) as unknown as CertificatePolicy;
}

/** A version that has been issued. Its `cer` is not one that can be read, unless it is given. */
export function issued(changes: Partial<CertificateBundle> = {}): CertificateBundle {
  return {
    name: certificateName,
    version: versionOne,
    cer: "MIIB",
    enabled: true,
    createdOn: 1_767_225_600,
    updatedOn: 1_767_225_600,
    recoveryLevel: "Recoverable+Purgeable",
    tags: {},
    policy: policy(),
    hasPending: true,
    ...changes,
  };
}

/** What stands in the vault while the first request of a name has not completed. */
export function placeholder(changes: Partial<CertificateBundle> = {}): CertificateBundle {
  const bundle = issued({ enabled: false, ...changes });
  delete bundle.cer;
  return bundle;
}

export function operation(changes: Partial<CertificateOperation> = {}): CertificateOperation {
  return {
    issuerName: "Self",
    csr: "MIIC",
    cancellationRequested: false,
    status: "inProgress",
    statusDetails: "Pending certificate created.",
    requestId,
    ...changes,
  };
}

function defined(value: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(value).filter(([, part]) => part !== undefined));
}
