import { ManagedIdentityCredential } from "@azure/identity";
import { Bench, refusal } from "./harness";

describe("access to the emulator", () => {
  let bench: Bench;
  beforeEach(async () => {
    bench = await Bench.start();
  });
  afterEach(() => bench.emulator.close());

  const challenge =
    'Bearer authorization="https://login.microsoftonline.com/00000000-0000-0000-0000-000000000000", resource="https://vault.azure.net"';

  test("without a token is challenged before query, path and body are looked at", async () => {
    for (const [method, path] of [
      ["POST", "/certificates/not_valid/create"],
      ["GET", "/nowhere?x=1"],
    ]) {
      const reply = await fetch(`${bench.emulator.url}${path}`, {
        method: method ?? "",
        ...(method === "POST" ? { body: "{" } : {}),
      });
      expect([reply.status, reply.headers.get("www-authenticate")]).toEqual([401, challenge]);
      expect(await reply.json()).toEqual({
        error: { code: "Unauthorized", message: "AKV10000: Request is missing a Bearer or PoP token." },
      });
    }
    expect(bench.emulator.control.stats()).toEqual({ tokens: 1, challenges: 2, requests: 2 });
  });

  test("with a token for another resource is refused with both named", async () => {
    bench.token = await bench.newToken("https://management.azure.com/");
    expect(refusal(await bench.get("/certificates"))).toEqual([
      401,
      "Unauthorized",
      "AKV10022: Invalid audience. Expected https://vault.azure.net, found: https://management.azure.com/.",
      undefined,
    ]);
  });

  test("ends with the life of the token", async () => {
    expect((await bench.get("/certificates")).status).toBe(200);
    bench.clock.advance(24 * 3600 * 1000);
    const reply = await bench.get("/certificates");
    expect([reply.status, reply.headers.get("www-authenticate")]).toEqual([401, challenge]);
  });

  test("is not given for a token from elsewhere", async () => {
    bench.token = "eyJ0eXAiOiJKV1QifQ.e30.x";
    expect((await bench.get("/certificates")).status).toBe(401);
  });

  test.each([
    [{}, 400],
    [{ "X-IDENTITY-HEADER": "wrong" }, 401],
  ])("is not given by the identity endpoint for headers %j", async (headers, status) => {
    const query = "resource=https://vault.azure.net&api-version=2019-08-01";
    const reply = await fetch(`${bench.emulator.identityEndpoint}?${query}`, { headers });
    expect(reply.status).toBe(status);
  });

  test("is given to the official managed-identity credential, whose token the vault accepts", async () => {
    const live = await Bench.start({ clock: Date.now });
    const before = { ...process.env };
    process.env["IDENTITY_ENDPOINT"] = live.emulator.identityEndpoint;
    process.env["IDENTITY_HEADER"] = live.emulator.identityHeader;
    try {
      const { token } = await new ManagedIdentityCredential().getToken("https://vault.azure.net/.default");
      live.token = token;
      expect((await live.get("/certificates")).status).toBe(200);
    } finally {
      process.env = before;
      await live.emulator.close();
    }
  });

  test.each(["/certificates?api-version=", "/certificates?api-version=2024-01-01"])(
    "needs a known version of the API: %s",
    async (path) => {
      expect(await bench.get(path)).toMatchObject({ status: 400, body: { error: { code: "BadParameter" } } });
    },
  );

  test.each(["7.4", "7.6-preview.1", "2025-07-01", "2026-03-01-preview"])(
    "works with version %s of the API",
    async (version) => {
      expect((await bench.get(`/certificates?api-version=${version}`)).status).toBe(200);
    },
  );

  test("is answered with the service's headers and the caller's request id, also when refused", async () => {
    for (const path of ["/certificates", "/certificates/none"]) {
      const { headers } = await bench.call("GET", path, undefined, { "x-ms-client-request-id": "mine" });
      expect(headers.get("x-ms-client-request-id")).toBe("mine");
      expect(headers.get("x-ms-request-id")).toMatch(/^[0-9a-f-]{36}$/);
      expect(headers.get("content-type")).toBe("application/json; charset=utf-8");
      expect(headers.get("cache-control")).toBe("no-cache");
      expect(headers.get("x-ms-keyvault-service-version")).toMatch(/^1\.9\./);
    }
  });

  test("by another loopback name gives the same ids", async () => {
    const path = bench.emulator.url.replace("127.0.0.1", "localhost");
    const { body } = await bench.post(`${path}/certificates/c/create`, {
      policy: { issuer: { name: "Self" }, key_props: { kty: "EC" }, x509_props: { subject: "CN=x" } },
    });
    expect(body.id).toBe(`${bench.emulator.url}/certificates/c/pending`);
  });

  test("is recorded, with the body of writes and the code of refusals, and without control and identity calls", async () => {
    await bench.put("/certificates/contacts", { contacts: [] });
    await bench.get("/certificates/none");
    const requests = (await bench.get("/emulator/control/requests")).body;
    const at = bench.clock.milliseconds;
    const query = { "api-version": "2025-07-01" };
    expect(requests).toEqual([
      {
        at,
        method: "PUT",
        path: "/certificates/contacts",
        query,
        status: 200,
        carriedOut: true,
        authorized: true,
        body: { contacts: [] },
      },
      {
        at,
        method: "GET",
        path: "/certificates/none",
        query,
        status: 404,
        carriedOut: false,
        authorized: true,
        serviceCode: "CertificateNotFound",
      },
    ]);
    expect((await bench.delete("/emulator/control/requests")).status).toBe(204);
    expect(bench.emulator.control.requests()).toEqual([]);
    expect(bench.emulator.control.stats().requests).toBe(2);
  });
});
