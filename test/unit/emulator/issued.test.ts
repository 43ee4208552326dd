import { X509Certificate } from "node:crypto";
import { Bench } from "./harness";
import { openssl, pem } from "./signing";

/** The extensions part of OpenSSL's listing, one trimmed line each. */
const extensions = (text: string): string[] =>
  (/(?:X509v3 extensions|Requested Extensions):\n([^]*?)\n {4}Signature/.exec(text)?.[1] ?? "")
    .split("\n")
    .map((line) => line.trim());

describe("what the emulator issues", () => {
  let bench: Bench;
  beforeAll(async () => {
    bench = await Bench.start();
  });
  beforeEach(() => bench.emulator.control.reset());
  afterAll(() => bench.emulator.close());

  const issue = async (policy: object): Promise<{ csr: string; cer: string }> => {
    const created = await bench.create("c", policy);
    bench.clock.advance(5000);
    return { csr: created.body.csr, cer: (await bench.get("/certificates/c")).body.cer };
  };
  const readCertificate = (cer: string): string =>
    openssl(["x509", "-in", "c.pem", "-noout", "-text"], { "c.pem": pem("CERTIFICATE", cer) });
  const readRequest = (csr: string): string =>
    openssl(["req", "-in", "c.pem", "-noout", "-text", "-verify"], {
      "c.pem": pem("CERTIFICATE REQUEST", csr),
    });

  const sans = {
    ipAddresses: ["192.168.1.1", "::1", "2001:db8::a:b", "::ffff:1.2.3.4"],
    uris: ["https://example.com"],
    upns: ["user@domain.com"],
    dns_names: ["localhost", "example.com"],
    emails: ["admin@example.com"],
  };
  const alternativeNames =
    "email:admin@example.com, othername: UPN::user@domain.com, DNS:localhost, DNS:example.com, URI:https://example.com/, " +
    "IP Address:192.168.1.1, IP Address:0:0:0:0:0:0:0:1, IP Address:2001:DB8:0:0:0:0:A:B, IP Address:0:0:0:0:0:FFFF:102:304";
  const purposes = "TLS Web Server Authentication, TLS Web Client Authentication";

  test("has the service's extensions in its order, in the certificate", async () => {
    const { cer } = await issue({ x509_props: { subject: "CN=x", sans } });
    const lines = extensions(readCertificate(cer));
    const identifier = lines[9];
    expect(lines).toEqual([
      "X509v3 Key Usage: critical",
      "Digital Signature, Key Encipherment",
      "X509v3 Basic Constraints:",
      "CA:FALSE",
      "X509v3 Extended Key Usage:",
      purposes,
      "X509v3 Subject Alternative Name:",
      alternativeNames,
      "X509v3 Authority Key Identifier:",
      expect.stringMatching(/^([0-9A-F]{2}:){19}[0-9A-F]{2}$/),
      "X509v3 Subject Key Identifier:",
      identifier,
    ]);
  });

  test("has them in the order of a request, in the CSR, and SAN is critical in both without a subject", async () => {
    const { csr, cer } = await issue({ x509_props: { sans } });
    expect(extensions(readCertificate(cer))[6]).toBe("X509v3 Subject Alternative Name: critical");
    expect(extensions(readRequest(csr))).toEqual([
      "X509v3 Key Usage: critical",
      "Digital Signature, Key Encipherment",
      "X509v3 Extended Key Usage:",
      purposes,
      "X509v3 Subject Alternative Name: critical",
      alternativeNames,
      "X509v3 Basic Constraints:",
      "CA:FALSE",
    ]);
  });

  test("names the usages and purposes of the policy, bit by bit", async () => {
    const usages = ["crlSign", "dataEncipherment", "keyCertSign", "decipherOnly"];
    const { cer } = await issue({
      x509_props: { subject: "CN=x", key_usage: usages, ekus: ["1.3.6.1.4.1.311.99999"] },
    });
    const lines = extensions(readCertificate(cer));
    expect([lines[1], lines[5]]).toEqual([
      "Data Encipherment, Certificate Sign, CRL Sign, Decipher Only",
      "1.3.6.1.4.1.311.99999",
    ]);
  });

  test("leaves out usages and purposes where the policy has none", async () => {
    const { cer } = await issue({ x509_props: { subject: "CN=x", key_usage: [], ekus: [] } });
    expect(extensions(readCertificate(cer))[0]).toBe("X509v3 Basic Constraints:");
  });

  test.each([
    [12, "2027-01-31T12:00:02.000Z"],
    [1, "2026-02-28T12:00:02.000Z"],
    [25, "2028-02-29T12:00:02.000Z"],
    [400, "2059-05-31T12:00:02.000Z"],
  ])("is valid from ten minutes before its issuance, for %d calendar months", async (months, until) => {
    bench.clock.milliseconds = Date.UTC(2026, 0, 31, 12, 0, 0);
    await bench.travel(0);
    const { cer } = await issue({ x509_props: { subject: "CN=x", validity_months: months } });
    const { validFromDate, validToDate, serialNumber } = new X509Certificate(Buffer.from(cer, "base64"));
    expect([validFromDate.toISOString(), validToDate.toISOString()]).toEqual([
      "2026-01-31T11:50:02.000Z",
      until,
    ]);
    expect(serialNumber).toMatch(/^[0-9A-F]{32}$/);
  });

  test("is dated to when it was due, however late somebody looks", async () => {
    const created = await bench.create("late");
    const at = bench.clock.milliseconds / 1000;
    await bench.travel(10 * 86_400_000);
    expect((await bench.get("/certificates/late")).body.attributes.created).toBe(at + 2);
    expect(created.status).toBe(202);
  });

  test.each([
    [{ kty: "RSA", key_size: 2048 }, "sha256WithRSAEncryption", "2048 bit"],
    [{ kty: "RSA", key_size: 3072 }, "sha256WithRSAEncryption", "3072 bit"],
    [{ kty: "EC", crv: "P-256" }, "ecdsa-with-SHA256", "256 bit"],
    [{ kty: "EC", crv: "P-384" }, "ecdsa-with-SHA384", "384 bit"],
    [{ kty: "EC", crv: "P-521" }, "ecdsa-with-SHA512", "521 bit"],
    [{ kty: "EC", crv: "P-256K" }, "ecdsa-with-SHA256", "secp256k1"],
  ])("for %j is signed with %s, in request and certificate", async (keyProps, algorithm, size) => {
    const { csr, cer } = await issue({ key_props: keyProps });
    for (const text of [readRequest(csr), readCertificate(cer)]) {
      expect(text).toContain(algorithm);
      expect(text).toContain(size);
    }
    const certificate = new X509Certificate(Buffer.from(cer, "base64"));
    expect(certificate.verify(certificate.publicKey)).toBe(true);
  });

  test.each([
    ["CN=x, O=Contoso, C=US", "C=US\nO=Contoso\nCN=x"],
    ['CN=x, O="Contoso, Ltd."', "O=Contoso\\, Ltd.\nCN=x"],
    ["CN=x; OU=a+L=b", "L=b+OU=a\nCN=x"],
    ["cn=Zoë,dc=example,dc=com", "DC=com\nDC=example\nCN=Zoë"],
    ["2.5.4.3=x, S=WA", "ST=WA\nCN=x"],
    ["CN=a\\,b", "CN=a\\,b"],
  ])("writes the subject %s least specific first", async (subject, expected) => {
    const { cer } = await issue({ x509_props: { subject } });
    const read = new X509Certificate(Buffer.from(cer, "base64")).subject;
    expect(
      read
        .replace("OU=a+L=b", "L=b+OU=a")
        .replace("OU=a + L=b", "L=b+OU=a")
        .replace("L=b + OU=a", "L=b+OU=a"),
    ).toBe(expected);
  });
});
