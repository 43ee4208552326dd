import { generateKeyPairSync } from "node:crypto";
import fc from "fast-check";
import { redactor, secretsOf } from "../../../provider/signers/redact";
import { StderrLog } from "../../../provider/signers/stderr";
import { request } from "./commands";

function shown(chunks: readonly (string | Uint8Array)[], secrets: readonly string[] = []) {
  const lines: string[] = [];
  const log = new StderrLog(redactor(secrets), (line) => lines.push(line));
  for (const chunk of chunks) log.write(Buffer.from(chunk as string));
  log.end();
  return { lines, tail: log.tail };
}

const { privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
const pkcs8 = privateKey.export({ type: "pkcs8", format: "pem" }) as string;
const pkcs1 = privateKey.export({ type: "pkcs1", format: "pem" }) as string;
const encrypted = privateKey.export({
  type: "pkcs8",
  format: "pem",
  cipher: "aes-256-cbc",
  passphrase: "x",
}) as string;

describe("the shown stderr", () => {
  test("comes line by line, whatever the line ends, without empty lines", () => {
    expect(shown(["one\ntwo\r\n\r\n  three\r 40 %\r 80 %\nfour"]).lines).toEqual([
      "one",
      "two",
      "three",
      "40 %",
      "80 %",
      "four",
    ]);
  });

  test("has no control characters, colours or changes of direction", () => {
    expect(shown(["\u001b[31mred\u001b[0m\tand\u0007 \u202Eback\u2028more\n"]).lines).toEqual([
      "red and   back more",
    ]);
  });

  test("is the same however it is cut into chunks", () => {
    const text = `start\r\nhunter22 ünïcode 🔑\n${pkcs8}\nafter the key\nlast`;
    const bytes = Buffer.from(text);
    const whole = shown([bytes], ["hunter22"]).lines;
    expect(whole).toEqual(["start", "[secret] ünïcode 🔑", "[private key]", "after the key", "last"]);
    const cuts = fc.array(fc.nat({ max: bytes.length }), { maxLength: 20 });
    fc.assert(
      fc.property(cuts, (at) => {
        const ends = [...at.sort((a, b) => a - b), bytes.length];
        const chunks = ends.map((end, index) => bytes.subarray(ends[index - 1] ?? 0, end));
        expect(shown(chunks, ["hunter22"]).lines).toEqual(whole);
      }),
    );
  });

  test("cuts a long line", () => {
    const [line = ""] = shown([`${"x".repeat(10_000)}\n`]).lines;
    expect(line).toMatch(/^x{499}…$/);
  });

  test("ends at a line that is too long to be searched for secrets", () => {
    const { lines } = shown(["before\n", "x".repeat(20_000), "hunter22", "\nafter\n"], ["hunter22"]);
    expect(lines).toEqual(["before", "[a line of over 16 kB: nothing more of stderr is shown]"]);
  });

  test("is kept in its last 4 kB", () => {
    const { lines, tail } = shown(Array.from({ length: 5000 }, (_, index) => `line ${index}\n`));
    expect(lines).toHaveLength(5000);
    expect(tail.join("").length).toBeLessThanOrEqual(4096);
    expect(tail.join("").length).toBeGreaterThan(4000);
    expect(tail.at(-1)).toBe("line 4999");
  });
});

describe("a private key on stderr", () => {
  test.each([
    ["PKCS#8", pkcs8],
    ["PKCS#1", pkcs1],
    ["encrypted", encrypted],
    ["in one line of JSON", JSON.stringify({ key: pkcs8 })],
    ["without its end", pkcs8.slice(0, 900)],
    ["as JWK", JSON.stringify(privateKey.export({ format: "jwk" }))],
  ])("is not shown: %s", (_, key) => {
    const { lines } = shown([`before\n${key}`]);
    const body = key.replaceAll(/-----[^-]*-----|\\n/g, "");
    const jwk = privateKey.export({ format: "jwk" });
    const pieces = [
      ...(body.match(/[A-Za-z0-9+/]{40,64}/g) ?? []).filter((piece) => piece !== jwk.n?.slice(0, 64)),
    ];
    const secretParts = key.startsWith('{"kty') ? [jwk.d, jwk.p, jwk.q, jwk.dp, jwk.dq, jwk.qi] : pieces;
    expect(secretParts.length).toBeGreaterThan(3);
    for (const part of secretParts) expect(lines.join("\n")).not.toContain(part);
    expect(lines.join("\n")).toContain("[private key]");
    expect(lines[0]).toBe("before");
  });

  test("hides neither the words around it nor a certificate", () => {
    expect(shown([`a ${JSON.stringify(pkcs8)} b -----BEGIN CERTIFICATE----- c\n`]).lines).toEqual([
      'a "[private key]\\n" b -----BEGIN CERTIFICATE----- c',
    ]);
  });
});

describe("a secret on stderr", () => {
  const secret = 'p"a/s s\nsecond $line';

  test.each([
    ["as it is, in one line", "hunter22", "it is hunter22.", "it is [secret]."],
    ["more than once", "hunter22", "hunter22hunter22", "[secret][secret]"],
    ["with the characters of a pattern", "a.*+?^${}()|[]\\/b", "x a.*+?^${}()|[]\\/b x", "x [secret] x"],
    ["in JSON", secret, JSON.stringify({ secret }), '{"secret":"[secret]"}'],
    ["in a URL", secret, `https://ca/?k=${encodeURIComponent(secret)}`, "https://ca/?k=[secret]"],
    ["by its lines", secret, 'got p"a/s s and second $line', "got [secret] and [secret]"],
    ["with a line end of its file", "hunter22\n", "got hunter22", "got [secret]"],
    ["coloured", "hunter22", "hun\u001b[1mter22", "[secret]"],
  ])("is not shown: %s", (_, value, text, expected) => {
    expect(shown([`${text}\n`], [value]).lines).toEqual([expected]);
  });

  test("is hidden as a whole where another secret is a part of it", () => {
    expect(shown(["hunter22-and-more\n"], ["hunter22", "hunter22-and-more"]).lines).toEqual(["[secret]"]);
  });

  test("hides no word of fewer than six characters", () => {
    expect(shown(["true prod\n"], ["true", "prod", ""]).lines).toEqual(["true prod"]);
  });

  test("does not hide what stands for another secret", () => {
    expect(shown(["hunter22 secret\n"], ["hunter22", "secret"]).lines).toEqual(["[secret] [secret]"]);
  });
});

describe("what counts as a secret", () => {
  const inherited = (env: Record<string, string>) =>
    secretsOf(request, { env, folder: "/", platform: "linux" });

  test("is each value of signer.env, and what the caller names", () => {
    const signer = { ...request.signer, env: { CA_URL: "https://ca", KEY: "k" } };
    const found = secretsOf(
      { ...request, signer, secrets: ["argument"] },
      { env: {}, folder: "/", platform: "linux" },
    );
    expect(found).toEqual(["https://ca", "k", "argument"]);
  });

  test.each([
    "ARM_CLIENT_SECRET",
    "AZURE_CLIENT_SECRET",
    "PULUMI_CONFIG_PASSPHRASE",
    "PULUMI_ACCESS_TOKEN",
    "AWS_SECRET_ACCESS_KEY",
    "DB_PASSWORD",
    "ACTIONS_ID_TOKEN_REQUEST_TOKEN",
    "AZURE_STORAGE_SAS_TOKEN",
    "AZURE_STORAGE_CONNECTION_STRING",
    "npm_api_key",
    "IDENTITY_HEADER",
  ])("is the inherited %s", (name) => {
    expect(inherited({ [name]: "value-1" })).toEqual(["value-1"]);
  });

  test.each([
    "PATH",
    "HOME",
    "PWD",
    "OLDPWD",
    "AWS_WEB_IDENTITY_TOKEN_FILE",
    "ACTIONS_ID_TOKEN_REQUEST_URL",
    "KEYBOARD",
  ])("is not the inherited %s", (name) => {
    expect(inherited({ [name]: "value-1" })).toEqual([]);
  });
});
