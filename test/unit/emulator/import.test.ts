import { X509Certificate } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { execFileSync } from "node:child_process";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Bench, refusal } from "./harness";

interface Material {
  readonly key: string;
  readonly certificate: string;
  /** Base64, under the password "secret". */
  readonly pfx: string;
  readonly legacyPfx: string;
}

function createMaterial(keyOptions: readonly string[]): Material {
  const folder = mkdtempSync(join(tmpdir(), "emulator-import-"));
  const run = (...args: string[]): Buffer => execFileSync("openssl", args, { cwd: folder, stdio: "pipe" });
  try {
    run("genpkey", ...keyOptions, "-out", "key.pem");
    run(
      "req",
      "-x509",
      "-key",
      "key.pem",
      "-subj",
      "/C=AU/ST=Some-State/O=Widgits, Ltd",
      "-days",
      "365",
      "-out",
      "cert.pem",
    );
    const exported = ["pkcs12", "-export", "-inkey", "key.pem", "-in", "cert.pem", "-passout", "pass:secret"];
    run(...exported, "-out", "a.pfx");
    const legacy = ["-legacy", "-certpbe", "PBE-SHA1-RC2-40", "-keypbe", "PBE-SHA1-3DES", "-macalg", "sha1"];
    run(...exported, ...legacy, "-out", "b.pfx");
    const read = (name: string, encoding: BufferEncoding): string =>
      readFileSync(join(folder, name), encoding);
    return {
      key: read("key.pem", "utf8"),
      certificate: read("cert.pem", "utf8"),
      pfx: read("a.pfx", "base64"),
      legacyPfx: read("b.pfx", "base64"),
    };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

const rsa = createMaterial(["-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:2048"]);
const ec = createMaterial(["-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-384"]);
const pemPolicy = { secret_props: { contentType: "application/x-pem-file" } };

describe("an import into the emulator", () => {
  let bench: Bench;
  beforeAll(async () => {
    bench = await Bench.start({ clock: Date.now });
  });
  beforeEach(() => bench.emulator.control.reset());
  afterAll(() => bench.emulator.close());

  const importInto = (body: object) => bench.post("/certificates/c/import", body);
  const bytes = (certificate: string): string => new X509Certificate(certificate).raw.toString("base64");

  test("of a PFX derives the policy from the certificate and has no pending request", async () => {
    const { status, body } = await importInto({
      value: rsa.pfx,
      pwd: "secret",
      attributes: { enabled: false },
      tags: { a: "b" },
    });
    expect([status, body.cer, body.attributes.enabled, body.tags]).toEqual([
      200,
      bytes(rsa.certificate),
      false,
      { a: "b" },
    ]);
    expect(body.pending).toBeUndefined();
    expect(body.policy).toMatchObject({
      key_props: { exportable: true, kty: "RSA", key_size: 2048, reuse_key: false },
      secret_props: { contentType: "application/x-pkcs12" },
      x509_props: {
        subject: 'O="Widgits, Ltd", S=Some-State, C=AU',
        ekus: [],
        key_usage: [],
        validity_months: 12,
        basic_constraints: { ca: true },
      },
      lifetime_actions: [{ trigger: { lifetime_percentage: 80 }, action: { action_type: "EmailContacts" } }],
      issuer: { name: "Unknown" },
    });
    expect((await bench.get("/certificates/c/pending")).status).toBe(404);
  });

  test.each([
    ["RSA under RC2 and triple DES", rsa.legacyPfx, rsa.certificate],
    ["EC under AES", ec.pfx, ec.certificate],
    ["EC under RC2 and triple DES", ec.legacyPfx, ec.certificate],
  ])("reads %s", async (_, value, certificate) => {
    expect((await importInto({ value, pwd: "secret" })).body.cer).toBe(bytes(certificate));
    expect((await bench.get("/secrets/c")).status).toBe(200);
  });

  test("of a PEM text makes a PEM secret", async () => {
    const reply = await importInto({ value: ec.certificate + ec.key, policy: pemPolicy });
    expect([reply.status, reply.body.cer]).toEqual([200, bytes(ec.certificate)]);
    expect((await bench.get("/secrets/c")).body.value).toMatch(/^-----BEGIN PRIVATE KEY-----/);
  });

  test("takes over what its policy names", async () => {
    const policy = { ...pemPolicy, key_props: { exportable: false }, issuer: { name: "Self" } };
    const { body } = await importInto({ value: ec.key + ec.certificate, policy });
    expect(body.policy).toMatchObject({
      key_props: { kty: "EC", crv: "P-384", exportable: false },
      issuer: { name: "Self" },
    });
  });

  const pkcs12Message =
    "The specified PKCS#12 X.509 certificate content can not be read. Please check if certificate is in valid PKCS#12 format.";
  const expired = "X509 Certificate is already expired";
  test.each<[string, object, string]>([
    ["a wrong password", { value: rsa.pfx, pwd: "wrong" }, pkcs12Message],
    ["garbage", { value: "AAAA" }, pkcs12Message],
    ["a PEM without its content type", { value: ec.key + ec.certificate }, pkcs12Message],
    [
      "a policy without content type",
      { value: rsa.pfx, pwd: "secret", policy: {} },
      "Property policy has invalid value\r\n",
    ],
    [
      "a PEM without certificate",
      { value: ec.key, policy: pemPolicy },
      "The specified PEM X.509 certificate content is in an unexpected format. Please check if certificate is in valid PEM format.",
    ],
    [
      "a PEM without key",
      { value: ec.certificate, policy: pemPolicy },
      "Private key is not specified in the specified X.509 PEM certificate content. Please specify private key in the X.509 PEM certificate content.",
    ],
  ])("refuses %s", async (_, body, message) => {
    expect(refusal(await importInto(body))).toEqual([400, "BadParameter", message, undefined]);
  });

  test("refuses an expired certificate", async () => {
    const late = await Bench.start({ clock: () => Date.now() + 400 * 86_400_000 });
    const reply = await late.post("/certificates/c/import", { value: rsa.pfx, pwd: "secret" });
    await late.emulator.close();
    expect(refusal(reply)).toEqual([400, "BadParameter", expired, undefined]);
  });

  test("is refused while a request is in progress, and overwrites one that has ended", async () => {
    await bench.create("c");
    expect((await importInto({ value: rsa.pfx, pwd: "secret" })).status).toBe(409);
    const [order] = bench.emulator.control.orders();
    bench.emulator.control.endOrder(order?.requestId ?? "", { outcome: "failed" });
    expect((await importInto({ value: rsa.pfx, pwd: "secret" })).status).toBe(200);
    expect((await bench.get("/certificates/c/pending")).status).toBe(404);
  });
});
