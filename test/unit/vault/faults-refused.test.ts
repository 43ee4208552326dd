import type { VaultClient } from "../../../provider/vault/client";
import { wireBundle } from "./harness";
import { json, type RealVault, realVault, refusal, said, text } from "./server";

let vault: RealVault;

beforeEach(async () => void (vault = await realVault()));
afterEach(() => vault.close());

const minutes = 60_000;
const get = () => vault.client.getCertificate("web", vault.watched);
const create = () => vault.client.createCertificate("web", { policy: { issuerName: "Self" } }, vault.watched);
const place = 'certificate "web" in vault VAULT: ';
const checkBetween = "check the vault URL, and that no proxy answers in the vault's place";

/** Every operation, and what the identity must be allowed to do: the permission of an access policy, the data action of a role. */
const operations: readonly (readonly [string, string, string, (client: VaultClient) => Promise<unknown>])[] =
  [
    ["GET /certificates/web", "get", "read", (c) => c.getCertificate("web")],
    ["GET /certificates/web/v1", "get", "read", (c) => c.getCertificateVersion("web", "v1")],
    ["GET /certificates/web/versions", "list", "read", (c) => c.listVersions("web")],
    ["GET /certificates/web/pending", "get", "read", (c) => c.getOperation("web")],
    ["GET /certificates/web/policy", "get", "read", (c) => c.getPolicy("web")],
    ["GET /deletedcertificates/web", "get", "read", (c) => c.getDeletedCertificate("web")],
    [
      "POST /certificates/web/create",
      "create",
      "create/action",
      (c) => c.createCertificate("web", { policy: { issuerName: "Self" } }),
    ],
    [
      "POST /certificates/web/pending/merge",
      "create",
      "create/action",
      (c) => c.mergeCertificate("web", { x5c: [] }),
    ],
    ["PATCH /certificates/web", "update", "update/action", (c) => c.updateCertificate("web", undefined, {})],
    ["PATCH /certificates/web/policy", "update", "update/action", (c) => c.updatePolicy("web", {})],
    ["PATCH /certificates/web/pending", "update", "update/action", (c) => c.cancelOperation("web", "r")],
    ["DELETE /certificates/web/pending", "update", "update/action", (c) => c.deleteOperation("web", "r")],
    ["DELETE /certificates/web", "delete", "delete", (c) => c.deleteCertificate("web")],
    [
      "POST /deletedcertificates/web/recover",
      "recover",
      "recover/action",
      (c) => c.recoverDeletedCertificate("web"),
    ],
    ["DELETE /deletedcertificates/web", "purge", "purge/action", (c) => c.purgeDeletedCertificate("web")],
  ];

describe("a 403 of an access policy", () => {
  test.each(operations)("on %s names the permission %s, at once", async (request, permission, _, call) => {
    const words = `The user, group or application 'appid=a;oid=b;iss=c' does not have certificates ${permission} permission on key vault 'v;location=westus'.`;
    vault.answer(refusal(403, "Forbidden", words, "ForbiddenByPolicy"));
    expect(await said(vault, call(vault.client))).toBe(
      `${place}${request} needs the certificate permission "${permission}": 403 Forbidden/ForbiddenByPolicy: "${words}"; ` +
        `give the identity the certificate permission "${permission}" in the vault's access policies [KVC_FORBIDDEN_BY_POLICY]`,
    );
    expect(vault.carried()).toEqual([request]);
  });
});

describe("a 403 of roles", () => {
  const words = "Caller is not authorized to perform action on resource.";
  const noRole = refusal(403, "Forbidden", words, "ForbiddenByRbac");

  test.each(operations)(
    "on %s (%s) is tried again for five minutes, and names the data action %s",
    async (request, _, action, call) => {
      vault.answer(noRole);
      expect(await said(vault, call(vault.client))).toBe(
        `${place}${request} needs a role with the data action Microsoft.KeyVault/vaults/certificates/${action}, still after 23 attempts: ` +
          `403 Forbidden/ForbiddenByRbac: "${words}"; assign the identity a role such as "Key Vault Certificates Officer" on the vault; ` +
          "a new assignment takes minutes to arrive [KVC_FORBIDDEN_BY_RBAC]",
      );
      expect(vault.carried()).toEqual(Array(23).fill(request));
      expect(vault.time.slept.reduce((sum, ms) => sum + ms, 0)).toBe(5 * minutes);
    },
  );
});

describe("another 403", () => {
  test.each([
    [
      "of the firewall",
      refusal(
        403,
        "Forbidden",
        "Client address is not authorized and caller is not a trusted service.\r\nClient address: 192.0.2.1",
        "ForbiddenByFirewall",
      ),
      "the vault's network rules do not let this machine send POST /certificates/web/create: 403 Forbidden/ForbiddenByFirewall: " +
        '"Client address is not authorized and caller is not a trusted service. Client address: 192.0.2.1"; ' +
        "allow this machine's address in the vault's firewall, or run where its private link reaches [KVC_FORBIDDEN_BY_NETWORK]",
    ],
    [
      "of a vault without public access",
      refusal(403, "Forbidden", "Public network access is disabled.", "ForbiddenByConnection"),
      'the vault\'s network rules do not let this machine send POST /certificates/web/create: 403 Forbidden/ForbiddenByConnection: "Public network access is disabled."; ' +
        "allow this machine's address in the vault's firewall, or run where its private link reaches [KVC_FORBIDDEN_BY_NETWORK]",
    ],
    [
      "of an Azure Policy",
      refusal(403, "Forbidden", '{"message":"Certificate \'web\' was disallowed by policy."}'),
      'an Azure Policy disallows POST /certificates/web/create: 403 Forbidden: "{"message":"Certificate \'web\' was disallowed by policy."}"; ' +
        "change the certificate so that it fits the policy assignment that the service names [KVC_DISALLOWED_BY_AZURE_POLICY]",
    ],
    [
      "of a proxy, in HTML",
      text(403, "text/html", "<html>Blocked</html>"),
      `the vault forbids POST /certificates/web/create: 403; ${checkBetween} [KVC_FORBIDDEN]`,
    ],
    [
      "of a deny assignment that is named",
      refusal(403, "Forbidden", "Caller is not authorized.\r\nDenyAssignmentId: '1f'", "ForbiddenByRbac"),
      "POST /certificates/web/create needs a role with the data action Microsoft.KeyVault/vaults/certificates/create/action: " +
        "403 Forbidden/ForbiddenByRbac: \"Caller is not authorized. DenyAssignmentId: '1f'\"; " +
        'assign the identity a role such as "Key Vault Certificates Officer" on the vault; a new assignment takes minutes to arrive [KVC_FORBIDDEN_BY_RBAC]',
    ],
  ])("%s is an error at once", async (_, answer, message) => {
    vault.answer(answer);
    expect(await said(vault, create())).toBe(`${place}${message}`);
    expect(vault.carried()).toEqual(["POST /certificates/web/create"]);
  });

  test("of purge protection says what is left to do", async () => {
    const words = 'Operation "purge" is not allowed because purge protection is enabled for this vault.';
    vault.answer(refusal(403, "Forbidden", words));
    expect(await said(vault, vault.client.purgeDeletedCertificate("web"))).toBe(
      `${place}DELETE /deletedcertificates/web needs a vault without purge protection: 403 Forbidden: "${words}"; ` +
        "recover the certificate instead, or wait until its retention ends [KVC_PURGE_PROTECTED]",
    );
  });
});

describe("a reply that is not the service's", () => {
  test.each([
    [400, `the service refused GET /certificates/web: 400; ${checkBetween} [KVC_BAD_REQUEST]`],
    [404, `there is nothing to answer GET /certificates/web: 404; ${checkBetween} [KVC_NOT_FOUND]`],
    [
      409,
      `GET /certificates/web conflicts with the certificate's present state: 409; ${checkBetween} [KVC_CONFLICT]`,
    ],
    [
      302,
      `GET /certificates/web got a reply that Key Vault does not give: 302; ${checkBetween} [KVC_UNEXPECTED_REPLY]`,
    ],
    [
      418,
      `GET /certificates/web got a reply that Key Vault does not give: 418; ${checkBetween} [KVC_UNEXPECTED_REPLY]`,
    ],
  ])("with %d is no statement about the certificate", async (status, message) => {
    vault.answer(text(status, "text/html", "<html></html>"));
    expect(await said(vault, get())).toBe(`${place}${message}`);
    expect(vault.carried()).toHaveLength(1);
  });
});

describe("a 401 with a token", () => {
  const rejected = json(
    401,
    { error: { code: "Unauthorized", message: "AKV10032: Invalid issuer." } },
    {
      "WWW-Authenticate":
        'Bearer authorization="https://login.microsoftonline.com/tenant-1", resource="https://vault.azure.net"',
    },
  );
  const words =
    'the vault did not take the identity\'s token for POST /certificates/web/create: 401 Unauthorized: "AKV10032: Invalid issuer."';

  test("is met with one other token, for a create too, as nothing was carried out", async () => {
    vault.answer(rejected);
    expect(await said(vault, create())).toBe(
      `${place}${words}; check that the identity belongs to the vault's tenant, and that the machine's clock is right [KVC_UNAUTHORIZED]`,
    );
    expect(vault.seen.slice(1).map(({ authorization }) => authorization)).toEqual([
      "Bearer token-1",
      "Bearer token-2",
    ]);
  });

  test.each([
    [12 * minutes, "12 min behind"],
    [-7 * minutes, "7 min ahead of"],
  ])("of a vault whose clock is %d ms ahead says so", async (aheadMs, words_) => {
    await vault.close();
    vault = await realVault({ aheadMs });
    vault.answer(rejected);
    expect(await said(vault, create())).toBe(
      `${place}${words}; this machine's clock is ${words_} the vault's; ` +
        "set this machine's clock right, and check that the identity belongs to the vault's tenant [KVC_UNAUTHORIZED]",
    );
  });
});

describe("a vault whose clock is an hour away", () => {
  test.each([60 * minutes, -60 * minutes])("(%d ms ahead) is used as any other", async (aheadMs) => {
    await vault.close();
    vault = await realVault({ aheadMs });
    vault.answer(json(200, wireBundle));
    for (let call = 0; call < 3; call += 1) await get();
    expect(vault.tokens).toHaveLength(1);
    expect(vault.time.slept).toEqual([]);
  });

  test("whose tokens are out of date on arrival is not asked for one with each request", async () => {
    await vault.close();
    vault = await realVault({ tokenLifetimeMs: -10 * minutes });
    vault.answer(json(200, wireBundle));
    for (let call = 0; call < 3; call += 1) await get();
    expect(vault.tokens).toHaveLength(1);
    vault.time.pass(30_000);
    await get();
    expect(vault.tokens).toHaveLength(2);
  });
});

describe("a wait of three hours", () => {
  test("goes on with a new token each hour, fetched before the old one ends", async () => {
    vault.answer(json(200, wireBundle));
    for (let minute = 0; minute <= 180; minute += 1) {
      await get();
      vault.time.pass(minutes);
    }
    expect(vault.tokens).toHaveLength(4);
    expect(vault.carried()).toHaveLength(181);
  });
});
