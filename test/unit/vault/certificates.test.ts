import {
  createCertificateRequest,
  getCertificateRequest,
  listVersionsRequest,
  readCertificateBundle,
  readVersionsPage,
  updateCertificateRequest,
} from "../../../provider/vault/certificates";
import { target } from "../../../provider/vault/request";
import { nextPage } from "../../../provider/vault/versions";
import { bundle, vaultUrl, wireBundle, withMember } from "./harness";

describe("the requests for a certificate", () => {
  test("create one from a policy, and may not be repeated", () => {
    expect(createCertificateRequest("web", { policy: { issuerName: "Self", subject: "CN=web" } })).toEqual({
      method: "POST",
      path: "/certificates/web/create",
      body: { policy: { x509_props: { subject: "CN=web" }, issuer: { name: "Self" } } },
      certificateName: "web",
      permission: "create",
      repeatable: false,
    });
  });

  test("create one with everything that can go with it", () => {
    const request = createCertificateRequest("web", {
      policy: { issuerName: "Unknown" },
      enabled: false,
      tags: {},
      preserveCertificateOrder: true,
    });
    expect(request.body).toEqual({
      policy: { issuer: { name: "Unknown" } },
      attributes: { enabled: false },
      tags: {},
      preserveCertOrder: true,
    });
  });

  test("get the current version, or a named one", () => {
    const rest = {
      method: "GET",
      certificateName: "web",
      permission: "get",
      repeatable: true,
      absentCode: "CertificateNotFound",
    };
    expect(getCertificateRequest("web")).toEqual({ ...rest, path: "/certificates/web" });
    expect(getCertificateRequest("web", "v1")).toEqual({ ...rest, path: "/certificates/web/v1" });
  });

  test("patch only what is given", () => {
    expect(updateCertificateRequest("web", undefined, { enabled: false })).toEqual({
      method: "PATCH",
      path: "/certificates/web",
      body: { attributes: { enabled: false } },
      certificateName: "web",
      permission: "update",
      repeatable: true,
    });
    const ofVersion = updateCertificateRequest("web", "v1", { tags: { a: "b" } });
    expect(ofVersion.path).toBe("/certificates/web/v1");
    expect(ofVersion.body).toEqual({ tags: { a: "b" } });
  });

  test("list versions from the start, or from a page", () => {
    expect(target(listVersionsRequest("web"))).toBe("/certificates/web/versions?api-version=2025-07-01");
    const page = listVersionsRequest("web", {
      "api-version": "2025-07-01",
      $skiptoken: "eyJ=",
      maxresults: "25",
    });
    expect(target(page)).toBe(
      "/certificates/web/versions?api-version=2025-07-01&%24skiptoken=eyJ%3D&maxresults=25",
    );
    expect(page.permission).toBe("list");
  });

  test("encode a name, so that it stays one segment of the path", () => {
    expect(getCertificateRequest("a/b?c#d").path).toBe("/certificates/a%2Fb%3Fc%23d");
    expect(getCertificateRequest("grün").path).toBe("/certificates/gr%C3%BCn");
  });

  test.each(["", ".", ".."])('refuse "%s", which would be the path of another object', (name) => {
    expect(() => getCertificateRequest(name)).toThrow(TypeError);
    expect(() => getCertificateRequest("web", name)).toThrow("must be a path segment");
  });
});

describe("readCertificateBundle", () => {
  test("gives the bundle in this project's words", () => {
    expect(readCertificateBundle(wireBundle)).toEqual(bundle);
  });

  test("reads the placeholder of a request that has not completed", () => {
    const { kid, sid, x5t, cer, tags, ...placeholder } = wireBundle;
    expect([kid, sid, x5t, cer, tags]).not.toContain(undefined);
    const { keyId, secretId, cer: der, ...rest } = bundle;
    expect([keyId, secretId, der]).not.toContain(undefined);
    expect(readCertificateBundle(placeholder)).toEqual({ ...rest, tags: {} });
  });

  test("reads a versioned reply, which has neither policy nor pending", () => {
    const read = readCertificateBundle(
      withMember(withMember(wireBundle, "policy", undefined) as object, "pending", undefined),
    );
    expect(read).not.toHaveProperty("policy");
    expect(read.hasPending).toBe(false);
  });

  test("ignores what it does not know, and takes null for missing", () => {
    const reply = { ...wireBundle, novelty: { a: 1 }, tags: null, kid: null };
    const { keyId, ...rest } = bundle;
    expect(keyId).toBeDefined();
    expect(readCertificateBundle(reply)).toEqual({ ...rest, tags: {} });
  });

  test.each([
    ["https://CONTOSO.vault.azure.net:443/certificates/web/v1", "web"],
    ["http://127.0.0.1:8080/certificates/web/v1", "web"],
    ["https://contoso.vault.azure.net/certificates/gr%C3%BCn/v1", "grün"],
  ])("takes name and version from the path of the id %s", (id, name) => {
    expect(readCertificateBundle({ ...wireBundle, id })).toMatchObject({ name, version: "v1" });
  });

  test.each([
    ["id", undefined, '"id" must be a non-empty string, got nothing'],
    ["id", `${vaultUrl}/certificates/web`, '"id" must be a URL that ends in /certificates/{name}/{version}'],
    ["id", `${vaultUrl}/secrets/web/v1`, '"id" must be a URL'],
    ["id", "/certificates/web/v1", '"id" must be a URL'],
    ["id", `${vaultUrl}/certificates/%E0%A4%A/v1`, '"id" must be percent-encoded UTF-8'],
    ["attributes", undefined, '"attributes" must be an object, got nothing'],
    ["attributes.enabled", undefined, '"attributes.enabled" must be a boolean, got nothing'],
    ["attributes.enabled", "true", '"attributes.enabled" must be a boolean, got a string of 4 characters'],
    ["attributes.nbf", "2026", '"attributes.nbf" must be a number'],
    ["attributes.exp", {}, '"attributes.exp" must be a number, got an object'],
    ["attributes.created", true, '"attributes.created" must be a number, got true'],
    ["attributes.recoveryLevel", 1, '"attributes.recoveryLevel" must be a string, got 1'],
    ["attributes.recoverableDays", "7", '"attributes.recoverableDays" must be a number'],
    ["kid", 1, '"kid" must be a non-empty string'],
    ["sid", "", '"sid" must be a non-empty string'],
    ["cer", [], '"cer" must be a non-empty string, got an array'],
    ["tags", [], '"tags" must be an object, got an array'],
    ["tags.team", 1, '"tags.team" must be a string, got 1'],
    ["policy", "Self", '"policy" must be an object'],
    ["pending", true, '"pending" must be an object, got true'],
  ])("does not read %s as %j", (path, value, message) => {
    expect(() => readCertificateBundle(withMember(wireBundle, path, value))).toThrow(message);
  });

  test.each([undefined, null, [], "text", 1])("does not read %j for a bundle", (body) => {
    expect(() => readCertificateBundle(body)).toThrow('"certificate" must be an object');
  });
});

describe("readVersionsPage", () => {
  const item = {
    id: `${vaultUrl}/certificates/web/v1`,
    x5t: "hk-QJd3lTqIv0Bd9Jyx1kxcNnWI",
    attributes: { enabled: true, nbf: 1, exp: 2, created: 3, updated: 4 },
    subject: "",
  };

  test("gives the versions and the link to the next page", () => {
    expect(readVersionsPage({ value: [item], nextLink: `${vaultUrl}/next` })).toEqual({
      items: [
        {
          name: "web",
          version: "v1",
          x5t: "hk-QJd3lTqIv0Bd9Jyx1kxcNnWI",
          enabled: true,
          notBefore: 1,
          expiresOn: 2,
          createdOn: 3,
          updatedOn: 4,
          tags: {},
        },
      ],
      nextLink: `${vaultUrl}/next`,
    });
  });

  test("has no next page for a null link", () => {
    expect(readVersionsPage({ value: [], nextLink: null })).toEqual({ items: [] });
  });

  test.each([
    [{}, '"value" must be an array, got nothing'],
    [{ value: {} }, '"value" must be an array, got an object'],
    [{ value: [{ ...item, id: 1 }] }, '"value[0].id" must be a non-empty string'],
    [{ value: [item, { ...item, attributes: null }] }, '"value[1].attributes" must be an object, got null'],
    [{ value: [{ ...item, attributes: {} }] }, '"value[0].attributes.enabled" must be a boolean'],
    [{ value: [{ ...item, tags: { a: 1 } }] }, '"value[0].tags.a" must be a string'],
    [{ value: [], nextLink: 1 }, '"nextLink" must be a non-empty string'],
  ])("does not read %j", (body, message) => {
    expect(() => readVersionsPage(body)).toThrow(message);
  });
});

describe("nextPage", () => {
  const list = `${vaultUrl}/certificates/web/versions`;
  const query = "?api-version=2025-07-01&$skiptoken=eyJOZXh0&maxresults=25";

  test.each([
    `${list}${query}`,
    `https://contoso.vault.azure.net:443/certificates/web/versions${query}`,
    `https://CONTOSO.vault.azure.net/certificates/WEB/versions${query}`,
  ])("takes the query of %s", (link) => {
    expect(nextPage(link, list)).toEqual({
      "api-version": "2025-07-01",
      $skiptoken: "eyJOZXh0",
      maxresults: "25",
    });
  });

  test.each([
    `https://evil.example/certificates/web/versions${query}`,
    `https://contoso.vault.azure.net:8443/certificates/web/versions${query}`,
    `http://contoso.vault.azure.net/certificates/web/versions${query}`,
    `https://contoso.vault.azure.net@evil.example/certificates/web/versions${query}`,
    `${vaultUrl}/certificates/other/versions${query}`,
    `${vaultUrl}/certificates/web${query}`,
    `/certificates/web/versions${query}`,
  ])("does not follow %s", (link) => {
    expect(() => nextPage(link, list)).toThrow(`"nextLink" must be a link to ${list}`);
  });
});
