import { cpSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { TestAuthority } from "./authority";
import { type TestStack, useEngine } from "./stack";

const engine = useEngine();

const root = join(__dirname, "..", "..");

interface PreviewDigest {
  readonly changeSummary: Record<string, number>;
  readonly steps: readonly {
    readonly op: string;
    readonly urn: string;
    readonly newState?: { readonly inputs?: Record<string, unknown> };
  }[];
}

/** The root's Pulumi project and the program it names, where stack settings and edits do not matter. */
function copyOfProject(): string {
  const folder = engine().workbench.newFolder("quickstart");
  for (const path of ["Pulumi.yaml", "examples/quickstart"]) {
    cpSync(join(root, path), join(folder, path), {
      recursive: true,
      filter: (source) => !source.includes("node_modules"),
    });
  }
  symlinkSync(join(root, "node_modules"), join(folder, "node_modules"));
  return folder;
}

describe("the quick start, run as a project of its own", () => {
  let manualCsr: string;
  let stack: TestStack;

  beforeAll(async () => {
    stack = await engine().projectStack(copyOfProject());
  });

  test("knows every versionless secret id in its first preview", async () => {
    const digest = JSON.parse(await stack.cli("preview", "--json")) as PreviewDigest;
    const ids = digest.steps.flatMap(({ newState }) => newState?.inputs?.["versionlessSecretId"] ?? []);
    const { url, control } = engine().vault;
    expect(digest.changeSummary).toEqual({ create: 4 });
    expect(ids.sort()).toEqual(["issued", "manual", "self-signed"].map((name) => `${url}/secrets/${name}`));
    expect(control.orders()).toEqual([]);
  });

  test("ends its first up with two certificates and a CSR", async () => {
    const up = await stack.up();
    expect(up.ok).toBe(true);
    expect(up.outputs["certificates"]).toMatchObject({
      selfSigned: { status: "completed" },
      issued: { status: "completed" },
      manual: { status: "inProgress", thumbprint: null },
    });
    manualCsr = String(up.outputs["manualCsr"]);
    expect(manualCsr).toMatch(/^-----BEGIN CERTIFICATE REQUEST-----/);
  });

  test("has nothing to do in the next up", async () => {
    const up = await stack.up();
    expect(up.changes).toEqual({ same: 3 });
    expect(up.requests).toEqual([]);
  });

  test("ends its second up with three certificates, once the chain is configured", async () => {
    const chain = await (await TestAuthority.create()).sign(manualCsr);
    await stack.stack.setConfig("quickstart:chain", { value: chain });
    const up = await stack.up();
    expect(up.ok).toBe(true);
    expect(up.changes).toEqual({ same: 2, update: 1 });
    expect(up.outputs["certificates"]).toMatchObject({ manual: { status: "completed" } });
  });

  test("shows a changed policy as exactly that, and issues a new version of that certificate only", async () => {
    const { vault } = engine();
    const versions = async () =>
      Promise.all(["self-signed", "issued", "manual"].map((name) => vault.version(name)));
    const before = await versions();
    await stack.stack.setConfig("quickstart:validityInMonths", { value: "9" });

    const preview = await stack.preview(undefined, { diff: true });
    expect(preview.steps.filter(({ op }) => op !== "same")).toEqual([
      { op: "update", resource: "self-signed", changed: ["policy.validityInMonths"] },
    ]);
    expect(preview.text).toContain("~ validityInMonths: 6 => 9");

    expect((await stack.up()).ok).toBe(true);
    const after = await versions();
    expect(after[0]).not.toBe(before[0]);
    expect(after.slice(1)).toEqual(before.slice(1));
  });

  test("leaves no certificate when it is destroyed", async () => {
    expect((await stack.destroy()).ok).toBe(true);
    for (const name of ["self-signed", "issued", "manual"])
      expect(await engine().vault.certificate(name)).toBeUndefined();
  });
});
