import { needOf } from "../../../../emulator/faults/permission";

describe("what an operation needs", () => {
  test.each([
    ["GET", "/certificates", "certificates/list", "certificates/read"],
    ["GET", "/certificates/web", "certificates/get", "certificates/read"],
    ["GET", "/certificates/web/0123", "certificates/get", "certificates/read"],
    ["GET", "/certificates/web/versions", "certificates/list", "certificates/read"],
    ["GET", "/certificates/web/pending", "certificates/get", "certificates/read"],
    ["POST", "/certificates/web/create", "certificates/create", "certificates/create/action"],
    ["POST", "/certificates/web/import", "certificates/import", "certificates/import/action"],
    ["POST", "/certificates/web/pending/merge", "certificates/create", "certificates/create/action"],
    ["PATCH", "/certificates/web", "certificates/update", "certificates/update/action"],
    ["PATCH", "/certificates/web/policy", "certificates/update", "certificates/update/action"],
    ["PATCH", "/certificates/web/pending", "certificates/update", "certificates/update/action"],
    ["DELETE", "/certificates/web/pending", "certificates/update", "certificates/update/action"],
    ["DELETE", "/certificates/web", "certificates/delete", "certificates/delete"],
    ["GET", "/deletedcertificates/web", "certificates/get", "certificates/read"],
    ["POST", "/deletedcertificates/web/recover", "certificates/recover", "certificates/recover/action"],
    ["DELETE", "/deletedcertificates/web", "certificates/purge", "certificates/purge/action"],
    ["GET", "/certificates/issuers", "certificates/listissuers", "certificatecas/read"],
    ["DELETE", "/certificates/issuers/ca", "certificates/deleteissuers", "certificatecas/delete"],
    ["PUT", "/certificates/contacts", "certificates/managecontacts", "certificatecontacts/write"],
    ["GET", "/secrets/web", "secrets/get", "secrets/getSecret/action"],
    ["GET", "/keys/web/0123", "keys/get", "keys/read"],
  ])("%s %s: %s, or the action %s", (method, path, permission, action) => {
    expect(needOf(method, path)).toEqual({ permission, action: `Microsoft.KeyVault/vaults/${action}` });
  });

  test("is nothing for what is no operation", () => {
    expect(needOf("GET", "/nowhere")).toBeUndefined();
    expect(needOf("POST", "/certificates/web")).toBeUndefined();
  });
});
