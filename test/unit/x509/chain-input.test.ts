import { generateKeyPairSync } from "node:crypto";
import { type ChainInput, readChainInput } from "../../../provider/x509/chain-input";
import { refusalError } from "../../../provider/x509/refusal";
import { type Family, makeCsr, makeFamily } from "./authority";
import { openssl, p7b, pem } from "./openssl";

let family: Family;
let ders: Buffer[];

beforeAll(async () => {
  family = await makeFamily("Input");
  ders = [family.leaf.der, family.issuing.der, family.policy.der];
});

const bundle = (): string => ders.map((der) => pem("CERTIFICATE", der)).join("");

const windows1252 = (): Buffer => Buffer.from(`# Gr\u00fc\u00dfe\n${bundle()}`, "latin1");

function read(input: ChainInput): string[] {
  const result = readChainInput(input);
  if (!result.ok) throw refusalError(result.refusal, { vaultUrl: "https://v.example" });
  return result.value.map((certificate) => certificate.derBase64);
}

/** Code, message and all details of a refusal, as anybody could see them. */
function refusal(input: ChainInput): { code: string; shown: string } {
  const result = readChainInput(input);
  if (result.ok) throw new Error("was accepted");
  const error = refusalError(result.refusal, { vaultUrl: "https://v.example", certificateName: "web" });
  return { code: error.code, shown: `${error.message} ${JSON.stringify(error.details)}` };
}

describe("a chain input", () => {
  const expected = (): string[] => ders.map((der) => der.toString("base64"));
  const base64 = (index: number): string => ders[index]?.toString("base64") ?? "";

  test.each<[string, () => ChainInput]>([
    ["a PEM bundle", bundle],
    ["with CRLF and a byte order mark", () => `\uFEFF${bundle().replaceAll("\n", "\r\n")}`],
    ["with CR alone", () => bundle().replaceAll("\n", "\r")],
    ["with the two characters \\n for line breaks", () => bundle().replaceAll("\n", "\\n")],
    ["with spaces for line breaks", () => bundle().replaceAll(/\n(?!-----BEGIN)/g, " ")],
    ["indented, as in YAML", () => bundle().replaceAll(/^/gm, "    ")],
    [
      "with comments between the blocks",
      () =>
        `Bag Attributes\n  friendlyName: x\n${bundle().replaceAll("-----BEGIN", "# next: 1-2\n-----BEGIN")}\nend`,
    ],
    ["in JSON, as an API answers it", () => JSON.stringify({ certificate: bundle() })],
    ["in JSON that escapes slashes", () => JSON.stringify(bundle()).replaceAll("/", "\\/")],
    ["in JSON that escapes what HTML does", () => JSON.stringify(bundle()).replaceAll("+", "\\u002B")],
    ["as bytes with a comment in Windows-1252", () => windows1252()],
    ["with a comment in Windows-1252, as base64", () => windows1252().toString("base64")],
    [
      "on one line per block",
      () =>
        ders
          .map((der) => `-----BEGIN CERTIFICATE-----${der.toString("base64")}-----END CERTIFICATE-----`)
          .join("\n"),
    ],
    ["labelled X509 CERTIFICATE", () => bundle().replaceAll(" CERTIFICATE-", " X509 CERTIFICATE-")],
    ["PEM in base64 once more", () => Buffer.from(bundle()).toString("base64")],
    ["PEM as bytes", () => Buffer.from(bundle())],
    ["PEM as UTF-16 bytes of a Windows shell", () => Buffer.from(`\uFEFF${bundle()}`, "utf16le")],
    ["PEM as UTF-16 bytes in the other order", () => Buffer.from(`\uFEFF${bundle()}`, "utf16le").swap16()],
    ["PEM in UTF-16 that was read as UTF-8", () => Buffer.from(`\uFEFF${bundle()}`, "utf16le").toString()],
    ["PEM in UTF-16 as base64", () => Buffer.from(`\uFEFF${bundle()}`, "utf16le").toString("base64")],
    [
      "base64 of base64, as two SDKs send it",
      () => ders.map((der) => Buffer.from(der.toString("base64")).toString("base64")),
    ],
    [
      "a list of PEM, base64 and bytes",
      () => [pem("CERTIFICATE", ders[0] ?? Buffer.of()), base64(1), ders[2] ?? Buffer.of()],
    ],
    ["DER in a row as bytes", () => Buffer.concat(ders)],
    ["DER in a row as base64", () => Buffer.concat(ders).toString("base64")],
    ["base64 in lines", () => [base64(0).replaceAll(/.{76}/g, "$&\r\n"), base64(1), base64(2)]],
    ["base64url without padding", () => ders.map((der) => der.toString("base64url"))],
    ["PKCS#7 as PEM", () => p7b(ders, "PEM").toString()],
    ["PKCS#7 labelled CMS", () => p7b(ders, "PEM").toString().replaceAll("PKCS7", "CMS")],
    [
      "PKCS#7 labelled CERTIFICATE, as certutil does",
      () => p7b(ders, "PEM").toString().replaceAll("PKCS7", "CERTIFICATE"),
    ],
    ["PKCS#7 as base64 DER", () => p7b(ders, "DER").toString("base64")],
    ["PKCS#7 as bytes", () => p7b(ders, "DER")],
    ["PKCS#7 in BER of indefinite length", () => indefinite(p7b(ders, "DER"))],
  ])("is read: %s", (_what, input) => {
    expect(read(input()).sort()).toEqual(expected().sort());
  });

  test("in BER and in DER is the same certificate", () => {
    const [der = Buffer.of()] = ders;
    // The outer length once more, in an octet more than it takes.
    const ber = Buffer.concat([Buffer.of(0x30, 0x83, 0), der.subarray(2)]);
    expect(der.subarray(0, 2)).toEqual(Buffer.of(0x30, 0x82));
    expect(read([ber, der])).toEqual([expected()[0], expected()[0]]);
  });

  test("keeps the order and the duplicates of PEM", () => {
    expect(read(bundle() + bundle())).toEqual([...expected(), ...expected()]);
  });

  test("leaves the trust settings of a TRUSTED CERTIFICATE behind", () => {
    const trusted = openssl(["x509", "-in", "c", "-trustout", "-addtrust", "serverAuth"], {
      c: pem("CERTIFICATE", family.root.der),
    });
    expect(trusted.toString()).toContain("BEGIN TRUSTED CERTIFICATE");
    expect(read(trusted.toString())).toEqual([family.root.der.toString("base64")]);
  });

  test("of a PKCS#7 with revocation lists beside the certificates gives the certificates", () => {
    const key = family.root.keys.node.export({ type: "pkcs8", format: "pem" });
    const config = "[ca]\ndefault_ca=d\n[d]\ndatabase=index\ndefault_md=sha256\n";
    const crl = openssl(
      ["ca", "-gencrl", "-config", "config", "-keyfile", "key", "-cert", "ca", "-crldays", "5"],
      {
        key,
        config,
        index: "",
        ca: pem("CERTIFICATE", family.root.der),
      },
    );
    const mixed = openssl(["crl2pkcs7", "-in", "crl", "-certfile", "certs"], {
      crl,
      certs: pem("CERTIFICATE", family.root.der),
    });
    expect(read(mixed.toString())).toEqual([family.root.der.toString("base64")]);
    expect(refusal(crl.toString())).toMatchObject({ code: "KVC_CHAIN_FOREIGN" });
  });
});

describe("a chain input with a private key", () => {
  const pair = generateKeyPairSync("rsa", { modulusLength: 2048 });
  const pkcs8 = pair.privateKey.export({ type: "pkcs8", format: "der" });
  const secret = pkcs8.toString("base64");

  test.each<[string, () => ChainInput]>([
    ["before the certificates", () => pem("PRIVATE KEY", pkcs8) + bundle()],
    ["after them", () => bundle() + pem("PRIVATE KEY", pkcs8)],
    ["in the last item of a list", () => [...ders, pem("RSA PRIVATE KEY", pkcs8)]],
    ["as bytes in a list", () => [bundle(), pkcs8]],
    ["as bytes after a certificate", () => Buffer.concat([...ders, pkcs8])],
    ["as base64", () => secret],
    ["labelled CERTIFICATE", () => pem("CERTIFICATE", pkcs8) + bundle()],
    ["with a BEGIN line lost", () => pem("PRIVATE KEY", pkcs8).split("\n").slice(1).join("\n") + bundle()],
    ["with an END line lost", () => bundle() + pem("PRIVATE KEY", pkcs8).split("\n").slice(0, -2).join("\n")],
    ["in JSON", () => JSON.stringify({ certificate: bundle(), key: pem("PRIVATE KEY", pkcs8) })],
    ["in UTF-16 that was read as UTF-8", () => Buffer.from(pem("PRIVATE KEY", pkcs8), "utf16le").toString()],
    ["in UTF-16 as bytes", () => Buffer.from(pem("PRIVATE KEY", pkcs8), "utf16le")],
    ["in the form of an environment file", () => `${bundle()}\nTLS_KEY=${secret}`],
    ["beside a word of megabytes", () => [Buffer.alloc(9_000_000).toString("base64"), secret]],
    ["in JSON without armour", () => JSON.stringify({ certificate: bundle(), key: secret })],
    ["in base64 of base64", () => Buffer.from(secret).toString("base64")],
    ["in a file that is too large", () => " ".repeat(1_100_000) + pem("PRIVATE KEY", pkcs8)],
    ["in base64 of PEM", () => Buffer.from(pem("PRIVATE KEY", pkcs8) + bundle()).toString("base64")],
    ["beside something unreadable", () => ["<html>", pem("PRIVATE KEY", pkcs8)]],
  ])("is refused for it, and never shown: %s", (_what, input) => {
    const { code, shown } = refusal(input());
    expect(code).toBe("KVC_CHAIN_PRIVATE_KEY");
    for (let at = 0; at + 16 <= secret.length; at += 8)
      expect(shown).not.toContain(secret.slice(at, at + 16));
  });

  test("in a PFX is refused as a PFX, as base64 and as bytes", () => {
    const key = family.leaf.keys.node.export({ type: "pkcs8", format: "pem" });
    const pfx = openssl(["pkcs12", "-export", "-inkey", "key", "-in", "cert", "-passout", "pass:"], {
      key,
      cert: pem("CERTIFICATE", family.leaf.der),
    });
    for (const input of [pfx, pfx.toString("base64"), pem("PKCS12", pfx)]) {
      expect(refusal(input)).toMatchObject({
        code: "KVC_CHAIN_FOREIGN",
        shown: expect.stringContaining("a PFX (PKCS#12) file"),
      });
    }
  });
});

describe("a chain input that is no chain", () => {
  test.each<[string, () => ChainInput, string, RegExp]>([
    ["empty text", () => "", "KVC_CHAIN_EMPTY", /there is nothing in it/],
    ["white space and a byte order mark", () => "\uFEFF \r\n", "KVC_CHAIN_EMPTY", /there is nothing/],
    ["an empty list", () => [], "KVC_CHAIN_EMPTY", /there is nothing/],
    ["an empty item", () => [bundle(), ""], "KVC_CHAIN_EMPTY", /at item 2 there is nothing/],
    ["no bytes", () => Buffer.of(), "KVC_CHAIN_EMPTY", /there is nothing/],
    [
      "a PKCS#7 without certificates",
      () => emptyPkcs7.toString("base64"),
      "KVC_CHAIN_EMPTY",
      /there is nothing/,
    ],
    [
      "an HTML page",
      () => "<!DOCTYPE html><html><body>Sign in</body></html>",
      "KVC_CHAIN_FOREIGN",
      /an HTML page/,
    ],
    ["a part of an HTML page", () => "<div>Sign in</div>", "KVC_CHAIN_FOREIGN", /an HTML page/],
    [
      "a megabyte of anything",
      () => "x".repeat(1_000_001),
      "KVC_CHAIN_TOO_LARGE",
      /1000000 characters at most/,
    ],
    [
      "a block of many megabytes",
      () => pem("CERTIFICATE", Buffer.alloc(8_000_000, 1)),
      "KVC_CHAIN_TOO_LARGE",
      /1000000 characters at most/,
    ],
    ["an error in JSON", () => '{"error":"order not found"}', "KVC_CHAIN_FOREIGN", /there is JSON/],
    ["words", () => "subject=CN = a", "KVC_CHAIN_FOREIGN", /neither PEM nor base64 nor DER/],
    ["a file name", () => "./chain.pem", "KVC_CHAIN_FOREIGN", /neither PEM/],
    ["base64 of something else", () => "aGVsbG8gd29ybGQh", "KVC_CHAIN_FOREIGN", /neither PEM/],
    [
      "DER read as text",
      () => (ders[0] ?? Buffer.of()).toString("utf8"),
      "KVC_CHAIN_FOREIGN",
      /read as text, which destroys it/,
    ],
    [
      "DER read as latin-1",
      () => (ders[0] ?? Buffer.of()).toString("latin1"),
      "KVC_CHAIN_FOREIGN",
      /read as text/,
    ],
    ["a public key", () => spkiPem(), "KVC_CHAIN_FOREIGN", /a public key alone/],
    ["a block that never ends", () => bundle().trimEnd().slice(0, -10), "KVC_CHAIN_DAMAGED", /no partner/],
    ["a block that never begins", () => bundle().slice(20), "KVC_CHAIN_DAMAGED", /no partner/],
    [
      "a block that is no base64",
      () => bundle().replace("MII", "M?I"),
      "KVC_CHAIN_DAMAGED",
      /PEM block 1 .*is not base64/,
    ],
    [
      "a block without its last line",
      () => bundle().replace(/\n.*\n-----END/, "\n-----END"),
      "KVC_CHAIN_DAMAGED",
      /PEM block 1 .*is cut short/,
    ],
    ["base64 cut short", () => base64Half(), "KVC_CHAIN_DAMAGED", /is cut short/],
    ["a certificate with a broken inside", () => broken(), "KVC_CHAIN_DAMAGED", /cannot be read as X\.509/],
  ])("is refused with where and why: %s", (_what, input, code, words) => {
    const { code: found, shown } = refusal(input());
    expect(found).toBe(code);
    expect(shown).toMatch(words);
  });

  test.each([
    ["DH", ["dh_paramgen_prime_len:512"]],
    ["DSA", ["dsa_paramgen_bits:1024"]],
    ["EC", ["ec_paramgen_curve:P-256"]],
    ["EC", ["ec_paramgen_curve:secp384r1"]],
    ["EC", ["ec_paramgen_curve:P-256", "-pkeyopt", "ec_param_enc:explicit"]],
  ])("but parameters of %s are refused as such: %j", (algorithm, option) => {
    const parameters = openssl(["genpkey", "-genparam", "-algorithm", algorithm, "-pkeyopt", ...option]);
    expect(refusal(bundle() + parameters.toString())).toMatchObject({
      code: "KVC_CHAIN_FOREIGN",
      shown: expect.stringMatching(/at PEM block 4 there is parameters of a curve or group .*remove them/),
    });
  });

  test("but a CSR is refused as such, with what to do", async () => {
    const csr = await makeCsr(family.leaf.keys, "CN=a");
    for (const input of [
      csr,
      pem("CERTIFICATE REQUEST", Buffer.from(csr, "base64")),
      pem("CERTIFICATE", Buffer.from(csr, "base64")),
    ]) {
      expect(refusal(input)).toMatchObject({
        code: "KVC_CHAIN_FOREIGN",
        shown: expect.stringMatching(/a certificate request \(CSR\).*sign the request/),
      });
    }
  });

  const base64Half = (): string => (ders[0] ?? Buffer.of()).toString("base64").slice(0, 400);
  const spkiPem = (): string =>
    String(
      generateKeyPairSync("ec", { namedCurve: "P-256" }).publicKey.export({ type: "spki", format: "pem" }),
    );
  const broken = (): string => {
    const der = Buffer.from(ders[0] ?? Buffer.of());
    // The tag of the issuer's name.
    der.fill(0xff, 40, 60);
    return pem("CERTIFICATE", der);
  };
});

/** `openssl crl2pkcs7 -nocrl` without any certificate. */
const emptyPkcs7 = Buffer.from(
  "302306092a864886f70d010702a01630140201013100300b06092a864886f70d0107013100",
  "hex",
);

/** The same PKCS#7 with its outer three lengths left open, as streaming encoders write it (X.690 §8.1.3.6). */
function indefinite(der: Buffer): Buffer {
  const body = (bytes: Buffer): Buffer => {
    const first = bytes[1] ?? 0;
    return bytes.subarray(first > 0x80 ? 2 + first - 0x80 : 2);
  };
  const open = (tag: number, content: Buffer): Buffer =>
    Buffer.concat([Buffer.of(tag, 0x80), content, Buffer.of(0, 0)]);
  const identifier = body(der).subarray(0, 11);
  const signedData = body(body(der).subarray(11));
  return open(0x30, Buffer.concat([identifier, open(0xa0, open(0x30, body(signedData)))]));
}
