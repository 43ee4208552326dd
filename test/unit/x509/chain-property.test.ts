import fc from "fast-check";
import { createPrivateKey } from "node:crypto";
import { readCertificate } from "../../../provider/x509/certificate";
import { buildChain } from "../../../provider/x509/chain";
import { type ChainInput, readChainInput } from "../../../provider/x509/chain-input";
import { refusalError } from "../../../provider/x509/refusal";
import { type Family, makeFamily, now } from "./authority";
import { p7b, pem } from "./openssl";

let family: Family;
let ders: Buffer[];
let csrSpkiSha256: string;
/** Bundles by openssl, for every set of certificates and made once: starting it a thousand times takes minutes. */
const bundles = new Map<string, Buffer>();

beforeAll(async () => {
  family = await makeFamily("Property", "RSA");
  ders = [family.leaf, family.issuing, family.policy, family.root].map(({ der }) => der);
  csrSpkiSha256 = readCertificate(family.leaf.der).spkiSha256;
});

function pkcs7(indices: readonly number[]): Buffer {
  const key = indices.join();
  const known = bundles.get(key) ?? p7b(indices.map(der), "DER");
  bundles.set(key, known);
  return known;
}

function der(index: number): Buffer {
  const found = ders[index];
  if (found === undefined) throw new Error(`no certificate ${index}`);
  return found;
}

/** Ways to write one certificate, or several, down. */
const encodings: readonly ((indices: readonly number[]) => ChainInput)[] = [
  (indices) => indices.map((i) => pem("CERTIFICATE", der(i))).join(""),
  (indices) => indices.map((i) => pem("CERTIFICATE", der(i), "\r\n")).join("\r\n"),
  (indices) =>
    indices.map((i) => `subject=CN = ${i}\n# - comment -\n${pem("TRUSTED CERTIFICATE", der(i))}`).join("\n"),
  (indices) =>
    `\uFEFF${indices.map((i) => pem("X509 CERTIFICATE", der(i)).replaceAll(/^/gm, "\t")).join("")}`,
  (indices) => Buffer.concat(indices.map(der)).toString("base64"),
  (indices) => Buffer.concat(indices.map(der)),
  (indices) => pem("PKCS7", pkcs7([...new Set(indices)].sort())),
  (indices) => pkcs7([...new Set(indices)].sort()).toString("base64"),
  (indices) =>
    Buffer.from(indices.map((i) => pem("CERTIFICATE", der(i))).join(""), "utf8").toString("base64"),
];

/** The certificates of a good bundle (the root may be left out), repeated and shuffled, cut into parts, each in some encoding. */
const goodInput = fc
  .record({
    root: fc.boolean(),
    repeats: fc.array(fc.integer({ min: 0, max: 2 }), { maxLength: 4 }),
    cuts: fc.array(fc.nat(10), { maxLength: 3 }),
    ways: fc.array(fc.nat(encodings.length - 1), { minLength: 5, maxLength: 5 }),
  })
  .chain(({ root, repeats, cuts, ways }) =>
    fc
      .shuffledSubarray([0, 1, 2, ...(root ? [3] : []), ...repeats.map((_, n) => 10 + n)], {
        minLength: (root ? 4 : 3) + repeats.length,
      })
      .map((order) => ({ order: order.map((at) => (at < 10 ? at : (repeats[at - 10] ?? 0))), cuts, ways })),
  );

function write(order: readonly number[], cuts: readonly number[], ways: readonly number[]): ChainInput {
  const edges = [...new Set([0, ...cuts.map((cut) => cut % order.length), order.length])].sort(
    (a, b) => a - b,
  );
  const parts = edges.slice(1).map((edge, n) => order.slice(edges[n], edge));
  const written = parts.map((part, n) => encodings[ways[n] ?? 0]?.(part) ?? "");
  const [only] = written;
  return written.length === 1 && only !== undefined
    ? only
    : written.flatMap((one) => (typeof one === "string" || one instanceof Uint8Array ? [one] : [...one]));
}

/** Pre-flight as a whole: the chain to merge, or the code and all the words of a refusal. */
function preflight(input: ChainInput): { x5c: readonly string[] } | { code: string; shown: string } {
  const read = readChainInput(input);
  const built = read.ok ? buildChain(read.value, { csrSpkiSha256, now }) : read;
  if (built.ok) return { x5c: built.value.x5c };
  const { code, message, details } = refusalError(built.refusal, { vaultUrl: "https://v.example" });
  return { code, shown: `${message}${JSON.stringify(details)}` };
}

describe("merge pre-flight", () => {
  test("gives the same x5c for every shuffle, duplication and encoding of a good bundle", () => {
    const expected = [0, 1, 2].map((index) => der(index).toString("base64"));
    fc.assert(
      fc.property(goodInput, ({ order, cuts, ways }) => {
        expect(preflight(write(order, cuts, ways))).toEqual({ x5c: expected });
      }),
      { numRuns: 60 },
    );
  });

  test("answers a thousand mangled bundles with a chain or a precise refusal, and never shows a key", () => {
    const key = createPrivateKey(family.leaf.keys.node.export({ type: "pkcs8", format: "pem" }));
    const keyPem = String(key.export({ type: "pkcs8", format: "pem" }));
    const secret = keyPem.replaceAll(/-----.*-----|\s/g, "");
    const fragments = secret.match(/.{12}/g) ?? [];
    const whole = [...ders.map((one) => pem("CERTIFICATE", one)), keyPem];
    const certificates = new Set(ders.map((one) => one.toString("base64")));
    const mangled = fc
      .record({
        parts: fc.shuffledSubarray(whole, { minLength: 1 }),
        cut: fc.option(fc.tuple(fc.nat(9000), fc.nat(3000))),
        put: fc.option(
          fc.tuple(fc.nat(9000), fc.constantFrom("-----", "\n", "A", "\u0000", "<html>", "=", "é")),
        ),
        bytes: fc.boolean(),
      })
      .map(({ parts, cut, put, bytes }) => {
        let text = parts.join("");
        if (cut !== null)
          text = text.slice(0, cut[0] % text.length) + text.slice((cut[0] % text.length) + cut[1]);
        if (put !== null)
          text = text.slice(0, put[0] % (text.length + 1)) + put[1] + text.slice(put[0] % (text.length + 1));
        return bytes ? Buffer.from(text) : text;
      });
    const codes = new Map<string, number>();
    fc.assert(
      fc.property(mangled, (input) => {
        const result = preflight(input);
        const shown = "x5c" in result ? "" : result.shown;
        expect(fragments.filter((fragment) => shown.includes(fragment))).toEqual([]);
        if ("x5c" in result) expect(result.x5c.filter((one) => !certificates.has(one))).toHaveLength(0);
        else expect(result.code).toMatch(/^KVC_CHAIN_/);
        const code = "x5c" in result ? "merged" : result.code;
        codes.set(code, (codes.get(code) ?? 0) + 1);
      }),
      { numRuns: 1000, seed: 20260101 },
    );
    expect([...codes.keys()]).toEqual(
      expect.arrayContaining(["merged", "KVC_CHAIN_PRIVATE_KEY", "KVC_CHAIN_DAMAGED", "KVC_CHAIN_WRONG_KEY"]),
    );
  });

  test("answers certificates with a flipped bit with a chain of these bytes or a precise refusal", () => {
    fc.assert(
      fc.property(fc.nat(2), fc.nat(), fc.integer({ min: 0, max: 7 }), (index, position, bit) => {
        const flipped = Buffer.from(der(index));
        const at = position % flipped.length;
        flipped.writeUInt8(flipped.readUInt8(at) ^ (1 << bit), at);
        const result = preflight([0, 1, 2, 3].map((one) => (one === index ? flipped : der(one))));
        if ("x5c" in result)
          throw new Error(`bit ${bit} of byte ${at} of certificate ${index} went unnoticed`);
        expect(result.code).toMatch(/^KVC_CHAIN_/);
      }),
      { numRuns: 60 },
    );
  });
});
