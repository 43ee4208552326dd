import type { CertificateBundle, CertificateOperation, DeletedCertificate } from "../vault/model";
import type { Seen, Situation } from "./situation";

const found = <T>(seen: Seen<T>): T | undefined => (seen === "absent" ? undefined : seen);

/** The certificate where one was seen. */
export function bundleOf(s: Situation): CertificateBundle | undefined {
  return found(s.certificate);
}

/** The pending object where one was seen. */
export function operationOf(s: Situation): CertificateOperation | undefined {
  return found(s.operation);
}

/** The soft-deleted certificate where one was seen. */
export function deletedOf(s: Situation): DeletedCertificate | undefined {
  return found(s.deleted);
}
