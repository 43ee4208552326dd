import { isLoopbackHost, normaliseVaultUrl } from "../../../provider/vault/url";

describe("normaliseVaultUrl", () => {
  test.each([
    ["https://contoso.vault.azure.net", "https://contoso.vault.azure.net"],
    ["https://Contoso.Vault.Azure.NET/", "https://contoso.vault.azure.net"],
    ["https://contoso.vault.azure.net:443/", "https://contoso.vault.azure.net"],
    ["https://contoso.vault.azure.net./", "https://contoso.vault.azure.net"],
    [" https://contoso.vault.azure.net ", "https://contoso.vault.azure.net"],
    ["https://contoso.vault.azure.net:8443", "https://contoso.vault.azure.net:8443"],
    ["http://localhost:8080/", "http://localhost:8080"],
    ["http://LOCALHOST.:80", "http://localhost"],
    ["http://127.1:9000", "http://127.0.0.1:9000"],
    ["http://[::1]:9000/", "http://[::1]:9000"],
    ["https://[0:0:0:0:0:0:0:1]", "https://[::1]"],
  ])("spells %s as %s", (text, url) => {
    expect(normaliseVaultUrl(text)).toBe(url);
  });

  test.each([
    ["contoso.vault.azure.net", "vault URL must be a URL such as https://contoso.vault.azure.net"],
    ["", "vault URL must be a URL such as"],
    ["http://contoso.vault.azure.net", "must start with https:// (http:// only on loopback)"],
    ["http://127.0.0.1.example.com", "must start with https://"],
    ["http://localhost.example.com", "must start with https://"],
    ["http://[::ffff:127.0.0.1]", "must start with https://"],
    ["ftp://contoso.vault.azure.net", "must start with https://"],
    [
      "https://contoso.vault.azure.net/certificates/web",
      "must end after the host, such as https://contoso.vault.azure.net,",
    ],
    ["https://contoso.vault.azure.net/?a=b", "must end after the host"],
    ["https://contoso.vault.azure.net/#a", "must end after the host"],
  ])("refuses %s", (text, message) => {
    expect(() => normaliseVaultUrl(text)).toThrow(TypeError);
    expect(() => normaliseVaultUrl(text)).toThrow(message);
  });

  test.each(["https://user:hunter2@contoso.vault.azure.net", "https://user:hunter2@contoso vault"])(
    "refuses user and password in %s without repeating them",
    (text) => {
      expect(() => normaliseVaultUrl(text)).toThrow(/^(?!.*hunter2)vault URL must/);
    },
  );
});

describe("isLoopbackHost", () => {
  test.each(["localhost", "127.0.0.1", "127.255.255.254", "[::1]"])("takes %s", (host) => {
    expect(isLoopbackHost(host)).toBe(true);
  });

  test.each([
    "127.0.0.1.example.com",
    "x127.0.0.1",
    "128.0.0.1",
    "localhost.example.com",
    "[::2]",
    "0.0.0.0",
    "",
  ])("does not take %s", (host) => {
    expect(isLoopbackHost(host)).toBe(false);
  });
});
