import { execFileSync } from "node:child_process";
import { readdirSync, statSync } from "node:fs";
import { X509Certificate } from "node:crypto";
import { join } from "node:path";
import { newTestFolder } from "./folder";
import { describeUnless } from "./needs";
import { certificatesOf, newCsr, openssl, opensslMissing } from "./openssl";
import { runScript, type ScriptRun } from "./script";

jest.setTimeout(60_000);

const example = join(__dirname, "..", "..", "..", "examples", "openssl-ca");
const missing = opensslMissing();
const folder = newTestFolder();
const ca = join(folder.path, "ca");

afterAll(() => folder.remove());

const makeCa = (): string =>
  execFileSync(join(example, "make-ca.sh"), { env: { ...process.env, CA_FOLDER: ca }, encoding: "utf8" });

const sign = (csr: string, key: string, env: Record<string, string> = {}): Promise<ScriptRun> =>
  runScript([join(example, "sign.sh")], csr, {
    CA_FOLDER: ca,
    KEYVAULT_CERTIFICATE_IDEMPOTENCY_KEY: key,
    KEYVAULT_CERTIFICATE_VALIDITY_IN_MONTHS: "3",
    ...env,
  });

const leafOf = (run: ScriptRun): X509Certificate => new X509Certificate(run.stdout);

/** What openssl says of a leaf whose chain has to lead to a root. */
const verify = (chain: string, root: string): string =>
  openssl([
    "verify",
    "-CAfile",
    root,
    "-untrusted",
    folder.write("chain.pem", chain),
    join(folder.path, "chain.pem"),
  ]);

describeUnless(missing, "the CA of the openssl command", () => {
  const csr = missing === undefined ? newCsr(["a.example.com", "b.example.com"]) : "";

  test("says how to make it where there is none", async () => {
    const run = await sign(csr, "0");
    expect(run).toMatchObject({ code: 1, stdout: "" });
    expect(run.stderr).toContain("make-ca.sh first");
  });

  test("is made once, with keys that only its owner can read", () => {
    makeCa();
    const root = statSync(join(ca, "root.pem")).mtimeMs;
    makeCa();
    expect(statSync(join(ca, "root.pem")).mtimeMs).toBe(root);
    for (const key of ["root.key", "intermediate.key"]) expect(statSync(join(ca, key)).mode & 0o077).toBe(0);
    expect(readdirSync(folder.path)).toEqual(["ca"]);
  });

  test("prints leaf, intermediate and root, for the names and the key of the CSR", async () => {
    const run = await sign(csr, "1");
    const [leaf, intermediate, root] = certificatesOf(run.stdout).map((pem) => new X509Certificate(pem));
    expect(run.code).toBe(0);
    expect(leaf?.subject).toBe("CN=a.example.com");
    expect(leaf?.subjectAltName).toBe("DNS:a.example.com, DNS:b.example.com");
    expect(leaf?.publicKey.export({ type: "spki", format: "pem" })).toBe(
      openssl(["req", "-noout", "-pubkey"], csr),
    );
    expect(leaf?.issuer).toBe(intermediate?.subject);
    expect(intermediate?.issuer).toBe(root?.subject);
    expect(verify(run.stdout, join(ca, "root.pem"))).toMatch(/: OK\n$/);
  });

  test.each([
    ["3", 91],
    ["12", 365],
    ["", 365],
  ])("gives a certificate of %p months %i days", async (months, days) => {
    const leaf = leafOf(
      await sign(csr, `months-${months}`, { KEYVAULT_CERTIFICATE_VALIDITY_IN_MONTHS: months }),
    );
    expect((Date.parse(leaf.validTo) - Date.parse(leaf.validFrom)) / 86_400_000).toBe(days);
  });

  test("gives the same answer to the same key, and signs nothing", async () => {
    const first = await sign(csr, "2");
    const second = await sign(csr, "2");
    expect(second.stdout).toBe(first.stdout);
    expect(second.stderr).toContain("signed before");
  });

  test("signs again for another key", async () => {
    const [first, second] = [leafOf(await sign(csr, "3")), leafOf(await sign(csr, "4"))];
    expect(second.serialNumber).not.toBe(first.serialNumber);
  });

  test("gives two runs at once the same answer", async () => {
    const [first, second] = await Promise.all([sign(csr, "5"), sign(csr, "5")]);
    expect(first.code).toBe(0);
    expect(second.stdout).toBe(first.stdout);
  });

  test("lets no CSR ask to become a CA", async () => {
    const run = await sign(newCsr(["c.example.com"], ["basicConstraints=critical,CA:TRUE"]), "6");
    expect(run.code).toBe(0);
    expect(leafOf(run).ca).toBe(false);
  });

  test.each([
    [
      "another CSR under a key that was used",
      () => newCsr(["c.example.com"]),
      "2",
      {},
      "belongs to another CSR",
    ],
    ["a text that is no CSR", () => "hello", "7", {}, "is no CSR"],
    [
      "a certificate that would outlive the intermediate",
      () => csr,
      "8",
      { KEYVAULT_CERTIFICATE_VALIDITY_IN_MONTHS: "61" },
      "past its end",
    ],
    ["a run without a key", () => csr, "", {}, "KEYVAULT_CERTIFICATE_IDEMPOTENCY_KEY"],
  ])("refuses %s", async (_, request, key, env, words) => {
    const run = await sign(request(), key, env);
    expect(run.code).not.toBe(0);
    expect(run.stdout).toBe("");
    expect(run.stderr).toContain(words);
  });

  test("leaves nothing beside the CA and its answers", () => {
    const files = ["intermediate.key", "intermediate.pem", "requests", "root.key", "root.pem"];
    expect(readdirSync(ca).sort()).toEqual(files);
    expect(readdirSync(join(ca, "requests")).filter((name) => !name.endsWith(".pem"))).toEqual([]);
  });
});
