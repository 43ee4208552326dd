import { createVaultClients } from "../../../provider/vault/client";
import {
  bundle,
  failure,
  fakeTime,
  fakeVault,
  operation,
  policy,
  vaultUrl,
  wireBundle,
  wireOperation,
  wirePolicy,
} from "./harness";

const requestId = "11112222333344445555666677778888";
const notFound = {
  error: { code: "CertificateNotFound", message: "A certificate with (name/id) web was not found." },
};
const pendingNotFound = {
  error: { code: "PendingCertificateNotFound", message: "Pending certificate not found: web" },
};

let vault: ReturnType<typeof fakeVault>;

beforeEach(() => {
  vault = fakeVault();
});

afterEach(async () => {
  vault.agent.assertNoPendingInterceptors();
  await vault.agent.close();
});

describe("a client's calls", () => {
  beforeEach(() => vault.challenge());

  test("get the current version and a named one", async () => {
    vault.on("GET", "/certificates/web", { status: 200, body: wireBundle });
    vault.on("GET", "/certificates/web/v1", { status: 200, body: wireBundle });
    expect(await vault.client.getCertificate("web")).toEqual(bundle);
    expect(await vault.client.getCertificateVersion("web", "v1")).toEqual(bundle);
  });

  test("create with the policy on the wire", async () => {
    vault.on("POST", "/certificates/web/create", { status: 202, body: wireOperation });
    const created = await vault.client.createCertificate("web", {
      policy: { issuerName: "Self", subject: "CN=web" },
      tags: { team: "web" },
    });
    expect(created).toEqual(operation);
    expect(vault.seen.at(-1)?.body).toEqual({
      policy: { x509_props: { subject: "CN=web" }, issuer: { name: "Self" } },
      tags: { team: "web" },
    });
  });

  test("name api-version, client and request on every request", async () => {
    vault.on("PATCH", "/certificates/web", { status: 200, body: wireBundle });
    await vault.client.updateCertificate("web", undefined, { enabled: true });
    expect(vault.seen).toMatchObject([
      {
        path: "/certificates?api-version=2025-07-01&maxresults=1",
        headers: { "user-agent": expect.stringMatching(/^pulumi-keyvault-certificates\/\d/) },
      },
      {
        path: "/certificates/web?api-version=2025-07-01",
        headers: {
          accept: "application/json",
          authorization: "Bearer token-1",
          "content-type": "application/json",
          "user-agent": expect.stringMatching(/^pulumi-keyvault-certificates\/\d/),
          "x-ms-client-request-id": expect.stringMatching(/^id-\d$/),
        },
        body: { attributes: { enabled: true } },
      },
    ]);
  });

  test("follow the pending object by its request id", async () => {
    const path = `/certificates/web/pending?api-version=2025-07-01&request_id=${requestId}`;
    vault.on("GET", path, { status: 200, body: wireOperation });
    vault.on("PATCH", path, { status: 200, body: { ...wireOperation, cancellation_requested: true } });
    vault.on("DELETE", path, { status: 200, body: wireOperation });
    expect(await vault.client.getOperation("web", requestId)).toEqual(operation);
    expect(await vault.client.cancelOperation("web", requestId)).toEqual({
      ...operation,
      cancellationRequested: true,
    });
    expect(await vault.client.deleteOperation("web", requestId)).toEqual(operation);
    expect(vault.seen.at(-2)?.body).toEqual({ cancellation_requested: true });
  });

  test("merge a chain", async () => {
    vault.on("POST", "/certificates/web/pending/merge", { status: 201, body: wireBundle });
    expect(await vault.client.mergeCertificate("web", { x5c: ["MIIA", "MIIB"] })).toEqual(bundle);
    expect(vault.seen.at(-1)?.body).toEqual({ x5c: ["MIIA", "MIIB"] });
  });

  test("read and patch the policy", async () => {
    vault.on("GET", "/certificates/web/policy", { status: 200, body: wirePolicy });
    vault.on("PATCH", "/certificates/web/policy", { status: 200, body: wirePolicy });
    expect(await vault.client.getPolicy("web")).toEqual(policy);
    expect(await vault.client.updatePolicy("web", { validityInMonths: 12 })).toEqual(policy);
    expect(vault.seen.at(-1)?.body).toEqual({ x509_props: { validity_months: 12 } });
  });

  test("delete, look at the deleted one, recover and purge", async () => {
    const deleted = { ...wireBundle, deletedDate: 1, scheduledPurgeDate: 2 };
    vault.on("DELETE", "/certificates/web", { status: 200, body: deleted });
    vault.on("GET", "/deletedcertificates/web", { status: 200, body: deleted });
    vault.on("POST", "/deletedcertificates/web/recover", { status: 200, body: wireBundle });
    vault.on("DELETE", "/deletedcertificates/web", { status: 204 });
    expect(await vault.client.deleteCertificate("web")).toMatchObject({ deletedOn: 1, scheduledPurgeOn: 2 });
    expect(await vault.client.getDeletedCertificate("web")).toMatchObject({ name: "web", deletedOn: 1 });
    expect(await vault.client.recoverDeletedCertificate("web")).toEqual(bundle);
    await expect(vault.client.purgeDeletedCertificate("web")).resolves.toBeUndefined();
  });

  test("refuse an impossible name by a rejection, with nothing sent", async () => {
    await vault.client.getCertificate("web").catch(() => undefined);
    const sent = vault.seen.length;
    await expect(vault.client.deleteCertificate("..")).rejects.toThrow(TypeError);
    expect(vault.seen).toHaveLength(sent);
  });
});

describe("what is not there", () => {
  beforeEach(() => vault.challenge());

  test("is undefined for the vault's own 404 of a certificate", async () => {
    const { client } = vault;
    vault.on("GET", "/certificates/web", { status: 404, body: notFound });
    vault.on("GET", "/certificates/web/v1", { status: 404, body: notFound });
    vault.on("DELETE", "/certificates/web", { status: 404, body: notFound });
    vault.on("GET", "/deletedcertificates/web", { status: 404, body: notFound });
    vault.on("POST", "/deletedcertificates/web/recover", { status: 404, body: notFound });
    vault.on("DELETE", "/deletedcertificates/web", { status: 404, body: notFound });
    const answers: unknown[] = await Promise.all([
      client.getCertificate("web"),
      client.getCertificateVersion("web", "v1"),
      client.deleteCertificate("web"),
      client.getDeletedCertificate("web"),
      client.recoverDeletedCertificate("web"),
      client.purgeDeletedCertificate("web"),
    ]);
    expect(answers).toEqual([undefined, undefined, undefined, undefined, undefined, undefined]);
  });

  test("is undefined for the vault's own 404 of a pending object", async () => {
    for (const method of ["GET", "PATCH", "DELETE"]) {
      vault.on(method, "/certificates/web/pending", { status: 404, body: pendingNotFound });
    }
    expect(await vault.client.getOperation("web")).toBeUndefined();
    expect(await vault.client.cancelOperation("web")).toBeUndefined();
    expect(await vault.client.deleteOperation("web")).toBeUndefined();
  });

  test.each([
    ["of a proxy", "<html>not found</html>"],
    ["without a body", ""],
    ["of another kind of object", pendingNotFound],
  ])("is a failure for a 404 %s", async (_, body) => {
    vault.on("GET", "/certificates/web", { status: 404, body });
    expect(await failure(vault.client.getCertificate("web"))).toMatchObject({ code: "KVC_NOT_FOUND" });
  });

  test("is a failure where the call needs it to be there", async () => {
    vault.on("GET", "/certificates/web/policy", { status: 404, body: notFound });
    vault.on("POST", "/certificates/web/pending/merge", { status: 404, body: pendingNotFound });
    expect(await failure(vault.client.getPolicy("web"))).toMatchObject({ code: "KVC_NOT_FOUND" });
    expect(await failure(vault.client.mergeCertificate("web", { x5c: [] }))).toMatchObject({
      code: "KVC_NOT_FOUND",
    });
  });
});

describe("the list of versions", () => {
  const item = (version: string) => ({
    id: `${vaultUrl}/certificates/web/${version}`,
    attributes: { enabled: true },
    subject: "",
  });
  const link = (token: string) =>
    `https://contoso.vault.azure.net:443/certificates/web/versions?api-version=2025-07-01&$skiptoken=${token}&maxresults=25`;
  const page = (token: string) =>
    `/certificates/web/versions?api-version=2025-07-01&%24skiptoken=${token}&maxresults=25`;

  beforeEach(() => vault.challenge());

  test("goes over short and empty pages to the one without a link", async () => {
    vault.on("GET", "/certificates/web/versions", {
      status: 200,
      body: { value: [item("v1")], nextLink: link("a") },
    });
    vault.on("GET", page("a"), { status: 200, body: { value: [], nextLink: link("b") } });
    vault.on("GET", page("b"), { status: 200, body: { value: [item("v2"), item("v3")], nextLink: null } });
    const versions = await vault.client.listVersions("web");
    expect(versions.map(({ version }) => version)).toEqual(["v1", "v2", "v3"]);
  });

  test("does not follow a link to another host", async () => {
    const nextLink = "https://evil.example/certificates/web/versions?$skiptoken=a";
    vault.on("GET", "/certificates/web/versions", { status: 200, body: { value: [], nextLink } });
    expect(await failure(vault.client.listVersions("web"))).toMatchObject({
      code: "KVC_RESPONSE_UNREADABLE",
      details: { problem: expect.stringContaining('"nextLink" must be a link to') },
    });
  });
});

describe("a reply that cannot be read", () => {
  beforeEach(() => vault.challenge());

  test.each([
    [
      "lacks a property",
      { ...wireBundle, attributes: {} },
      '"attributes.enabled" must be a boolean, got nothing',
    ],
    ["is HTML", "<html></html>", "the body must be JSON, got text/html of 13 characters"],
    ["is cut off", '{"id":"https://', "the body must be JSON, got text/html of 15 characters"],
    ["is empty", "", '"certificate" must be an object, got nothing'],
  ])("because it %s is named", async (_, body, problem) => {
    vault.on("GET", "/certificates/web", {
      status: 200,
      body,
      headers: { "Content-Type": "text/html", "x-ms-request-id": "trace-1" },
    });
    const error = await failure(vault.client.getCertificate("web"));
    expect(error).toMatchObject({ code: "KVC_RESPONSE_UNREADABLE", details: { problem } });
    expect(error.message).toContain("(x-ms-request-id trace-1)");
  });

  test("to a write that is not safe to repeat leaves its outcome unknown", async () => {
    vault.on("POST", "/certificates/web/create", {
      status: 202,
      body: { ...wireOperation, request_id: null },
    });
    const error = await failure(vault.client.createCertificate("web", { policy: { issuerName: "Self" } }));
    expect(error).toMatchObject({
      code: "KVC_OUTCOME_UNKNOWN",
      details: { outcomeUnknown: true, reason: expect.stringContaining('"request_id" must be') },
      cause: { code: "KVC_RESPONSE_UNREADABLE" },
    });
  });
});

describe("createVaultClients", () => {
  const credential = () => ({ getToken: () => Promise.resolve(null) });

  test("gives the same client for every spelling of a vault's URL", () => {
    const clients = createVaultClients(fakeTime());
    const mine = credential();
    const client = clients("https://contoso.vault.azure.net", mine);
    expect(client.vaultUrl).toBe("https://contoso.vault.azure.net");
    expect(clients("https://CONTOSO.vault.azure.net:443/", mine)).toBe(client);
  });

  test("gives others for another vault and for another credential", () => {
    const clients = createVaultClients();
    const mine = credential();
    const client = clients("https://contoso.vault.azure.net", mine);
    expect(clients("https://fabrikam.vault.azure.net", mine)).not.toBe(client);
    expect(clients("https://contoso.vault.azure.net", credential())).not.toBe(client);
  });

  test("refuses what is no vault's URL", () => {
    expect(() => createVaultClients()("contoso", credential())).toThrow(TypeError);
  });
});
