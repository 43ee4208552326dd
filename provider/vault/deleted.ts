import { readCertificateBundle } from "./certificates";
import { type DeletedCertificate } from "./model";
import { certificatePath, deletedCertificatePath, type VaultRequest } from "./request";
import { asNumber, asObject, compact, optional } from "./shape";

/** DELETE `/certificates/{name}`: all versions, into the deleted state. Repeatable: the name stays taken meanwhile. */
export function deleteCertificateRequest(name: string): VaultRequest {
  return {
    method: "DELETE",
    path: certificatePath(name),
    certificateName: name,
    permission: "delete",
    repeatable: true,
    absentCode: "CertificateNotFound",
  };
}

/** GET `/deletedcertificates/{name}`; absent for up to minutes after the delete was answered. */
export function getDeletedCertificateRequest(name: string): VaultRequest {
  return {
    method: "GET",
    path: deletedCertificatePath(name),
    certificateName: name,
    permission: "get",
    repeatable: true,
    absentCode: "CertificateNotFound",
  };
}

/**
 * POST `/deletedcertificates/{name}/recover`. Not repeatable, though twice would do no harm: after the first was
 * carried out, the second answers the 404 that means "was never deleted", and that must not be believed.
 */
export function recoverDeletedCertificateRequest(name: string): VaultRequest {
  return {
    method: "POST",
    path: deletedCertificatePath(name, "recover"),
    certificateName: name,
    permission: "recover",
    repeatable: false,
    absentCode: "CertificateNotFound",
  };
}

/** DELETE `/deletedcertificates/{name}`: for ever. Repeatable: what is purged already is the 404 that counts as done. */
export function purgeDeletedCertificateRequest(name: string): VaultRequest {
  return {
    method: "DELETE",
    path: deletedCertificatePath(name),
    certificateName: name,
    permission: "purge",
    repeatable: true,
    absentCode: "CertificateNotFound",
  };
}

/** The bundle that was deleted, with the times of deletion and purge. @throws ShapeError */
export function readDeletedCertificate(body: unknown): DeletedCertificate {
  const deleted = asObject(body, "deleted certificate");
  return compact({
    ...readCertificateBundle(body),
    deletedOn: optional(deleted, "deletedDate", asNumber),
    scheduledPurgeOn: optional(deleted, "scheduledPurgeDate", asNumber),
  });
}
