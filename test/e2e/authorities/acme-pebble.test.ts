import { X509Certificate } from "node:crypto";
import { once } from "node:events";
import { mkdirSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { newTestFolder } from "./folder";
import { describeUnless } from "./needs";
import { certificatesOf, newCsr, openssl, opensslMissing } from "./openssl";
import { obtainPebble, Pebble, type PebbleProgram } from "./pebble";
import { runScript, Script } from "./script";

jest.setTimeout(60_000);

const example = join(__dirname, "..", "..", "..", "examples", "acme-pebble");
const noOpenssl = opensslMissing();
const program: PebbleProgram = noOpenssl === undefined ? obtainPebble() : { missing: noOpenssl };

describeUnless("missing" in program ? program.missing : undefined, "the signer of an ACME CA", () => {
  const names = ["a.example.com", "b.example.com"];
  const command = [process.execPath, join(example, "sign.mjs")] as const;
  const folder = newTestFolder();
  const memory = join(folder.path, "acme");
  let started: Pebble | undefined;
  let pebble: Pebble;

  beforeAll(async () => {
    if ("file" in program) pebble = started = await Pebble.start(program.file);
  });
  afterAll(async () => {
    await started?.close();
    folder.remove();
  });

  const environment = (key: string): Record<string, string> => ({
    KEYVAULT_CERTIFICATE_IDEMPOTENCY_KEY: key,
    ACME_DIRECTORY_URL: pebble.directoryUrl,
    ACME_HTTP_PORT: String(pebble.httpPort),
    ACME_HTTP_HOST: "127.0.0.1",
    ACME_FOLDER: memory,
    NODE_EXTRA_CA_CERTS: pebble.trustedCertificates,
  });
  const sign = (csr: string, key: string) => runScript(command, csr, environment(key));
  const orderOf = (stderr: string) => /order (https:[^\s,]+)/.exec(stderr)?.[1];

  /** Has the port at which the CA looks for answers, so that a script waits before it asks the CA to look. */
  async function holdPort(): Promise<() => Promise<void>> {
    const server = createServer().listen(pebble.httpPort, "127.0.0.1");
    await once(server, "listening");
    return async () => {
      await once(server.close(), "close");
    };
  }

  test("answers the CA's challenges, and prints a chain for the names and the key of the CSR", async () => {
    const csr = newCsr(names);
    const run = await sign(csr, "1");
    expect(run).toMatchObject({ code: 0 });
    for (const name of names) {
      const asked = pebble.validations.filter((url) => url.startsWith(`http://${name}:`));
      expect(asked.length).toBeGreaterThan(0);
      for (const url of asked) expect(run.stderr).toContain(`asked for ${url}: answered`);
    }
    const leaf = new X509Certificate(run.stdout);
    expect(leaf.subjectAltName).toBe(names.map((name) => `DNS:${name}`).join(", "));
    expect(leaf.publicKey.export({ type: "spki", format: "pem" })).toBe(
      openssl(["req", "-noout", "-pubkey"], csr),
    );
    expect(certificatesOf(run.stdout)).toHaveLength(3);
    const chain = folder.write("chain.pem", run.stdout);
    const root = folder.write("root.pem", await pebble.root());
    expect(openssl(["verify", "-CAfile", root, "-untrusted", chain, chain])).toBe(`${chain}: OK\n`);
  });

  test("keeps the account's key where only its owner can read it", () => {
    const [ca = ""] = readdirSync(memory);
    expect(readFileSync(join(memory, ca, "account.key"), "utf8")).toContain("PRIVATE KEY");
    expect(statSync(join(memory, ca, "account.key")).mode & 0o077).toBe(0);
  });

  test("prints the chain of the same key again, and orders nothing", async () => {
    const csr = newCsr(names);
    const first = await sign(csr, "2");
    const orders = pebble.orders;
    const second = await sign(csr, "2");
    expect(second.stdout).toBe(first.stdout);
    expect(second.stderr).toContain("issued before");
    expect(pebble.orders).toBe(orders);
  });

  test("orders again for another key", async () => {
    const csr = newCsr(names);
    const [first, second] = [await sign(csr, "3"), await sign(csr, "4")];
    expect(new X509Certificate(second.stdout).serialNumber).not.toBe(
      new X509Certificate(first.stdout).serialNumber,
    );
  });

  test("goes on with the order of a run that was killed", async () => {
    const csr = newCsr(names);
    const release = await holdPort();
    const killed = new Script(command, csr, environment("5"));
    await killed.says("waits for port");
    await killed.kill();
    await release();
    const orders = pebble.orders;

    const run = await sign(csr, "5");
    expect(run).toMatchObject({ code: 0 });
    expect(run.stderr).toContain("goes on with order");
    expect(orderOf(run.stderr)).toBe(orderOf((await killed.ended).stderr));
    expect(pebble.orders).toBe(orders);
    expect(new X509Certificate(run.stdout).publicKey.export({ type: "spki", format: "pem" })).toBe(
      openssl(["req", "-noout", "-pubkey"], csr),
    );
  });

  test("fetches what was issued to a run that was killed before it printed it", async () => {
    const csr = newCsr(names);
    const first = await sign(csr, "6");
    const [ca = ""] = readdirSync(memory);
    rmSync(join(memory, ca, "6", "chain.pem"));
    const orders = pebble.orders;
    const second = await sign(csr, "6");
    expect(second.stdout).toBe(first.stdout);
    expect(pebble.orders).toBe(orders);
  });

  test("fails with the CA's words when a challenge is not answered, and orders anew the next time", async () => {
    const csr = newCsr(names);
    const failed = await runScript(command, csr, { ...environment("7"), ACME_HTTP_PORT: "0" });
    expect(failed).toMatchObject({ code: 1, stdout: "" });
    expect(failed.stderr).toMatch(/connect(ion|ex)?.*refused/);

    const run = await sign(csr, "7");
    expect(run).toMatchObject({ code: 0 });
    expect(run.stderr).toContain("is invalid: a new one is made");
    expect(orderOf(run.stderr.split("a new one is made")[1] ?? "")).not.toBe(orderOf(failed.stderr));
  });

  test("makes no second order while it cannot see what became of the first", async () => {
    const [ca = ""] = readdirSync(memory);
    mkdirSync(join(memory, ca, "8"));
    const lost = `${new URL(pebble.directoryUrl).origin}/my-order/lost`;
    writeFileSync(join(memory, ca, "8", "order"), JSON.stringify({ url: lost }));
    const orders = pebble.orders;
    const run = await sign(newCsr(names), "8");
    expect(run).toMatchObject({ code: 1, stdout: "" });
    expect(run.stderr).toContain(`order ${lost} cannot be read`);
    expect(pebble.orders).toBe(orders);
  });

  test("shares the port with other runs", async () => {
    const runs = await Promise.all(["9", "10", "11"].map((key) => sign(newCsr(names), key)));
    expect(runs.map(({ code }) => code)).toEqual([0, 0, 0]);
  });

  test("brings two runs with one key at once to the same certificate", async () => {
    const csr = newCsr(names);
    const runs = await Promise.all([sign(csr, "12"), sign(csr, "12")]);
    expect(runs[0].stdout).toContain("BEGIN CERTIFICATE");
    expect(runs[1].stdout).toBe(runs[0].stdout);
  });

  test("says what is wrong with a CA whose address it cannot trust", async () => {
    const run = await runScript(command, newCsr(names), { ...environment("14"), NODE_EXTRA_CA_CERTS: "" });
    expect(run).toMatchObject({ code: 1, stdout: "" });
    expect(run.stderr).toMatch(/^Caught DEPTH_ZERO_SELF_SIGNED_CERT/);
    expect(run.stderr).toMatch(/\nthe CA does not answer\n$/);
  });

  test("refuses another CSR under a key that was used", async () => {
    const run = await sign(newCsr(names), "1");
    expect(run).toMatchObject({ code: 1, stdout: "" });
    expect(run.stderr).toContain("belongs to another CSR");
  });

  test.each(["KEYVAULT_CERTIFICATE_IDEMPOTENCY_KEY", "ACME_DIRECTORY_URL"])(
    "refuses a run without %s",
    async (name) => {
      const run = await runScript(command, newCsr(names), { ...environment("13"), [name]: "" });
      expect(run).toMatchObject({ code: 1, stdout: "" });
      expect(run.stderr).toContain(`${name} is not set`);
    },
  );
});
