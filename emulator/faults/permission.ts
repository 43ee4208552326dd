import { pathPattern } from "./path-pattern";

/**
 * What each operation needs: as an access policy names it, and as the data action of a role. Merging counts as creating,
 * and changing or deleting the pending request as updating. The first row that fits counts.
 * @see https://learn.microsoft.com/azure/key-vault/certificates/certificate-access-control
 */
const operations = [
  ["GET", "/certificates/issuers", "certificates/listissuers", "certificatecas/read"],
  ["GET", "/certificates/issuers/*", "certificates/getissuers", "certificatecas/read"],
  ["PUT", "/certificates/issuers/*", "certificates/setissuers", "certificatecas/write"],
  ["PATCH", "/certificates/issuers/*", "certificates/setissuers", "certificatecas/write"],
  ["DELETE", "/certificates/issuers/*", "certificates/deleteissuers", "certificatecas/delete"],
  ["*", "/certificates/contacts", "certificates/managecontacts", "certificatecontacts/write"],
  ["GET", "/certificates", "certificates/list", "certificates/read"],
  ["GET", "/certificates/*/versions", "certificates/list", "certificates/read"],
  ["GET", "/certificates/**", "certificates/get", "certificates/read"],
  ["POST", "/certificates/*/create", "certificates/create", "certificates/create/action"],
  ["POST", "/certificates/*/import", "certificates/import", "certificates/import/action"],
  ["POST", "/certificates/*/pending/merge", "certificates/create", "certificates/create/action"],
  ["PATCH", "/certificates/**", "certificates/update", "certificates/update/action"],
  ["DELETE", "/certificates/*/pending", "certificates/update", "certificates/update/action"],
  ["DELETE", "/certificates/*", "certificates/delete", "certificates/delete"],
  ["GET", "/deletedcertificates", "certificates/list", "certificates/read"],
  ["GET", "/deletedcertificates/*", "certificates/get", "certificates/read"],
  ["POST", "/deletedcertificates/*/recover", "certificates/recover", "certificates/recover/action"],
  ["DELETE", "/deletedcertificates/*", "certificates/purge", "certificates/purge/action"],
  ["GET", "/secrets/**", "secrets/get", "secrets/getSecret/action"],
  ["DELETE", "/secrets/*", "secrets/delete", "secrets/delete"],
  ["GET", "/keys/**", "keys/get", "keys/read"],
  ["DELETE", "/keys/*", "keys/delete", "keys/delete"],
] as const;

/** As an access policy names it, behind the kind of object: `certificates/update`. */
export type Permission = (typeof operations)[number][2];

export const knownPermissions: readonly Permission[] = [...new Set(operations.map((row) => row[2]))];

/** What a request needs. */
export interface Need {
  readonly permission: Permission;
  /** The data action of a role, such as `Microsoft.KeyVault/vaults/certificates/read`. */
  readonly action: string;
}

const table = operations.map(([method, path, permission, action]) => ({
  method,
  path: pathPattern(path),
  need: { permission, action: `Microsoft.KeyVault/vaults/${action}` },
}));

/** Undefined for what is no operation of the vault. */
export const needOf = (method: string, path: string): Need | undefined =>
  table.find((row) => (row.method === "*" || row.method === method) && row.path.test(path))?.need;
