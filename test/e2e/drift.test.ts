import { certificates, ecPolicy } from "./programs";
import { concerning, type Outcome, type TestStack, useEngine } from "./stack";

const engine = useEngine();

const program = certificates({
  tagged: { tags: { team: "web" } },
  enabled: {},
  policy: { policy: ecPolicy("Self", "CN=policy.example.com", { validityInMonths: 12 }) },
  defaulted: {},
  renewed: {},
  removed: {},
  still: {
    policy: ecPolicy("Self", "cn=still.example.com", {
      subjectAlternativeNames: {
        dnsNames: ["www.example.com", "Still.example.com"],
        emails: ["a@example.com"],
      },
      keyUsage: ["keyEncipherment", "digitalSignature"],
    }),
  },
});
const names = ["tagged", "enabled", "policy", "defaulted", "renewed", "still"];

describe("a refresh", () => {
  let stack: TestStack;
  let versions: Record<string, string | undefined>;
  let refreshed: Outcome;
  let renewedVersion: string | undefined;

  beforeAll(async () => {
    stack = await engine().stack("drift", program);
    expect((await stack.up()).ok).toBe(true);
    const { vault } = engine();
    versions = Object.fromEntries(
      await Promise.all(
        [...names, "removed"].map(async (name) => [name, await vault.version(name)] as const),
      ),
    );
  });

  test("is quiet where nothing drifted, whatever the service has added and however the program spells it", async () => {
    const quiet = await stack.refresh({ expectNoChanges: true });
    expect(quiet.text).not.toMatch(/updated|deleted/);
    expect(quiet).toMatchObject({ ok: true, diagnostics: [] });
    expect(quiet.traffic.every((line) => line.startsWith("GET"))).toBe(true);
  });

  test("leaves nothing to do where nothing drifted", async () => {
    const up = await stack.up();
    expect(up.changes).toEqual({ same: names.length + 1 });
    expect(up.requests).toEqual([]);
  });

  test("shows what was changed by hand", async () => {
    const { vault } = engine();
    const mark = (await vault.certificate("tagged"))?.tags ?? {};
    await vault.byHand("PATCH", "/certificates/tagged", { tags: { ...mark, team: "somebody else" } });
    await vault.byHand("PATCH", "/certificates/enabled", { attributes: { enabled: false } });
    await vault.byHand("PATCH", "/certificates/policy/policy", { x509_props: { validity_months: 24 } });
    await vault.byHand("PATCH", "/certificates/defaulted/policy", { x509_props: { validity_months: 24 } });
    await renewByHand("renewed");
    renewedVersion = await vault.version("renewed");
    // One that was purged too is waited for longer than a test may take: it might be in the middle of its deletion.
    await vault.byHand("DELETE", "/certificates/removed");
    await untilStatus("/deletedcertificates/removed", 200);

    refreshed = await stack.refresh();
    expect(refreshed.ok).toBe(true);
    const state = await stack.state();
    expect(state["tagged"]?.inputs["tags"]).toEqual({ team: "somebody else" });
    expect(state["enabled"]?.inputs["enabled"]).toBe(false);
    expect(state["policy"]?.inputs["policy"]).toMatchObject({ validityInMonths: 24 });
    expect(state["defaulted"]?.inputs["policy"]).toMatchObject({ validityInMonths: 24 });
    expect(state["renewed"]?.outputs["version"]).toBe(renewedVersion);
    expect(state["removed"]).toBeUndefined();
    expect(refreshed.text).toMatch(/was deleted and can be recovered: the next up does so/);
    expect(refreshed.text).toMatch(/~ \d updated/);
    expect(refreshed.text).toMatch(/- 1 deleted/);
  });

  test("writes nothing to the vault", () => {
    expect(refreshed.traffic.every((line) => line.startsWith("GET"))).toBe(true);
  });

  test("is followed by a preview of exactly what will be put back, and of nothing that the vault renewed itself", async () => {
    const preview = await stack.preview();
    const changed = preview.steps
      .filter(({ op }) => op !== "same")
      .map(({ op, resource, changed }) => [resource, op, changed]);
    expect(Object.fromEntries(changed.map(([resource, ...rest]) => [resource, rest]))).toEqual({
      tagged: ["update", ["tags.team"]],
      enabled: ["update", ["enabled"]],
      policy: ["update", ["policy.validityInMonths"]],
      defaulted: ["update", ["policy.validityInMonths"]],
      removed: ["create", []],
    });
  });

  test("is followed by an up that puts it back without a new version", async () => {
    const { vault } = engine();
    const up = await stack.up();
    expect(up.ok).toBe(true);
    const orders = up.traffic.filter((line) => line.startsWith("POST"));
    expect(orders).toEqual([
      "POST /certificates/removed/create 409",
      "POST /deletedcertificates/removed/recover 200",
    ]);
    for (const name of ["tagged", "enabled", "policy", "defaulted", "removed"])
      expect(await vault.version(name)).toBe(versions[name]);
    expect(concerning(up, "renewed")).toEqual([]);
    expect((await vault.certificate("tagged"))?.tags).toMatchObject({ team: "web" });
    expect((await vault.certificate("enabled"))?.attributes.enabled).toBe(true);
    for (const name of ["policy", "defaulted"]) {
      expect((await vault.certificate(name))?.policy?.x509_props.validity_months).toBe(12);
    }
  });

  test("is quiet again after that", async () => {
    const quiet = await stack.refresh({ expectNoChanges: true });
    expect(quiet).toMatchObject({ ok: true, diagnostics: [] });
    const up = await stack.up();
    expect(up.changes).toEqual({ same: names.length + 1 });
  });

  async function untilStatus(path: string, status: number): Promise<void> {
    const { vault } = engine();
    for (;;) {
      if ((await vault.byHand("GET", path)).status === status) return;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }

  /** As the vault does it by itself: the stored policy once more, with the tags that there are. */
  async function renewByHand(name: string): Promise<void> {
    const { vault } = engine();
    const { tags = {} } = (await vault.certificate(name)) ?? {};
    const before = await vault.version(name);
    await vault.byHand("POST", `/certificates/${name}/create`, { tags });
    while ((await vault.version(name)) === before) await new Promise((resolve) => setTimeout(resolve, 50));
  }
});
