import "reflect-metadata";
import * as x509 from "@peculiar/x509";
import fc from "fast-check";
import { type CertificateInfo, readCertificate } from "../../../provider/x509/certificate";
import { type CertificateRequestInfo, readCsr } from "../../../provider/x509/csr";
import { certificateFits, csrFits, type WantedCertificate } from "../../../provider/x509/fits";
import { makeCertificate, makeCsr, makeKeys } from "./authority";

const serverAuth = "1.3.6.1.5.5.7.3.1";
const clientAuth = "1.3.6.1.5.5.7.3.2";
const wanted: WantedCertificate = {
  subject: 'cn = example.com, O="Contoso, Inc."',
  subjectAlternativeNames: {
    dnsNames: ["Example.com", "api.example.com"],
    uniformResourceIdentifiers: ["https://example.com"],
  },
  keyType: "RSA-HSM",
  keySize: 2048,
  enhancedKeyUsage: [clientAuth, serverAuth],
};

let csr: CertificateRequestInfo;
let certificate: CertificateInfo;
let elliptic: CertificateInfo;

beforeAll(async () => {
  const keys = await makeKeys("RSA");
  const names = new x509.SubjectAlternativeNameExtension([
    { type: "dns", value: "api.example.com" },
    { type: "dns", value: "example.com" },
    { type: "url", value: "https://example.com/" },
  ]);
  const usages = new x509.ExtendedKeyUsageExtension([serverAuth, clientAuth]);
  csr = readCsr(await makeCsr(keys, 'CN=example.com, O="Contoso, Inc."', [names]));
  certificate = readCertificate(
    (
      await makeCertificate({
        subject: 'CN=example.com, O="Contoso, Inc."',
        keys,
        extensions: [names, usages],
      })
    ).der,
  );
  elliptic = readCertificate((await makeCertificate({ subject: "CN=a", keys: await makeKeys("P-384") })).der);
});

const cases: readonly (readonly [string, WantedCertificate, string[]])[] = [
  ["what was asked for in another spelling", {}, []],
  ["another subject", { subject: "CN=example.org" }, ["policy.subject"]],
  ["a subject with a part less", { subject: "CN=example.com" }, ["policy.subject"]],
  [
    "a DNS name more",
    { subjectAlternativeNames: { ...wanted.subjectAlternativeNames, dnsNames: ["example.com"] } },
    ["policy.subjectAlternativeNames.dnsNames"],
  ],
  [
    "names where none are wanted",
    { subjectAlternativeNames: undefined },
    ["policy.subjectAlternativeNames.dnsNames", "policy.subjectAlternativeNames.uniformResourceIdentifiers"],
  ],
  ["another type of key", { keyType: "EC", keyCurveName: "P-256" }, ["policy.keyType"]],
  ["another size of key", { keySize: 4096 }, ["policy.keySize"]],
];

describe("a CSR against a policy", () => {
  test.each(cases)("with %s", (_what, change, paths) => {
    expect(csrFits(csr, { ...wanted, ...change })).toEqual(paths);
  });

  test("is not asked for what the policy leaves to the service", () => {
    expect(csrFits(csr, { subjectAlternativeNames: csr.subjectAlternativeNames })).toEqual([]);
  });
});

describe("a certificate of the vault's own against a policy", () => {
  test.each([
    ...cases,
    ["a usage more", { enhancedKeyUsage: [serverAuth] }, ["policy.enhancedKeyUsage"]] as const,
  ])("with %s", (_what, change, paths) => {
    expect(certificateFits(certificate, { ...wanted, ...change }, { exact: true })).toEqual(paths);
  });

  test.each([
    [{ keyType: "EC-HSM", keyCurveName: "P-384", keySize: 384 }, []],
    [{ keyCurveName: "P-256" }, ["policy.keyCurveName"]],
    [{ keySize: 256 }, ["policy.keySize"]],
  ])("on a curve, asked for %j, differs in %j", (change, paths) => {
    expect(certificateFits(elliptic, change, { exact: true })).toEqual(paths);
  });
});

describe("a certificate of a CA against a policy", () => {
  const loose = { exact: false };
  const changed = (change: Partial<CertificateInfo>): CertificateInfo => ({ ...certificate, ...change });
  const withDns = (...dnsNames: string[]): CertificateInfo =>
    changed({ subjectAlternativeNames: { ...certificate.subjectAlternativeNames, dnsNames } });

  test.each<[string, () => CertificateInfo]>([
    ["with the organisation left out", () => changed({ subject: "CN=example.com" })],
    [
      "with verified parts added",
      () => changed({ subject: "SERIALNUMBER=1,businessCategory=x,CN=EXAMPLE.com,O=Contoso,C=US" }),
    ],
    ["without a subject, as its names say it", () => changed({ subject: "" })],
    ["with another of the names as its common name", () => changed({ subject: "CN=api.example.com" })],
    ["with www. added", () => withDns("example.com", "api.example.com", "www.example.com")],
    ["with a usage left out", () => changed({ enhancedKeyUsage: [serverAuth] })],
    ["without any usage, which is every usage", () => changed({ enhancedKeyUsage: [] })],
  ])("fits %s", (_what, found) => {
    expect(certificateFits(found(), wanted, loose)).toEqual([]);
  });

  test.each<[string, () => CertificateInfo, string]>([
    ["with another common name", () => changed({ subject: "CN=example.org" }), "policy.subject"],
    [
      "without a subject and without the name",
      () => changed({ subject: "", subjectAlternativeNames: {} }),
      "policy.subject",
    ],
    ["with a name left out", () => withDns("example.com"), "policy.subjectAlternativeNames.dnsNames"],
    [
      "with a stranger's name added",
      () => withDns("example.com", "api.example.com", "evil.example"),
      "policy.subjectAlternativeNames.dnsNames",
    ],
    [
      "with none of the usages",
      () => changed({ enhancedKeyUsage: ["1.3.6.1.5.5.7.3.3"] }),
      "policy.enhancedKeyUsage",
    ],
    ["with a smaller key", () => changed({ keySize: 1024 }), "policy.keySize"],
  ])("does not fit %s", (_what, found, path) => {
    expect(certificateFits(found(), wanted, loose)).toContain(path);
  });

  test("may have the bare host beside a wildcard", () => {
    const wildcard = {
      subject: "CN=*.example.com",
      subjectAlternativeNames: { dnsNames: ["*.example.com"] },
    };
    const found = changed({
      subject: "CN=*.example.com",
      subjectAlternativeNames: { dnsNames: ["*.example.com", "example.com"] },
    });
    expect(certificateFits(found, wildcard, loose)).toEqual([]);
  });

  test("always fits a policy made from itself, exactly or not", () => {
    fc.assert(
      fc.property(
        fc.array(fc.domain()),
        fc.array(fc.emailAddress()),
        fc.string({ minLength: 1 }).filter((text) => text.trim() !== ""),
        fc.boolean(),
        (dnsNames, emails, name, exact) => {
          const subject = `CN="${name.replaceAll(/["\\]/g, "")}x"`;
          const found = changed({ subject, subjectAlternativeNames: { dnsNames, emails } });
          expect(certificateFits(found, found, { exact })).toEqual([]);
        },
      ),
    );
  });
});
