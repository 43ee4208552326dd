import { describeUnless } from "../authorities/needs";
import { opensslMissing } from "../authorities/openssl";
import { type StateResource, useEngine } from "../stack";
import { Example } from "./example";
import { linkedChain, links, whileMerging } from "./secret";

const merge = "POST /certificates/api/pending/merge 201";
const order = "POST /certificates/api/create 202";

const writes = ({ traffic }: { readonly traffic: readonly string[] }) =>
  traffic.filter((line) => !line.startsWith("GET"));

describeUnless(opensslMissing(), "the example of a CA that is a resource", () => {
  const engine = useEngine();
  let example: Example;

  beforeAll(async () => {
    example = await Example.install(engine(), "ca-resource");
    example.run("make-ca.sh");
  });

  /** Outputs by class: the three resources have one name. */
  async function outputs(): Promise<ReadonlyMap<string | undefined, StateResource["outputs"]>> {
    const { resources = [] } = (await example.stack.stack.exportStack()).deployment as {
      resources?: readonly StateResource[];
    };
    return new Map(resources.map((each) => [each.type.split(":").at(-1), each.outputs]));
  }

  const nothingToDo = { ok: true, changes: { same: 3 }, requests: [], diagnostics: [] };

  const throughTheGraph = [
    "update CertificateRequest",
    "create-replacement SignedCertificate",
    "replace SignedCertificate",
    "update CertificateMerge",
    "delete-replaced SignedCertificate",
  ];

  test("ends its first up completed: request, CA, merge", async () => {
    const up = await example.stack.up();
    expect(up.outputs).toMatchObject({ status: "completed" });
    expect(up.operations).toEqual([
      "create CertificateRequest",
      "create SignedCertificate",
      "create CertificateMerge",
    ]);
    expect(writes(up)).toEqual([order, merge]);
    // Its CA is a root, which a server does not send along.
    expect(links(await linkedChain(engine().vault, "api"))).toEqual(["api.example.com by Example Root CA"]);
  });

  test("has nothing to do afterwards, neither before a refresh nor after it", async () => {
    expect(await example.stack.up()).toMatchObject(nothingToDo);
    expect(await example.stack.refresh({ expectNoChanges: true })).toMatchObject({ ok: true });
    const digest = await example.previewJson();
    expect(digest.changeSummary).toEqual({ same: 4 });
    expect(digest.diagnostics ?? []).toEqual([]);
  });

  test("shows in a preview how a changed policy goes through the graph, and signs nothing", async () => {
    await example.stack.stack.setConfig("ca-resource:domain", { value: "new.example.com" });
    const preview = await example.stack.preview();
    expect(preview.operations).toEqual(throughTheGraph);
    expect(preview.steps.filter(({ op }) => op === "update")).toEqual([
      { op: "update", resource: "api", changed: expect.arrayContaining(["policy.subject"]) as string[] },
      { op: "update", resource: "api", changed: ["chain", "requestId"] },
    ]);
    expect(preview.requests).toEqual([]);
  });

  test("takes it there in one up, in which the old version stays readable until the merge", async () => {
    const { vault } = engine();
    const [version, [leaf]] = [await vault.version("api"), await linkedChain(vault, "api")];
    const change = await whileMerging(vault, "api", () => example.stack.up());
    expect(change).toMatchObject({ version, serialNumber: leaf?.serialNumber, orderStatus: "inProgress" });
    expect(change.outcome).toMatchObject({ ok: true, outputs: { status: "completed" } });
    expect(change.outcome.operations).toEqual(throughTheGraph);
    expect(links(await linkedChain(vault, "api"))).toEqual(["new.example.com by Example Root CA"]);
    const preview = await example.stack.preview();
    expect(preview).toMatchObject(nothingToDo);
  });

  test("renews in one up with a refresh, in which the old version stays readable until the merge", async () => {
    const { vault } = engine();
    const version = await vault.version("api");
    const options = { refresh: true };
    const preview = await example.daysLater(engine(), 62, () => example.stack.preview(undefined, options));
    expect(preview.diagnostics).toMatchObject([
      { resource: "api", message: expect.stringMatching(/^renewal is due \(at 66 % of the life/) as string },
    ]);
    const renewal = await example.daysLater(engine(), 62, () =>
      whileMerging(vault, "api", () => example.stack.up(undefined, options)),
    );
    expect(renewal).toMatchObject({ version, orderStatus: "inProgress" });
    expect(renewal.outcome).toMatchObject({ ok: true, outputs: { status: "completed" } });
    expect(writes(renewal.outcome)).toEqual([order, merge]);
    expect(await vault.version("api")).not.toBe(version);
    expect(await example.stack.up()).toMatchObject(nothingToDo);
  });

  test("makes no CSR for what none depends on: tags, the enabled flag and lifetime actions", async () => {
    const before = (await outputs()).get("CertificateRequest");
    expect(before).toMatchObject({ status: "inProgress" });
    example.edit(
      "index.ts",
      "chain: signed.chainPem }",
      `chain: signed.chainPem,
        tags: { team: "web" },
        enabled: false,
        lifetimeActions: [{ action: "EmailContacts", daysBeforeExpiry: 10 }] }`,
    );
    const up = await example.stack.up();
    expect(up.operations).toEqual(["update CertificateMerge"]);
    expect(up.steps).toContainEqual({
      op: "update",
      resource: "api",
      changed: ["enabled", "lifetimeActions", "tags"],
    });
    expect(writes(up).every((line) => line.startsWith("PATCH /certificates/api/"))).toBe(true);
    expect(await engine().vault.certificate("api")).toMatchObject({
      attributes: { enabled: false },
      tags: { team: "web" },
      policy: { lifetime_actions: [{ trigger: { days_before_expiry: 10 } }] },
    });
    expect((await outputs()).get("CertificateRequest")).toEqual(before);
  });

  test("leaves the certificate to its request when only the merge is deleted, and takes it up again", async () => {
    const { vault } = engine();
    const version = await vault.version("api");
    const text = example.read("index.ts");
    const [program = ""] = text.split("const api =");
    example.write("index.ts", `${program}export const { requestId } = request;\n`);
    const removal = await example.stack.up();
    expect(removal).toMatchObject({ ok: true, operations: ["delete CertificateMerge"], requests: [] });
    expect(await vault.version("api")).toBe(version);

    example.write("index.ts", text);
    const up = await example.stack.up();
    expect(up).toMatchObject({ ok: true, operations: ["create CertificateMerge"] });
    expect(writes(up)).toEqual([]);
    expect(await vault.version("api")).toBe(version);
    expect(await example.stack.up()).toMatchObject(nothingToDo);
  });

  test("is destroyed from the merge to the request, and leaves nothing", async () => {
    const destroy = await example.stack.destroy();
    expect(destroy.ok).toBe(true);
    expect(destroy.operations).toEqual([
      "delete CertificateMerge",
      "delete SignedCertificate",
      "delete CertificateRequest",
    ]);
    expect(await engine().vault.certificate("api")).toBeUndefined();
    expect(await example.stack.state()).toEqual({});
  });
});
