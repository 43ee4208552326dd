import { generateKeyPairSync, type KeyObject } from "node:crypto";
import type * as Csr from "../../../provider/x509/csr";
import { contentKind, looksLikePfx, looksLikePrivateKey } from "../../../provider/x509/content";
import { makeCertificate, makeCsr, makeKeys, type Party } from "./authority";
import { openssl, p7b, pem } from "./openssl";

const rsa = generateKeyPairSync("rsa", { modulusLength: 2048 });
const ec = generateKeyPairSync("ec", { namedCurve: "P-256" });
const ed = generateKeyPairSync("ed25519");
const passphrase = { cipher: "aes-256-cbc", passphrase: "secret" };

const word = rsa.publicKey.export({ type: "pkcs1", format: "der" }).toString("base64").slice(20, 60);
const dump = (key: KeyObject): string =>
  openssl(["pkey", "-text", "-noout", "-in", "key"], {
    key: key.export({ type: "pkcs8", format: "pem" }),
  }).toString();

/** Private keys in every form that a program writes. */
const privateKeys: readonly (readonly [string, string | Buffer])[] = [
  ["RSA PKCS#8", rsa.privateKey.export({ type: "pkcs8", format: "der" })],
  ["RSA PKCS#1", rsa.privateKey.export({ type: "pkcs1", format: "der" })],
  ["RSA PKCS#8, encrypted", rsa.privateKey.export({ type: "pkcs8", format: "der", ...passphrase })],
  ["EC PKCS#8", ec.privateKey.export({ type: "pkcs8", format: "der" })],
  ["EC SEC 1", ec.privateKey.export({ type: "sec1", format: "der" })],
  ["Ed25519 PKCS#8", ed.privateKey.export({ type: "pkcs8", format: "der" })],
  ["PEM of PKCS#8", rsa.privateKey.export({ type: "pkcs8", format: "pem" })],
  ["PEM of PKCS#1", rsa.privateKey.export({ type: "pkcs1", format: "pem" })],
  ["PEM of PKCS#1, encrypted", rsa.privateKey.export({ type: "pkcs1", format: "pem", ...passphrase })],
  ["PEM of SEC 1", ec.privateKey.export({ type: "sec1", format: "pem" })],
  ["JWK", JSON.stringify(ec.privateKey.export({ format: "jwk" }))],
  ["OpenSSH", "-----BEGIN OPENSSH PRIVATE KEY-----\nb3BlbnNzaC1rZXktdjE=\n-----END OPENSSH PRIVATE KEY-----"],
  ["OpenSSH without armour", Buffer.from(`openssh-key-v1\0${"x".repeat(90)}`).toString("base64")],
  ["XML", `<RSAKeyValue><Modulus>${word}</Modulus><D>${word}</D></RSAKeyValue>`],
  ["XML, cut off", `<RSAKeyValue><Modulus>${word}</Modulus><D>${word}`],
  ["the words of openssl, RSA", dump(rsa.privateKey)],
  ["the words of openssl, EC", dump(ec.privateKey)],
  ["PEM without its dashes", `BEGIN RSA PRIVATE KEY\n${word}\nEND RSA PRIVATE KEY`],
  ["PEM with dashes of a word processor", `–BEGIN PRIVATE KEY—\n${word}`],
  ["PEM with a dash too few, in lower case", `----begin encrypted private key----\n${word}`],
  ["PuTTY", "PuTTY-User-Key-File-3: ssh-ed25519\nPrivate-Lines: 1\nAAAA"],
];

/** Only its boundaries tell that this is one: its bytes are cipher text. */
const cipher = String(rsa.privateKey.export({ type: "pkcs1", format: "pem", ...passphrase }));
const withDashes = (dashes: string): string => cipher.replaceAll("-----", dashes);

describe("the search for private keys", () => {
  test.each<[string, string | Buffer]>([
    ["hyphens U+2010", withDashes("\u2010\u2010")],
    ["bars U+2015", withDashes("\u2015")],
    ["minus signs", withDashes("\u2212\u2212")],
    ["dashes of Windows-1252, as bytes", Buffer.from(withDashes("\x96\x97"), "latin1")],
    ["dashes whose UTF-8 was read as latin-1", Buffer.from(withDashes("\u2013")).toString("latin1")],
    ["dashes in an escape of JSON", withDashes("\\u002d\\u002d")],
    ["dashes in HTML", withDashes("&#45;&#45;")],
    ["dashes in quoted-printable", withDashes("=2D=2D")],
    ["other signs", withDashes("=====")],
    ["no dashes, among other text", `key: ${withDashes("").replaceAll("\n", " ")}`],
    ["no dashes, in a string", JSON.stringify(withDashes(""))],
    ["no dashes, commented out", withDashes("").replaceAll(/^/gm, "# ")],
    [
      "no dashes and in lower case",
      cipher.replaceAll(/-----([^-]+)-----/g, (_, line: string) => line.toLowerCase()),
    ],
    ["dashes on one side only", cipher.replaceAll(/-----(BEGIN|END)/g, "$1")],
    ["a line break after BEGIN", cipher.replaceAll(/(BEGIN|END) /g, "$1\r\n")],
    ["a line break inside", cipher.replaceAll("PRIVATE KEY", "PRIVATE\nKEY")],
    ["a line break inside, in JSON", JSON.stringify(cipher.replaceAll("RSA PRIVATE", "RSA\nPRIVATE"))],
    ["no spaces", cipher.replaceAll(/(BEGIN|END) RSA PRIVATE KEY/g, "$1RSAPRIVATEKEY")],
  ])("finds one whose boundaries have %s", (_what, text) => {
    expect(looksLikePrivateKey(text)).toBe(true);
  });

  test.each<[string, string]>([
    ["as JSON in JSON", JSON.stringify({ key: JSON.stringify(ec.privateKey.export({ format: "jwk" })) })],
    ["as base64 whose slashes and plus signs are escaped", escapedJson(rsa.privateKey)],
    ["as the second half of the words of openssl", dump(rsa.privateKey).replace(/^[^]*(?=prime1)/, "")],
    ["as the words of openssl in JSON", JSON.stringify(dump(ed.privateKey))],
  ])("finds one %s", (_what, text) => {
    expect(looksLikePrivateKey(text)).toBe(true);
  });

  test.each(privateKeys)("finds %s, alone and in text", (_what, key) => {
    const text = typeof key === "string" ? key : key.toString("base64");
    expect(looksLikePrivateKey(key)).toBe(true);
    expect(looksLikePrivateKey(text)).toBe(true);
    expect(looksLikePrivateKey(`# comment\r\n\r\n${text}\r\n# end`)).toBe(true);
    expect(looksLikePrivateKey(Buffer.from(text).toString("base64"))).toBe(true);
  });

  test.each(privateKeys.filter((row): row is [string, Buffer] => typeof row[1] !== "string"))(
    "finds %s under a wrong label, in lines of base64, and cut in half",
    (_what, der) => {
      const half = der.subarray(0, Math.floor(der.length / 2));
      expect(looksLikePrivateKey(pem("CERTIFICATE", der))).toBe(true);
      expect(
        looksLikePrivateKey(`some words\n${pem("X", der).split("\n").slice(1, -2).join("\n")}\nmore words`),
      ).toBe(true);
      expect(looksLikePrivateKey(pem("X", half))).toBe(true);
    },
  );

  test.each([
    "# Never send the private key to anybody",
    "# end of the chain; its private key is in the vault",
    "Begin with the certificate. The private key stays where it is.",
    "subject=CN=private key, issuer=CN=Begin",
    "Bag Attributes: friendlyName: BEGIN of a private key hierarchy",
    "# NEVER SEND THE PRIVATE KEY",
    "The front-end private key is elsewhere; so is the back-end's private key",
    "end-to-end private key management",
    "- End users never see the private key",
    "-- End users never see the private key",
    "# --- begin: the private key stays in the vault ---",
    "- Begin with the certificate, private key later",
    "Private-Key: (not included)",
    "priv: see the vault",
  ])("takes a comment for what it is: %s", async (comment) => {
    const { der } = await makeCertificate({ subject: "CN=a", keys: await makeKeys() });
    for (const lineBreak of ["\n", "\r\n", "\r", "\\n"]) {
      const text = [comment, pem("CERTIFICATE", der), comment].join(lineBreak);
      expect(looksLikePrivateKey(text)).toBe(false);
    }
  });

  test("takes no longer for what looks like many keys", () => {
    for (const part of [
      "<RSAKeyValue>",
      "<D>",
      "-BEGIN ",
      "BEGIN A ",
      '"d" : ',
      "priv :",
      "- ",
      "Private-Key: ",
      "priv: 00:",
      "---- ",
      "-----BEGIN PRIVATE ",
      "\\",
      "\n",
      "\n ",
    ])
      expect(looksLikePrivateKey(part.repeat(1_000_000 / part.length))).toBe(false);
  });

  test("is not taken in by public material", async () => {
    const keys = await makeKeys();
    const { der } = await makeCertificate({ subject: "CN=a", keys });
    const spki = rsa.publicKey.export({ type: "spki", format: "der" });
    const pkcs1 = rsa.publicKey.export({ type: "pkcs1", format: "der" });
    const texts = [
      pem("CERTIFICATE", der),
      openssl(["x509", "-text", "-in", "certificate"], { certificate: pem("CERTIFICATE", der) }).toString(),
      `the private key stays in the vault\n${pem("CERTIFICATE", der)}`,
      await makeCsr(keys, "CN=a"),
      spki.toString("base64"),
      pem("RSA PUBLIC KEY", pkcs1),
      p7b([der], "PEM").toString(),
      "",
    ];
    expect(texts.filter((text) => looksLikePrivateKey(text))).toEqual([]);
  });
});

describe("the kind of content", () => {
  let party: Party;
  beforeAll(async () => {
    party = await makeCertificate({ subject: "CN=a", keys: await makeKeys("RSA"), ca: true });
  });

  test("is told apart by structure", async () => {
    const csr = Buffer.from(await makeCsr(party.keys, "CN=a"), "base64");
    expect(contentKind(party.der)).toBe("certificate");
    expect(contentKind(csr)).toBe("request");
    expect(contentKind(p7b([party.der], "DER"))).toBe("pkcs7");
    expect(contentKind(rsa.publicKey.export({ type: "spki", format: "der" }))).toBe("publicKey");
    expect(contentKind(rsa.publicKey.export({ type: "pkcs1", format: "der" }))).toBe("publicKey");
    expect(contentKind(Buffer.from("hello"))).toBe("unknown");
    expect(contentKind(Buffer.of())).toBe("unknown");
  });

  test("knows a certificate of version 1", () => {
    const key = party.keys.node.export({ type: "pkcs8", format: "pem" });
    const csr = openssl(["req", "-new", "-key", "key", "-subj", "/CN=old"], { key });
    const old = openssl(["x509", "-req", "-in", "csr", "-signkey", "key", "-outform", "DER"], { key, csr });
    expect(contentKind(old)).toBe("certificate");
  });

  test("knows a revocation list", () => {
    const key = party.keys.node.export({ type: "pkcs8", format: "pem" });
    const files = {
      key,
      ca: pem("CERTIFICATE", party.der),
      index: "",
      config: "[ca]\ndefault_ca=d\n[d]\ndatabase=index\ndefault_md=sha256\n",
    };
    const list = openssl(
      ["ca", "-gencrl", "-config", "config", "-keyfile", "key", "-cert", "ca", "-crldays", "5"],
      files,
    );
    const der = openssl(["crl", "-in", "list", "-outform", "DER"], { list });
    expect(contentKind(der)).toBe("crl");
  });

  test("knows a PFX, as bytes and as base64", () => {
    const key = party.keys.node.export({ type: "pkcs8", format: "pem" });
    const pfx = openssl(["pkcs12", "-export", "-inkey", "key", "-in", "cert", "-passout", "pass:x"], {
      key,
      cert: pem("CERTIFICATE", party.der),
    });
    expect(contentKind(pfx)).toBe("pfx");
    expect(looksLikePfx(pfx)).toBe(true);
    expect(looksLikePfx(pfx.toString("base64"))).toBe(true);
    expect(looksLikePfx(pem("CERTIFICATE", party.der))).toBe(false);
  });
});

describe("what check uses of x509/", () => {
  test("loads no parser, and the parser comes with the first CSR that is read", () => {
    const loads: string[] = [];
    jest.isolateModules(() => {
      jest.doMock("@peculiar/x509", () => {
        loads.push("@peculiar/x509");
        return {};
      });
      jest.requireActual("../../../provider/x509/names");
      jest.requireActual("../../../provider/x509/content");
      jest.requireActual("../../../provider/x509/chain");
      const { readCsr } = jest.requireActual<typeof Csr>("../../../provider/x509/csr");
      expect(loads).toEqual([]);
      expect(() => readCsr("MAA=")).toThrow(TypeError);
      expect(loads).toEqual(["@peculiar/x509"]);
    });
    jest.dontMock("@peculiar/x509");
  });
});

/** With what serialisers escape, and some of what they may. */
function escapedJson(key: KeyObject): string {
  const base64 = key.export({ type: "pkcs8", format: "der" }).toString("base64");
  const escaped = (character: string): string => `\\u00${Buffer.from(character).toString("hex")}`;
  return JSON.stringify({ key: base64 })
    .replaceAll("/", "\\/")
    .replaceAll(/[MIE+]/g, escaped);
}
