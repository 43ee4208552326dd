import { describeUnless } from "../authorities/needs";
import { opensslMissing } from "../authorities/openssl";
import { obtainPebble, Pebble, type PebbleProgram } from "../authorities/pebble";
import { useEngine } from "../stack";
import { Example } from "./example";
import { killBeforeMerge, linkedChain, links, whileMerging } from "./secret";

const noOpenssl = opensslMissing();
const program: PebbleProgram = noOpenssl === undefined ? obtainPebble() : { missing: noOpenssl };

const merge = "POST /certificates/web/pending/merge 201";
const order = "POST /certificates/web/create 202";

const writes = ({ traffic }: { readonly traffic: readonly string[] }) =>
  traffic.filter((line) => !line.startsWith("GET"));

describeUnless("missing" in program ? program.missing : undefined, "the example of an ACME CA", () => {
  const engine = useEngine();
  let example: Example;
  let started: Pebble | undefined;
  let pebble: Pebble;

  beforeAll(async () => {
    if ("file" in program) pebble = started = await Pebble.start(program.file);
    example = await Example.install(engine(), "acme-pebble");
    await example.stack.stack.setAllConfig({
      "acme:directoryUrl": { value: pebble.directoryUrl },
      "acme:httpPort": { value: String(pebble.httpPort) },
      // Beside the resource the engine keeps the configuration, in clear what is no secret there.
      "acme:trustedCertificates": { value: pebble.trustedCertificates, secret: true },
    });
  });
  afterAll(() => started?.close());

  const nothingToDo = { ok: true, changes: { same: 1 }, requests: [], diagnostics: [] };

  test("ends its first up completed, from nothing, with leaf and intermediates in order in the linked secret", async () => {
    const up = await example.stack.up();
    expect(up.outputs).toMatchObject({ status: "completed" });
    expect(writes(up)).toEqual([order, merge]);
    expect(up.text).toMatch(/asked for http:\/\/acme\.example\.com:\d+\/\.well-known\/[^]*: answered/);
    expect(pebble.orders).toBe(1);
    const chain = await linkedChain(engine().vault, "web");
    expect(chain).toHaveLength(3);
    expect(chain.slice(1).map((issuer, below) => chain[below]?.checkIssued(issuer))).toEqual([true, true]);
    expect(links(chain).at(-1)).toMatch(/^Pebble Intermediate CA \w+ #1 by Pebble Root CA \w+$/);
  });

  test("has nothing to do afterwards, and orders nothing", async () => {
    expect(await example.stack.up()).toMatchObject(nothingToDo);
    expect(await example.stack.refresh({ expectNoChanges: true })).toMatchObject({ ok: true });
    const digest = await example.previewJson();
    expect(digest.changeSummary).toEqual({ same: 2 });
    expect(digest.diagnostics ?? []).toEqual([]);
    expect(pebble.orders).toBe(1);
  });

  test("keeps nothing of the signer's environment in clear in its state", async () => {
    const text = await example.stateFile();
    expect(text).toContain("sign.mjs");
    for (const value of [pebble.trustedCertificates, "ACME_DIRECTORY_URL"]) expect(text).not.toContain(value);
  });

  test("renews in one up, in which the old version stays readable until the merge", async () => {
    const { vault } = engine();
    const [version, [leaf]] = [await vault.version("web"), await linkedChain(vault, "web")];
    const renewal = await example.daysLater(engine(), 62, () =>
      whileMerging(vault, "web", () => example.stack.up()),
    );
    expect(renewal).toMatchObject({ version, serialNumber: leaf?.serialNumber, orderStatus: "inProgress" });
    expect(renewal.outcome).toMatchObject({ ok: true, outputs: { status: "completed" } });
    expect(renewal.outcome.text).toMatch(/renewal is due \(at 66 % of the lifetime that ends /);
    expect(writes(renewal.outcome)).toEqual([order, merge]);
    expect(pebble.orders).toBe(2);
    expect(await vault.version("web")).not.toBe(version);
    expect(await example.stack.up()).toMatchObject(nothingToDo);
  });

  test("orders nothing a second time when it is killed between the CA's answer and the merge", async () => {
    const { vault } = engine();
    const version = await vault.version("web");
    example.edit("index.ts", "  signer:", "  reissue: 2,\n  signer:");
    await killBeforeMerge(vault, "web", example.stack);
    expect(pebble.orders).toBe(3);
    expect(await vault.version("web")).toBe(version);

    const up = await example.stack.up();
    expect(up.outputs).toMatchObject({ status: "completed" });
    expect(up.text).toContain("issued before, see ");
    expect(pebble.orders).toBe(3);
    expect(vault.orders("web").map(({ status }) => status)).toEqual(["completed", "completed", "completed"]);
  });

  test("leaves nothing when it is destroyed", async () => {
    expect((await example.stack.destroy()).ok).toBe(true);
    expect(await engine().vault.certificate("web")).toBeUndefined();
  });
});
