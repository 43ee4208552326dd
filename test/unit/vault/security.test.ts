import fc from "fast-check";
import { inspect } from "node:util";
import type { VaultClient } from "../../../provider/vault/client";
import { createVaultClient } from "../../../provider/vault/client";
import { pem } from "../build/materials";
import { makeCertificate, makeKeys } from "../x509/authority";
import { bundle, failure, fakeCredential, unauthorized, wireBundle } from "./harness";
import { type Answer, json, type Options, type RealVault, realVault, refusal } from "./server";

const vaults: RealVault[] = [];
let tls: { key: string; cert: string };

beforeAll(async () => {
  const keys = await makeKeys();
  const certificate = await makeCertificate({ subject: "CN=localhost", keys, to: 9000 });
  tls = { key: keys.node.export({ type: "pkcs8", format: "pem" }).toString(), cert: pem(certificate) };
});

afterEach(async () => {
  await Promise.all(vaults.splice(0).map((vault) => vault.close()));
});

async function start(options: Options = {}): Promise<RealVault> {
  const vault = await realVault(options);
  vaults.push(vault);
  return vault;
}

/** A TLS server under any name, whose certificate is taken as good: what else there is must keep the token back. */
const under = (host: string, challenge?: string) =>
  start({ host, tls, connect: { rejectUnauthorized: false }, ...(challenge !== undefined && { challenge }) });

const bearer = (resource: string, authority = "https://login.microsoftonline.com/tenant-1") =>
  `Bearer authorization="${authority}", resource="${resource}"`;

/** No request carried anything that a credential gave. */
function expectNoToken(vault: RealVault): void {
  expect(vault.carried()).toEqual([]);
  expect(vault.tokens).toEqual([]);
}

describe("a token", () => {
  test("goes to an https host below the resource of its challenge", async () => {
    const vault = await under("contoso.vault.azure.net");
    vault.answer(json(200, wireBundle));
    expect(await vault.client.getCertificate("web")).toEqual(bundle);
    expect(vault.carried()).toEqual(["GET /certificates/web"]);
  });

  test.each([
    ["evilvault.azure.net", "https://vault.azure.net"],
    ["contoso.vault.azure.net.evil.example", "https://vault.azure.net"],
    ["contoso-vault.azure.net", "https://vault.azure.net"],
    ["contoso.vault.azure.net", "https://contoso.vault.azure.net.evil.example"],
    ["contoso.vault.azure.net", "https://management.azure.com"],
    ["contoso.vault.azure.net", "https://graph.microsoft.com"],
    ["contoso.vault.azure.net", "https://net"],
    ["contoso.vault.azure.net", "https://vault.azure.net@evil.example"],
    ["contoso.vault.azure.net", "http://vault.azure.net"],
    ["xn--vult-loa.azure.net", "https://vault.azure.net"],
  ])("is not asked for, and goes nowhere, where %s lies that it is for %s", async (host, resource) => {
    const vault = await under(host, bearer(resource));
    for (const call of [vault.client.getCertificate("web"), vault.client.deleteCertificate("web")]) {
      expect((await failure(call)).code).toBe("KVC_CHALLENGE_REFUSED");
    }
    expectNoToken(vault);
    expect(new Set(vault.seen.map(({ method }) => method))).toEqual(new Set(["GET"]));
  });

  test.each([
    ["http", "http://login.microsoftonline.com/tenant-1", "is not an https URL"],
    ["no URL", "login.microsoftonline.com", "is not an https URL"],
    ["a tenant that is none", "https://login.microsoftonline.com/a%20--b", "ends in no tenant's id or name"],
  ])("is not asked for where the authority is %s", async (_, authority, reason) => {
    const vault = await under("contoso.vault.azure.net", bearer("https://vault.azure.net", authority));
    const error = await failure(vault.client.getCertificate("web"));
    expect(error.message).toContain(reason);
    expect(error.message).toContain("; no token was sent in answer; ");
    expectNoToken(vault);
  });

  test.each(["http://contoso.vault.azure.net", "http://127.0.0.1.nip.io", "http://localhost.evil.example"])(
    "has no way to %s, for which there is no client",
    (vaultUrl) => {
      const { credential } = fakeCredential(() => 0);
      expect(() => createVaultClient({ vaultUrl, credential })).toThrow("must start with https://");
    },
  );

  test.each([301, 302, 303, 307, 308])("does not follow a redirect with %d", async (status) => {
    const [vault, elsewhere] = [await start(), await start()];
    const redirect = json(status, {}, { Location: `${elsewhere.url}/certificates/web` });
    vault.answer(redirect);
    expect((await failure(vault.client.getCertificate("web"))).code).toBe("KVC_UNEXPECTED_REPLY");
    expect((await failure(vault.client.deleteCertificate("web"))).code).toBe("KVC_UNEXPECTED_REPLY");
    expect(elsewhere.seen).toEqual([]);
  });

  test.each([
    (url: string) => `${url}/certificates/web/versions?$skiptoken=a`,
    () => "//evil.example/certificates/web/versions",
    () => "https://evil.example:443/certificates/web/versions",
  ])("does not follow a list to another host (%#)", async (link) => {
    const [vault, elsewhere] = [await start(), await start()];
    vault.answer(json(200, { value: [], nextLink: link(elsewhere.url) }));
    expect((await failure(vault.client.listVersions("web"))).code).toBe("KVC_RESPONSE_UNREADABLE");
    expect(elsewhere.seen).toEqual([]);
    expect(vault.carried()).toHaveLength(1);
  });
});

describe("a later challenge", () => {
  const rejecting = (header: string): Answer => json(401, unauthorized, { "WWW-Authenticate": header });

  test.each([
    ["another resource, on loopback too", "127.0.0.1", bearer("https://management.azure.com")],
    ["a resource that does not cover the host", "contoso.vault.azure.net", bearer("https://vault.azure.cn")],
    ["a narrower resource", "contoso.vault.azure.net", bearer("https://contoso.vault.azure.net")],
    [
      "an authority over http",
      "127.0.0.1",
      bearer("https://vault.azure.net", "http://login.microsoftonline.com/t"),
    ],
    ["another scheme", "127.0.0.1", 'Basic realm="vault"'],
  ])("with %s is refused, and the first one stays", async (_, host, header) => {
    const vault = host === "127.0.0.1" ? await start() : await under(host);
    vault.answer(rejecting(header), json(200, wireBundle));
    expect((await failure(vault.client.getCertificate("web"))).code).toBe("KVC_CHALLENGE_REFUSED");
    expect(await vault.client.getCertificate("web")).toEqual(bundle);
    expect(vault.tokens.map(({ scopes }) => scopes)).toEqual(["https://vault.azure.net/.default"]);
    expect(vault.seen.map(({ authorization }) => authorization)).toEqual([
      undefined,
      "Bearer token-1",
      "Bearer token-1",
    ]);
  });

  test("that says the same in other letters is none", async () => {
    const vault = await start();
    vault.answer(rejecting(bearer("https://VAULT.azure.net/")), json(200, wireBundle));
    expect(await vault.client.getCertificate("web")).toEqual(bundle);
    expect(vault.tokens).toHaveLength(2);
  });

  test("cannot do away with the token: a 200 without one is asked for once, at the beginning", async () => {
    const vault = await start();
    vault.answer(json(200, wireBundle));
    await vault.client.getCertificate("web");
    await vault.client.deleteCertificate("web");
    expect(vault.seen.map(({ authorization }) => authorization === undefined)).toEqual([true, false, false]);
  });
});

describe("what a vault or a proxy says", () => {
  const jwt = "eyJhbGciOiJub25lIn0.eyJzdWIiOiJtZSJ9.c2lnbmF0dXJl";

  test("repeats no token in an error, wherever it stands in it", async () => {
    const vault = await start();
    vault.giveToken(() =>
      Promise.resolve({ token: jwt, expiresOnTimestamp: vault.time.clock() + 3_600_000 }),
    );
    vault.answer((response, sent) => {
      const words = `rejected: authorization: ${sent.authorization ?? ""}; access_token=abc`;
      refusal(400, "BadParameter", words, jwt)(response, sent);
    });
    const error = await failure(vault.client.getCertificate("web"));
    expect(inspect(error, { depth: 20, showHidden: true })).not.toContain("eyJ");
    expect(error.message).toContain('"rejected: authorization: Bearer <token>; access_token=<hidden>"');
  });

  test("reaches a terminal without control characters, and cut to 4000", async () => {
    const vault = await start();
    vault.answer(refusal(400, "BadParameter", `\u001b[2J\u0007${"x".repeat(10_000)}`));
    const { message } = await failure(vault.client.getCertificate("web"));
    // eslint-disable-next-line no-control-regex -- the control characters are what is looked for
    expect(message).not.toMatch(/[\u0000-\u001f\u007f]/);
    expect(message.length).toBeLessThan(4500);
  });
});

describe("a name", () => {
  const id = "11112222333344445555666677778888";
  const operations: readonly (readonly [
    string,
    (client: VaultClient, name: string) => Promise<unknown>,
    RegExp,
  ])[] = [
    ["get", (c, n) => c.getCertificate(n), /^\/certificates\/([^/]+)$/],
    ["version", (c, n) => c.getCertificateVersion("web", n), /^\/certificates\/web\/([^/]+)$/],
    [
      "create",
      (c, n) => c.createCertificate(n, { policy: { issuerName: "Self" } }),
      /^\/certificates\/([^/]+)\/create$/,
    ],
    ["update", (c, n) => c.updateCertificate(n, undefined, {}), /^\/certificates\/([^/]+)$/],
    ["policy", (c, n) => c.updatePolicy(n, {}), /^\/certificates\/([^/]+)\/policy$/],
    ["versions", (c, n) => c.listVersions(n), /^\/certificates\/([^/]+)\/versions$/],
    ["pending", (c, n) => c.deleteOperation(n, id), /^\/certificates\/([^/]+)\/pending$/],
    ["merge", (c, n) => c.mergeCertificate(n, { x5c: [] }), /^\/certificates\/([^/]+)\/pending\/merge$/],
    ["delete", (c, n) => c.deleteCertificate(n), /^\/certificates\/([^/]+)$/],
    ["purge", (c, n) => c.purgeDeletedCertificate(n), /^\/deletedcertificates\/([^/]+)$/],
    ["recover", (c, n) => c.recoverDeletedCertificate(n), /^\/deletedcertificates\/([^/]+)\/recover$/],
  ];
  const hostile = [
    "a/b",
    "a?b=c",
    "a#b",
    "a%2Fb",
    "..%2f",
    "a b",
    "a\r\nX: y",
    "ü",
    "a\\b",
    "a;b",
    "../web",
    "%2e%2e",
  ];

  test.each(operations)("stays one segment of the path, whatever is in it: %s", async (_, call, shape) => {
    const vault = await start();
    vault.answer(refusal(400, "BadParameter", "The request URI contains an invalid name."));
    for (const name of hostile) {
      await failure(call(vault.client, name));
      const { target = "" } = vault.seen.at(-1) ?? {};
      const [path = "", query = ""] = target.split("?");
      expect(decodeURIComponent(shape.exec(path)?.[1] ?? "")).toBe(name);
      expect(new URLSearchParams(query).get("api-version")).toBe("2025-07-01");
    }
  });

  test.each(["", ".", ".."])("that would name another place, %j, is sent nowhere", async (name) => {
    const vault = await start();
    for (const [, call] of operations) {
      await expect((async () => call(vault.client, name))()).rejects.toThrow("must be a path segment");
    }
    expect(vault.seen).toEqual([]);
  });

  test("of any characters comes back from the path as it was", async () => {
    const vault = await start();
    vault.answer(refusal(404, "CertificateNotFound", "No."));
    const names = fc
      .string({ unit: "binary", minLength: 1, maxLength: 40 })
      .filter((name) => !/^\.{1,2}$/.test(name));
    await fc.assert(
      fc.asyncProperty(names, async (name) => {
        expect(await vault.client.getCertificate(name)).toBeUndefined();
        expect(decodeURIComponent(vault.seen.at(-1)?.target.split(/[/?]/)[2] ?? "")).toBe(name);
      }),
      { numRuns: 50 },
    );
  });

  test("of a request goes into the query as one value", async () => {
    const vault = await start();
    vault.answer(refusal(404, "PendingCertificateNotFound", "No."));
    await vault.client.getOperation("web", "a&api-version=1#/../x");
    const query = new URLSearchParams(vault.seen.at(-1)?.target.split("?")[1]);
    expect([...query]).toEqual([
      ["api-version", "2025-07-01"],
      ["request_id", "a&api-version=1#/../x"],
    ]);
  });
});
