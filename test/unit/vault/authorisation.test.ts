import { challengeHeader, failure, fakeVault, unauthorized, wireBundle } from "./harness";

let vault: ReturnType<typeof fakeVault>;

afterEach(async () => {
  vault.agent.assertNoPendingInterceptors();
  await vault.agent.close();
});

const claims = '{"access_token":{"nbf":{"essential":true,"value":"1767225600"}}}';
const claimsHeader = `${challengeHeader}, error="insufficient_claims", claims="${Buffer.from(claims).toString("base64")}"`;
const rejection = (header = challengeHeader) => ({
  status: 401,
  body: unauthorized,
  headers: { "WWW-Authenticate": header },
});

describe("the first requests to a vault", () => {
  test("cause one challenge without token and body, and one token, when 100 of them come at once", async () => {
    vault = fakeVault();
    vault.challenge();
    const names = Array.from({ length: 100 }, (_, index) => `web-${index}`);
    for (const name of names) vault.on("GET", `/certificates/${name}`, { status: 200, body: wireBundle });
    await Promise.all(names.map((name) => vault.client.getCertificate(name)));
    const [first, ...rest] = vault.seen;
    expect(first).toMatchObject({ method: "GET", body: undefined });
    expect(first?.headers).not.toHaveProperty("authorization");
    expect(rest).toHaveLength(100);
    expect(new Set(rest.map(({ headers }) => headers["authorization"]))).toEqual(new Set(["Bearer token-1"]));
    expect(vault.tokens).toMatchObject([
      { scopes: "https://vault.azure.net/.default", tenantId: "tenant-1", enableCae: true },
    ]);
  });

  test("do not write before the vault has said what it wants", async () => {
    vault = fakeVault();
    vault.challenge();
    vault.on("DELETE", "/certificates/web", { status: 200, body: wireBundle });
    await vault.client.deleteCertificate("web");
    expect(vault.seen.map(({ method }) => method)).toEqual(["GET", "DELETE"]);
  });

  test("carry no token where the vault asks for none", async () => {
    vault = fakeVault({ url: "http://localhost:8080" });
    vault.on("GET", "/certificates?api-version=2025-07-01&maxresults=1", {
      status: 200,
      body: { value: [] },
    });
    vault.on("GET", "/certificates/web", { status: 200, body: wireBundle });
    await vault.client.getCertificate("web");
    expect(vault.seen.at(-1)?.headers).not.toHaveProperty("authorization");
    expect(vault.tokens).toEqual([]);
  });

  test("carry a token to a loopback vault over http", async () => {
    vault = fakeVault({ url: "http://127.0.0.1:8080" });
    vault.challenge();
    vault.on("GET", "/certificates/web", { status: 200, body: wireBundle });
    await vault.client.getCertificate("web");
    expect(vault.seen.at(-1)?.headers).toMatchObject({ authorization: "Bearer token-1" });
  });

  test("wait out a vault that is throttled while it is asked for its challenge", async () => {
    vault = fakeVault();
    vault.on("GET", "/certificates?api-version=2025-07-01&maxresults=1", { status: 429 });
    vault.challenge();
    vault.on("GET", "/certificates/web", { status: 200, body: wireBundle });
    await vault.client.getCertificate("web");
    expect(vault.time.slept).toEqual([1000]);
  });

  test.each([
    [
      "an uncovered resource",
      'Bearer authorization="https://login.example/t", resource="https://management.azure.com"',
    ],
    [
      "an http authority",
      'Bearer authorization="http://login.example/t", resource="https://vault.azure.net"',
    ],
    ["no Bearer challenge", 'Basic realm="vault"'],
  ])("fail without asking for a token on %s", async (_, header) => {
    vault = fakeVault();
    vault.challenge(header);
    expect(await failure(vault.client.getCertificate("web"))).toMatchObject({
      code: "KVC_CHALLENGE_REFUSED",
    });
    expect(vault.tokens).toEqual([]);
  });

  test("fail with what the vault answered in place of a challenge", async () => {
    vault = fakeVault();
    const body = {
      error: { code: "Forbidden", message: "No.", innererror: { code: "ForbiddenByConnection" } },
    };
    vault.on("GET", "/certificates?api-version=2025-07-01&maxresults=1", { status: 403, body });
    expect(await failure(vault.client.getCertificate("web"))).toMatchObject({
      code: "KVC_FORBIDDEN_BY_NETWORK",
    });
  });

  test("ask for the challenge again after it could not be had", async () => {
    vault = fakeVault();
    vault.challenge('Basic realm="vault"');
    vault.challenge();
    vault.on("GET", "/certificates/web", { status: 200, body: wireBundle });
    await failure(vault.client.getCertificate("web"));
    expect(await vault.client.getCertificate("web")).toBeDefined();
  });
});

describe("a token that the vault does not take", () => {
  beforeEach(() => {
    vault = fakeVault();
    vault.challenge();
  });

  test("is replaced once by one with the claims that the vault names, for reads and for writes", async () => {
    vault.on("POST", "/certificates/web/pending/merge", rejection(claimsHeader));
    vault.on("POST", "/certificates/web/pending/merge", { status: 201, body: wireBundle });
    await vault.client.mergeCertificate("web", { x5c: ["MIIA"] });
    expect(vault.tokens.map((call) => call.claims)).toEqual([undefined, claims]);
    expect(vault.seen.at(-1)).toMatchObject({
      headers: { authorization: "Bearer token-2" },
      body: { x5c: ["MIIA"] },
    });
  });

  test("is replaced once for all who met the rejection together", async () => {
    const names = ["a", "b", "c", "d"];
    for (const name of names) {
      vault.on("GET", `/certificates/${name}`, rejection(claimsHeader));
      vault.on("GET", `/certificates/${name}`, { status: 200, body: wireBundle });
    }
    await Promise.all(names.map((name) => vault.client.getCertificate(name)));
    expect(vault.tokens).toHaveLength(2);
  });

  test("is a failure when the new one is not taken either", async () => {
    vault.on("GET", "/certificates/web", rejection(claimsHeader));
    vault.on("GET", "/certificates/web", rejection(claimsHeader));
    expect(await failure(vault.client.getCertificate("web"))).toMatchObject({
      code: "KVC_UNAUTHORIZED",
      details: { status: 401, serviceCode: "Unauthorized" },
    });
    expect(vault.tokens).toHaveLength(2);
  });

  test("is a failure at once when the credential has no other", async () => {
    vault.on("GET", "/certificates/web", rejection());
    const first = { token: "token-1", expiresOnTimestamp: vault.time.clock() + 3_600_000 };
    vault.giveToken(() => Promise.resolve(first));
    vault.giveToken(() => Promise.resolve(first));
    expect(await failure(vault.client.getCertificate("web"))).toMatchObject({ code: "KVC_UNAUTHORIZED" });
  });

  test("goes on to another tenant's where the vault has moved", async () => {
    const moved =
      'Bearer authorization="https://login.microsoftonline.com/tenant-2", resource="https://vault.azure.net"';
    vault.on("GET", "/certificates/web", rejection(moved));
    vault.on("GET", "/certificates/web", { status: 200, body: wireBundle });
    vault.on("GET", "/certificates/web", { status: 200, body: wireBundle });
    await vault.client.getCertificate("web");
    await vault.client.getCertificate("web");
    expect(vault.tokens.map(({ tenantId }) => tenantId)).toEqual(["tenant-1", "tenant-2"]);
  });

  test.each([
    'Bearer authorization="https://login.microsoftonline.com/tenant-1", resource="https://management.azure.com"',
    'Bearer authorization="http://login.microsoftonline.com/tenant-1", resource="https://vault.azure.net"',
  ])("is not replaced by one for a challenge that does not cover the vault: %s", async (header) => {
    vault.on("GET", "/certificates/web", rejection(header));
    expect(await failure(vault.client.getCertificate("web"))).toMatchObject({
      code: "KVC_CHALLENGE_REFUSED",
    });
    expect(vault.tokens).toHaveLength(1);
  });
});

describe("a credential that fails", () => {
  test("is named, with no token in what is thrown", async () => {
    vault = fakeVault();
    vault.challenge();
    vault.giveToken(() => Promise.reject(new Error("not logged in: eyJhbGciOi.eyJzdWIi.c2ln")));
    const error = await failure(vault.client.getCertificate("web"));
    expect(error).toMatchObject({
      code: "KVC_CREDENTIAL_FAILED",
      details: { reason: "not logged in: <token>" },
    });
    expect(JSON.stringify(error)).not.toContain("eyJ");
  });
});
