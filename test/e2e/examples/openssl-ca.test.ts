import { readdirSync, readFileSync, renameSync } from "node:fs";
import { describeUnless } from "../authorities/needs";
import { opensslMissing } from "../authorities/openssl";
import { useEngine } from "../stack";
import { Example } from "./example";
import { killBeforeMerge, linkedChain, links, whileMerging } from "./secret";

const merge = "POST /certificates/web/pending/merge 201";
const order = "POST /certificates/web/create 202";

const writes = ({ traffic }: { readonly traffic: readonly string[] }) =>
  traffic.filter((line) => !line.startsWith("GET"));

describeUnless(opensslMissing(), "the example of a CA of the openssl command", () => {
  const engine = useEngine();
  let example: Example;

  describe("from nothing", () => {
    beforeAll(async () => {
      example = await Example.install(engine(), "openssl-ca");
      example.run("make-ca.sh");
    });

    test("ends its first up completed, with leaf and intermediate in the linked secret", async () => {
      const up = await example.stack.up();
      expect(up.outputs).toMatchObject({ status: "completed" });
      expect(writes(up)).toEqual([order, merge]);
      expect(up.text).toMatch(
        /\.\/sign\.sh signs the CSR of request [0-9a-f]{32}\n[^]*signed for 91 days, see /,
      );
      expect(links(await linkedChain(engine().vault, "web"))).toEqual([
        "openssl.example.com by Example Intermediate CA",
        "Example Intermediate CA by Example Root CA",
      ]);
    });

    test("has nothing to do afterwards", async () => {
      const up = await example.stack.up();
      expect(up).toMatchObject({ ok: true, changes: { same: 1 }, requests: [], diagnostics: [] });
      expect(await example.stack.refresh({ expectNoChanges: true })).toMatchObject({ ok: true });
      const digest = await example.previewJson();
      expect(digest.changeSummary).toEqual({ same: 2 });
      expect(digest.diagnostics ?? []).toEqual([]);
    });

    test("says in a preview that its renewal is due, and asks nobody", async () => {
      const preview = await example.daysLater(engine(), 62, () => example.stack.preview());
      expect(preview).toMatchObject({ operations: ["update Certificate"], requests: [] });
      expect(preview.diagnostics).toMatchObject([
        { resource: "web", message: expect.stringMatching(/^renewal is due \(30 days before /) as string },
      ]);
    });

    test("renews in one up, in which the old version stays readable until the merge", async () => {
      const { vault } = engine();
      const [version, [leaf]] = [await vault.version("web"), await linkedChain(vault, "web")];
      const renewal = await example.daysLater(engine(), 62, () =>
        whileMerging(vault, "web", () => example.stack.up()),
      );
      expect(renewal).toMatchObject({ version, serialNumber: leaf?.serialNumber, orderStatus: "inProgress" });
      expect(renewal.outcome).toMatchObject({ ok: true, outputs: { status: "completed" } });
      expect(writes(renewal.outcome)).toEqual([order, merge]);
      expect(await vault.version("web")).not.toBe(version);
      expect((await linkedChain(vault, "web"))[0]?.serialNumber).not.toBe(leaf?.serialNumber);
    });

    test("has nothing to do after its renewal, and leaves nothing when it is destroyed", async () => {
      expect(await example.stack.up()).toMatchObject({ ok: true, changes: { same: 1 }, requests: [] });
      expect((await example.stack.destroy()).ok).toBe(true);
      expect(await engine().vault.certificate("web")).toBeUndefined();
    });
  });

  describe("with a signer that is interrupted and fails", () => {
    beforeAll(async () => {
      example = await Example.install(engine(), "openssl-ca", "interrupted");
      example.run("make-ca.sh");
      // Another name in the vault than the example above, whose certificate is deleted and can be recovered.
      example.edit("index.ts", '"web", {', '"web", {\n  certificateName: "interrupted",');
      example.edit(
        "sign.sh",
        "set -eu\n",
        'set -eu\necho "$KEYVAULT_CERTIFICATE_IDEMPOTENCY_KEY" >>"$(dirname "$0")/asked"\n',
      );
    });

    /** The idempotency keys of all runs of the signer so far. */
    const asked = () => readFileSync(example.path("asked"), "utf8").trim().split("\n");
    const answers = () => readdirSync(example.path("ca", "requests"));
    const orders = () => engine().vault.orders("interrupted");
    const holdCa = (from: string, to: string) => renameSync(example.path(from), example.path(to));

    test("is killed between the signer's answer and the merge", async () => {
      await killBeforeMerge(engine().vault, "interrupted", example.stack);
      expect(answers()).toEqual([`${asked()[0] ?? ""}.pem`]);
      expect(orders()).toMatchObject([{ status: "inProgress" }]);
    });

    test("keeps its request when the signer fails, and shows the signer's last words", async () => {
      holdCa("ca", "ca.away");
      const up = await example.stack.up();
      const { id, outputs, initErrors = [] } = await example.stack.resource("web");
      expect(up.ok).toBe(false);
      expect(id).toBe(`${engine().vault.url}/certificates/interrupted`);
      expect(outputs).toMatchObject({ status: "inProgress", requestId: orders()[0]?.requestId });
      expect(initErrors).toHaveLength(1);
      expect(initErrors[0]).toMatch(/ended with 1, and its last words on stderr are "there is no CA in /);
      expect(up.text).toContain(initErrors[0]);
      holdCa("ca.away", "ca");
    });

    test("is said by the preview to be asked again", async () => {
      const words = `request ${orders()[0]?.requestId ?? ""} at issuer "Unknown"`;
      const { diagnostics = [], changeSummary } = await example.previewJson();
      expect(changeSummary).toEqual({ same: 1, update: 1 });
      expect(diagnostics.map(({ message }) => message).join()).toMatch(
        new RegExp(
          `${words}.* waits for its chain; up asks signer\\.command for it and merges what it gives`,
        ),
      );
    });

    test("is asked again for the same request with the same key, and signs once", async () => {
      const up = await example.stack.up();
      expect(up.outputs).toMatchObject({ status: "completed" });
      expect(up.text).toContain("signed before, see ");
      const [key = ""] = asked();
      expect(asked()).toEqual([key, key, key]);
      expect(answers()).toEqual([`${key}.pem`]);
      expect(orders()).toMatchObject([{ status: "completed" }]);
    });

    test("goes on with a reissue that was killed, and signs that once too", async () => {
      const version = await engine().vault.version("interrupted");
      example.edit("index.ts", "  signer:", "  reissue: 2,\n  signer:");
      await killBeforeMerge(engine().vault, "interrupted", example.stack);
      expect(await engine().vault.version("interrupted")).toBe(version);

      expect(await example.stack.up()).toMatchObject({ outputs: { status: "completed" } });
      expect(asked()[4]).toBe(asked()[3]);
      expect(answers()).toHaveLength(2);
      expect(orders()).toMatchObject([{ status: "completed" }, { status: "completed" }]);
    });
  });
});
