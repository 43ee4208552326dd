import { parseChallenge, refusalOf } from "../../../provider/vault/challenge";

const authorization = "https://login.microsoftonline.com/tenant-1";

describe("parseChallenge", () => {
  const plain = {
    authorization,
    resource: "https://vault.azure.net",
    scope: "https://vault.azure.net/.default",
    tenantId: "tenant-1",
  };

  test.each([
    ["the service's form", `Bearer authorization="${authorization}", resource="https://vault.azure.net"`],
    [
      "no blank after the comma",
      `Bearer authorization="${authorization}",resource="https://vault.azure.net"`,
    ],
    ["another order and case", `bearer Resource="https://vault.azure.net", Authorization="${authorization}"`],
    ["values without quotes", `Bearer authorization=${authorization}, resource=https://vault.azure.net`],
    [
      "a resource with a slash at its end",
      `Bearer authorization="${authorization}", resource="https://vault.azure.net/"`,
    ],
    [
      "scope in place of resource",
      `Bearer authorization="${authorization}", scope="https://vault.azure.net/.default"`,
    ],
    ["authorization_uri", `Bearer resource="https://vault.azure.net", authorization_uri="${authorization}"`],
    [
      "another scheme before it",
      `PoP authorization="https://other.example/t", resource="https://other.example", Bearer authorization="${authorization}", resource="https://vault.azure.net"`,
    ],
    [
      "another scheme after it",
      `Bearer authorization="${authorization}", resource="https://vault.azure.net", PoP resource="https://other.example"`,
    ],
    [
      "a parameter said twice",
      `Bearer authorization="${authorization}", resource="https://vault.azure.net", resource="https://other.example"`,
    ],
  ])("reads %s", (_, header) => {
    expect(parseChallenge(header)).toEqual(plain);
  });

  test("reads the claims of a withdrawn token, decoded", () => {
    const claims = '{"access_token":{"nbf":{"essential":true,"value":"1767225600"}}}';
    const header = `Bearer authorization="${authorization}", resource="https://vault.azure.net", error="insufficient_claims", claims="${Buffer.from(claims).toString("base64")}"`;
    expect(parseChallenge(header)).toEqual({ ...plain, claims });
  });

  test("takes claims of another error for nothing", () => {
    const header = `Bearer authorization="${authorization}", resource="https://vault.azure.net", error="invalid_token", claims="e30="`;
    expect(parseChallenge(header)).toEqual(plain);
  });

  test("unescapes a quoted value", () => {
    const header = `Bearer authorization="https://login.example/a\\"b", resource="https://vault.azure.net"`;
    expect(parseChallenge(header)?.authorization).toBe('https://login.example/a"b');
  });

  test("has no tenant where the authority has no path", () => {
    const header = 'Bearer authorization="https://login.example", resource="https://vault.azure.net"';
    expect(parseChallenge(header)).not.toHaveProperty("tenantId");
  });

  test.each([
    ["no header", undefined],
    ["an empty header", ""],
    ["another scheme", `Basic realm="vault"`],
    ["no authority", 'Bearer resource="https://vault.azure.net"'],
    ["no resource", `Bearer authorization="${authorization}"`],
    ["parameters of no scheme", `authorization="${authorization}", resource="https://vault.azure.net"`],
  ])("is undefined for %s", (_, header) => {
    expect(parseChallenge(header)).toBeUndefined();
  });
});

describe("refusalOf", () => {
  const refusal = (vaultUrl: string, resource: string, authority = authorization) =>
    refusalOf({ authorization: authority, resource, scope: `${resource}/.default` }, vaultUrl);

  test.each([
    ["https://contoso.vault.azure.net", "https://vault.azure.net"],
    ["https://contoso.vault.azure.net:8443", "https://vault.azure.net"],
    ["https://contoso.vault.azure.net", "https://VAULT.azure.net."],
    ["https://contoso.vault.azure.net", "https://vault.azure.net:443"],
    ["https://contoso.vault.azure.cn", "https://vault.azure.cn"],
    ["https://contoso.vault.azure.net", "https://contoso.vault.azure.net"],
    ["https://10.0.0.5", "https://10.0.0.5"],
    ["https://vault", "https://vault"],
    ["https://127.0.0.1:8443", "https://vault.azure.net"],
    ["https://localhost:8443", "https://vault.azure.net"],
    ["http://localhost:8080", "https://vault.azure.net"],
    ["http://127.0.0.9:8080", "https://vault.azure.net"],
    ["http://[::1]:8080", "https://vault.azure.net"],
  ])("lets a token go to %s for %s", (vaultUrl, resource) => {
    expect(refusal(vaultUrl, resource)).toBeUndefined();
  });

  test.each([
    ["https://evilvault.azure.net", "https://vault.azure.net", "does not cover"],
    ["https://vault.azure.net.evil.example", "https://vault.azure.net", "does not cover"],
    ["https://contoso.vault.azure.net", "https://vault.azure.cn", "does not cover"],
    ["https://contoso.vault.azure.net", "https://myvault.azure.net", "does not cover"],
    ["https://contoso.vault.azure.net", "https://management.azure.com", "does not cover"],
    ["https://vault.azure.net", "https://contoso.vault.azure.net", "does not cover"],
    ["https://contoso.vault.azure.net", "https://net", "does not cover"],
    ["https://contoso.vault.azure.net", "https://vault.azure.net@evil.example", "does not cover"],
    ["https://10.0.0.5", "https://10.0.0.6", "does not cover"],
    ["https://10.0.0.5", "https://0.0.5", "does not cover"],
    ["https://[2001:db8::1]", "https://vault.azure.net", "does not cover"],
    ["https://128.0.0.1", "https://vault.azure.net", "does not cover"],
    ["https://127.0.0.1.evil.example", "https://vault.azure.net", "does not cover"],
    ["https://localhost.evil.example", "https://vault.azure.net", "does not cover"],
    ["http://contoso.vault.azure.net", "https://vault.azure.net", "https vault only"],
    ["https://contoso.vault.azure.net", "http://vault.azure.net", "is not an https URL"],
    ["https://contoso.vault.azure.net", "vault.azure.net", "is not an https URL"],
  ])("keeps the token from %s for %s", (vaultUrl, resource, reason) => {
    expect(refusal(vaultUrl, resource)).toContain(reason);
  });

  test.each(["https://contoso.vault.azure.net", "http://localhost:8080"])(
    "demands an https authority for %s",
    (vaultUrl) => {
      expect(refusal(vaultUrl, "https://vault.azure.net", "http://login.example/tenant-1")).toBe(
        'its authority "http://login.example/tenant-1" is not an https URL',
      );
      expect(refusal(vaultUrl, "https://vault.azure.net", "tenant-1")).toContain("is not an https URL");
    },
  );
});
