import "reflect-metadata";
import * as x509 from "@peculiar/x509";
import { createHash, X509Certificate } from "node:crypto";
import { identifyCertificate, isForKeyOf, readCertificate } from "../../../provider/x509/certificate";
import { csrPem, readCsr } from "../../../provider/x509/csr";
import { day, makeCertificate, makeCsr, makeKeys, now } from "./authority";
import { openssl } from "./openssl";

const alternativeNames = {
  emails: ["admin@example.com"],
  userPrincipalNames: ["user@corp.example"],
  dnsNames: ["example.com", "*.example.com"],
  uniformResourceIdentifiers: ["https://example.com/"],
  ipAddresses: ["192.0.2.1", "2001:db8::1"],
};

/** Every kind, in the order in which the service writes them. */
const extension = (): x509.Extension =>
  new x509.SubjectAlternativeNameExtension([
    { type: "email", value: "admin@example.com" },
    { type: "upn", value: "user@corp.example" },
    { type: "dns", value: "example.com" },
    { type: "dns", value: "*.example.com" },
    { type: "url", value: "https://example.com/" },
    { type: "ip", value: "192.0.2.1" },
    { type: "ip", value: "2001:db8::1" },
  ]);

const config = (names: string): string =>
  `[req]\nprompt=no\ndistinguished_name=dn\nutf8=yes\nstring_mask=utf8only\nx509_extensions=ext\nreq_extensions=ext\n` +
  `[dn]\nC=DE\nST=Bayern\nO=Bücher, Söhne\\, \\"A\\" + Co\nCN=example.com\nemailAddress=a@example.com\n[ext]\nsubjectAltName=${names}\n`;

describe("a CSR", () => {
  test.each([
    ["RSA", { keyType: "RSA", keySize: 2048 }],
    ["P-256", { keyType: "EC", keySize: 256, keyCurveName: "P-256" }],
    ["P-384", { keyType: "EC", keySize: 384, keyCurveName: "P-384" }],
  ] as const)("with a key of kind %s is read with its names and its key", async (kind, key) => {
    const keys = await makeKeys(kind);
    const csr = readCsr(await makeCsr(keys, "CN=a, O=b", [extension()]));
    const spki = Buffer.from(await crypto.subtle.exportKey("spki", keys.publicKey));
    expect(csr).toMatchObject({ ...key, subject: "O=b,CN=a", subjectAlternativeNames: alternativeNames });
    expect(csr.publicKeyDer).toBe(spki.toString("base64"));
    expect(csr.spkiSha256).toBe(createHash("sha256").update(spki).digest("hex").toUpperCase());
  });

  test.each([
    ["P-521", "secp521r1", { keySize: 521, keyCurveName: "P-521" }],
    ["P-256K", "secp256k1", { keySize: 256, keyCurveName: "P-256K" }],
  ])("made by openssl on %s is read", (_name, curve, key) => {
    const made = openssl(["ecparam", "-name", curve, "-genkey", "-noout"]);
    const csr = openssl(["req", "-new", "-key", "key", "-subj", "/CN=a", "-outform", "DER"], { key: made });
    expect(readCsr(csr.toString("base64"))).toMatchObject({ keyType: "EC", ...key, subject: "CN=a" });
  });

  test("without subject and without extensions is read", async () => {
    expect(readCsr(await makeCsr(await makeKeys(), ""))).toMatchObject({
      subject: "",
      subjectAlternativeNames: {},
    });
  });

  test("becomes PEM of 64 columns that openssl verifies", async () => {
    const base64 = await makeCsr(await makeKeys("RSA"), "CN=a", [extension()]);
    const pem = csrPem(base64);
    expect(pem).toBe(readCsr(base64).pem);
    expect(pem).toMatch(
      /^-----BEGIN CERTIFICATE REQUEST-----\n([A-Za-z0-9+/=]{1,64}\n)+-----END CERTIFICATE REQUEST-----\n$/,
    );
    const der = openssl(["req", "-verify", "-in", "csr.pem", "-outform", "DER"], { "csr.pem": pem });
    expect(der.toString("base64")).toBe(base64);
  });

  test.each(["", "no base64!", "MAA=", "TUlJ"])("that is %j is refused without being shown", (text) => {
    expect(() => readCsr(text)).toThrow(
      /^the CSR of the pending certificate (is not base64|cannot be read as PKCS#10)$/,
    );
  });
});

describe("a certificate", () => {
  test("has the same key whether its point is compressed or not", () => {
    const key = openssl(["genpkey", "-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-384"]);
    const compressed = openssl(["ec", "-in", "key", "-conv_form", "compressed"], { key });
    const [one, other] = [key, compressed].map((file) => {
      const pem = openssl(["req", "-x509", "-key", "key", "-subj", "/CN=x"], { key: file }).toString();
      return readCertificate(pem.replaceAll(/-----[^-]+-----|\s/g, ""));
    });
    expect(other?.derBase64.length).toBeLessThan(one?.derBase64.length ?? 0);
    expect(other?.spkiSha256).toBe(one?.spkiSha256);
  });

  test("is read from DER and from base64 alike", async () => {
    const { der } = await makeCertificate({ subject: "CN=a", keys: await makeKeys() });
    expect(readCertificate(der.toString("base64"))).toEqual(readCertificate(der));
  });

  test("gives validity in Unix seconds, names, key identifiers and flags", async () => {
    const ca = await makeCertificate({ subject: "CN=ca", keys: await makeKeys("RSA"), ca: true });
    const usages = ["1.3.6.1.5.5.7.3.1", "1.3.6.1.5.5.7.3.2"];
    const keys = await makeKeys("P-384");
    const { der } = await makeCertificate({
      subject: "CN=a",
      keys,
      issuer: ca,
      from: -2,
      to: 30,
      extensions: [extension(), new x509.ExtendedKeyUsageExtension(usages)],
    });
    const authority = readCertificate(ca.der);
    const leaf = readCertificate(der);
    expect(leaf).toMatchObject({
      subject: "CN=a",
      issuer: "CN=ca",
      notBefore: now - 2 * day,
      expiresOn: now + 30 * day,
      subjectAlternativeNames: alternativeNames,
      enhancedKeyUsage: usages,
      isCa: false,
      authorityKeyId: authority.subjectKeyId,
      keyType: "EC",
      keyCurveName: "P-384",
      derBase64: der.toString("base64"),
    });
    expect(authority).toMatchObject({
      isCa: true,
      enhancedKeyUsage: [],
      subjectAlternativeNames: {},
      keySize: 2048,
    });
    expect(leaf.spkiSha256).toBe(readCsr(await makeCsr(keys, "CN=other")).spkiSha256);
    expect(new X509Certificate(leaf.pem).raw).toEqual(der);
  });

  test("gives serial number and thumbprints as openssl prints them", async () => {
    const { der } = await makeCertificate({ subject: "CN=a", keys: await makeKeys() });
    const printed = openssl(
      ["x509", "-inform", "DER", "-in", "c", "-noout", "-serial", "-fingerprint", "-sha1"],
      { c: der },
    );
    const printed256 = openssl(["x509", "-inform", "DER", "-in", "c", "-noout", "-fingerprint", "-sha256"], {
      c: der,
    });
    const { serialNumber, thumbprint, thumbprintSha256 } = readCertificate(der);
    const values = `${printed.toString()}${printed256.toString()}`.matchAll(/=(.*)/g);
    expect([serialNumber, thumbprint, thumbprintSha256]).toEqual(
      [...values].map((m) => m[1]?.replaceAll(":", "")),
    );
  });

  test("made by openssl gives its subject by RFC 4514, and of its names those that Key Vault has", () => {
    const names =
      "otherName:1.3.6.1.4.1.311.20.2.3;UTF8:user@corp.example,otherName:1.2.3.4;UTF8:x,DNS:a.example,email:a@example.com," +
      "URI:spiffe://example.com/a,IP:192.0.2.9,IP:2001:db8:0:0:0:0:0:9,RID:1.2.3.4";
    const args = [
      "req",
      "-x509",
      "-newkey",
      "rsa:2048",
      "-nodes",
      "-keyout",
      "key",
      "-config",
      "c",
      "-outform",
      "DER",
    ];
    expect(readCertificate(openssl(args, { c: config(names) }))).toMatchObject({
      subject: 'emailAddress=a@example.com,CN=example.com,O=Bücher\\, Söhne\\, \\"A\\" \\+ Co,ST=Bayern,C=DE',
      subjectAlternativeNames: {
        userPrincipalNames: ["user@corp.example"],
        dnsNames: ["a.example"],
        emails: ["a@example.com"],
        uniformResourceIdentifiers: ["spiffe://example.com/a"],
        ipAddresses: ["192.0.2.9", "2001:db8::9"],
      },
    });
  });

  test("survives JSON: it is plain data", async () => {
    const info = readCertificate((await makeCertificate({ subject: "CN=a", keys: await makeKeys() })).der);
    expect(JSON.parse(JSON.stringify(info))).toStrictEqual(info);
  });

  test("is refused when cut short, followed by other bytes, or no certificate, without being shown", async () => {
    const { der } = await makeCertificate({ subject: "CN=a", keys: await makeKeys() });
    expect(() => readCertificate(der.subarray(0, -1))).toThrow("not exactly one certificate");
    expect(() => readCertificate(Buffer.concat([der, Buffer.of(0)]))).toThrow("not exactly one certificate");
    expect(() => readCertificate("MAA=")).toThrow("the certificate cannot be read");
    expect(() => readCertificate("hello!")).toThrow("not a certificate in base64 or DER");
  });
});

describe("what identifies a certificate", () => {
  test("is the same as what reading it gives", async () => {
    const { der } = await makeCertificate({ subject: "CN=a", keys: await makeKeys() });
    expect(readCertificate(der)).toMatchObject(identifyCertificate(der));
    expect(identifyCertificate(der.toString("base64"))).toEqual(identifyCertificate(der));
    expect(() => identifyCertificate("MIIB")).toThrow(TypeError);
  });
});

describe("a certificate and a CSR", () => {
  test.each(["RSA", "P-256", "P-384"] as const)("have the same key of kind %s, or another", async (kind) => {
    const [keys, others] = [await makeKeys(kind), await makeKeys(kind)];
    const cer = (await makeCertificate({ subject: "CN=a", keys })).der.toString("base64");
    expect(isForKeyOf(cer, await makeCsr(keys, "CN=b"))).toBe(true);
    expect(isForKeyOf(cer, await makeCsr(others, "CN=a"))).toBe(false);
    expect(isForKeyOf(cer, "no base64!")).toBe(false);
  });
});
