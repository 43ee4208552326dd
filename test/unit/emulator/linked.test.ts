import { createPrivateKey, createPublicKey, X509Certificate } from "node:crypto";
import { createSecureContext } from "node:tls";
import { Bench, refusal, type Reply } from "./harness";
import { openssl } from "./signing";

const pemPolicy = { secret_props: { contentType: "application/x-pem-file" } };

describe("the secret and the key behind a certificate", () => {
  let bench: Bench;
  beforeAll(async () => {
    bench = await Bench.start();
  });
  beforeEach(() => bench.emulator.control.reset());
  afterAll(() => bench.emulator.close());

  const pfxOf = async (): Promise<Buffer> =>
    Buffer.from(((await bench.get("/secrets/c")).body as unknown as { value: string }).value, "base64");
  const readPfx = (pfx: Buffer): string =>
    openssl(["pkcs12", "-in", "c.pfx", "-passin", "pass:", "-nodes"], { "c.pfx": pfx });

  test.each([
    ["RSA", { kty: "RSA", key_size: 2048 }],
    ["P-256", { kty: "EC", crv: "P-256" }],
    ["P-521", { kty: "EC", crv: "P-521" }],
    ["P-256K", { kty: "EC", crv: "P-256K" }],
  ])("hold, for %s, a PFX under an empty password that OpenSSL and TLS open", async (_, keyProps) => {
    const { body } = await bench.issue("c", { key_props: keyProps });
    const pfx = await pfxOf();
    const text = readPfx(pfx);
    const certificate = new X509Certificate(text.slice(text.indexOf("-----BEGIN CERTIFICATE")));
    expect(certificate.raw.toString("base64")).toBe(body.cer);
    expect(
      certificate.checkPrivateKey(createPrivateKey(text.slice(text.indexOf("-----BEGIN PRIVATE")))),
    ).toBe(true);
    expect(text.match(/localKeyID: 01 00 00 00/g)).toHaveLength(2);
    expect(() => createSecureContext({ pfx, passphrase: "" })).not.toThrow();
  });

  test("hold the whole chain of a CA's certificate, leaf first", async () => {
    await bench.put("/certificates/issuers/ca", { provider: "Test" });
    await bench.issue("c", { issuer: { name: "ca" } });
    const subjects = [...readPfx(await pfxOf()).matchAll(/^subject=(.*)$/gm)].map(([, subject]) => subject);
    expect(subjects).toEqual([
      "CN = www.example.com",
      "O = Key Vault Certificates Emulator, CN = Emulator Issuing CA",
      "O = Key Vault Certificates Emulator, CN = Emulator Root CA",
    ]);
  });

  test("hold PKCS#8 and then the certificate in PEM, when the policy says so", async () => {
    const { body } = await bench.issue("c", pemPolicy, { tags: { a: "b" } });
    const { value, ...secret } = (await bench.get("/secrets/c")).body as unknown as { value: string };
    expect(value).toMatch(
      /^-----BEGIN PRIVATE KEY-----[^-]+-----END PRIVATE KEY-----\n-----BEGIN CERTIFICATE-----/,
    );
    expect(secret).toEqual({
      contentType: "application/x-pem-file",
      id: body.sid,
      managed: true,
      attributes: body.attributes,
      tags: { a: "b" },
      kid: body.kid,
    });
  });

  test("leave the key out of the secret when it is not exportable", async () => {
    await bench.issue("c", { ...pemPolicy, key_props: { kty: "EC", exportable: false } });
    const { value } = (await bench.get("/secrets/c")).body;
    expect(value).toMatch(/^-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----\n$/);
  });

  test("show the public key of the certificate's version as a JWK", async () => {
    const { body } = await bench.issue("c");
    const path = body.kid.slice(bench.emulator.url.length);
    const { key, ...rest } = (await bench.get(path)).body as unknown as { key: Record<string, unknown> };
    expect(rest).toEqual({ attributes: body.attributes, managed: true });
    const { kid, kty, crv, x, y } = key;
    expect([kid, key["key_ops"]]).toEqual([body.kid, ["sign", "verify", "wrapKey", "unwrapKey"]]);
    const certificate = new X509Certificate(Buffer.from(body.cer, "base64"));
    const jwk = { kty, crv, x, y } as Record<string, string>;
    expect(createPublicKey({ key: jwk, format: "jwk" }).equals(certificate.publicKey)).toBe(true);
  });

  test.each<[string, (bench: Bench) => Promise<Reply>]>([
    ["while the first version is pending", (b) => b.create("c")],
    ["of a disabled version", (b) => b.issue("c", {}, { attributes: { enabled: false } })],
  ])("refuse the secret %s", async (_, prepare) => {
    await prepare(bench);
    expect(refusal(await bench.get("/secrets/c"))).toEqual([
      403,
      "Forbidden",
      "Operation get is not allowed on a disabled secret.",
      "SecretDisabled",
    ]);
  });

  test.each([
    ["/keys/c", "KeyManagedByKeyVault"],
    ["/secrets/c", "SecretManagedByKeyVault"],
  ])("cannot be deleted by themselves: %s", async (path, inner) => {
    await bench.issue("c");
    expect(refusal(await bench.delete(path))).toEqual([
      403,
      "Forbidden",
      'Operation "delete" is not allowed as this object\'s lifetime is managed by Key Vault.',
      inner,
    ]);
  });

  test.each(["/keys/c", "/secrets/c"])("go with the certificate: %s", async (path) => {
    await bench.issue("c");
    await bench.remove("c");
    expect((await bench.get(path)).status).toBe(404);
  });
});
