import type { CertificateRecord } from "./certificate";
import { refusals } from "./errors";
import type { Vault } from "./vault";

const day = 24 * 60 * 60 * 1000;

/** A certificate with the deletion that it is under. */
export interface DeletedCertificate {
  readonly record: CertificateRecord;
  /** Whole seconds since 1970. */
  readonly deletedDate: number;
  readonly scheduledPurgeDate: number;
}

/** Starts the deletion: the certificate is gone at once, and shows up as a deleted one later. */
export function deleteCertificate(vault: Vault, name: string): DeletedCertificate {
  const { record } = vault.live(name);
  const deletedAt = vault.now();
  const scheduledPurgeAt = deletedAt + vault.state.properties.recoverableDays * day;
  const effectiveAt = deletedAt + vault.state.timing.deleteMs;
  return described(vault.save({ ...record, deletion: { deletedAt, effectiveAt, scheduledPurgeAt } }));
}

/** The deleted certificate, or 404 also while the deletion is still going on. */
export function deletedCertificate(vault: Vault, name: string): DeletedCertificate {
  const found = vault.find(name);
  if (found?.phase !== "deleted") throw refusals.deletedCertificateNotFound(name);
  return described(found.record);
}

/** Starts the recovery: the certificate can be read again later. */
export function recoverCertificate(vault: Vault, name: string): CertificateRecord {
  const found = vault.find(name);
  if (found === undefined) throw refusals.certificateNotFound(name);
  if (found.phase === "live") throw refusals.recoverOfLive(name);
  if (found.phase === "beingDeleted") throw refusals.recoverWhileDeleting(name);
  if (found.phase === "beingRecovered") throw refusals.beingRecovered(name);
  return vault.save({ ...found.record, recoveredAt: vault.now() + vault.state.timing.recoverMs });
}

/** Takes a deleted certificate away for good; its name can be used again only later. */
export function purgeCertificate(vault: Vault, name: string): void {
  const found = vault.find(name);
  if (found === undefined) throw refusals.deletedCertificateNotFound(name);
  if (found.phase === "live") throw refusals.purgeOfLive();
  if (!vault.state.properties.recoveryLevel.endsWith("Purgeable")) throw refusals.purgeProtected();
  if (found.phase === "beingDeleted") throw refusals.purgeWhileDeleting();
  if (found.phase === "beingRecovered") throw refusals.beingRecovered(name);
  vault.state.certificates.delete(name.toLowerCase());
  vault.state.purged.set(name.toLowerCase(), vault.now() + vault.state.timing.purgeMs);
}

/** A deleted record with its dates as the service writes them. */
export const described = (record: CertificateRecord): DeletedCertificate => ({
  record,
  deletedDate: Math.floor((record.deletion?.deletedAt ?? 0) / 1000),
  scheduledPurgeDate: Math.floor((record.deletion?.scheduledPurgeAt ?? 0) / 1000),
});
