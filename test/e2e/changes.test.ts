import { certificates, type Declared, ecPolicy } from "./programs";
import { concerning, type Outcome, type TestStack, useEngine } from "./stack";

const engine = useEngine();

const self = (name: string, rest: Parameters<typeof ecPolicy>[2] = {}) =>
  ecPolicy("Self", `CN=${name}.example.com`, { validityInMonths: 12, ...rest });

const before: Record<string, Declared> = {
  renamed: { policy: self("renamed") },
  tagged: { tags: { team: "web", stage: "test" } },
  enabled: {},
  actions: {
    policy: self("actions", { lifetimeActions: [{ action: "AutoRenew", lifetimePercentage: 80 }] }),
  },
  again: { reissue: "first" },
  settings: {},
  untouched: {},
};

const after: Record<string, Declared> = {
  ...before,
  renamed: { policy: self("renamed", { validityInMonths: 6 }) },
  tagged: { tags: { team: "shop", stage: "test" } },
  enabled: { enabled: false },
  actions: {
    policy: self("actions", { lifetimeActions: [{ action: "AutoRenew", lifetimePercentage: 70 }] }),
  },
  again: { reissue: "second" },
  settings: { purgeOnDelete: true, options: { customTimeouts: { delete: "5m" } } },
};

const changedPaths: readonly [name: string, paths: string[]][] = [
  ["renamed", ["policy.validityInMonths"]],
  ["tagged", ["tags.team"]],
  ["enabled", ["enabled"]],
  ["actions", ["policy.lifetimeActions[0].lifetimePercentage"]],
  ["again", ["reissue"]],
  ["settings", ["purgeOnDelete", "timeouts"]],
];

const names = Object.keys(before);

describe("a changed program", () => {
  let stack: TestStack;
  let preview: Outcome;
  let up: Outcome;
  let oldVersions: Record<string, string | undefined>;
  const versions = async () =>
    Object.fromEntries(
      await Promise.all(names.map(async (name) => [name, await engine().vault.version(name)] as const)),
    );

  beforeAll(async () => {
    stack = await engine().stack("changes", certificates(before));
    expect((await stack.up()).ok).toBe(true);
    oldVersions = await versions();
    preview = await stack.preview(certificates(after), { diff: true });
    up = await stack.up();
  });

  test.each(changedPaths)("%s shows exactly its changed paths in the preview", (name, paths) => {
    const step = preview.steps.find(({ resource }) => resource === name);
    expect(step).toEqual({ op: "update", resource: name, changed: paths });
  });

  test("shows old and new value of a changed policy in the terminal, and no other property of it", () => {
    expect(preview.text).toContain("      ~ policy: {\n          ~ validityInMonths: 12 => 6\n        }\n");
  });

  test("asks nothing of the vault in its preview, and knows the versionless ids of what will be updated", () => {
    expect(preview.requests).toEqual([]);
    expect(preview.text).not.toContain("[unknown]");
    expect(preview.text).not.toContain("output<string>");
  });

  test("says of what needs a new version, and of nothing else, that one will be requested", () => {
    expect(preview.diagnostics.map(({ resource }) => resource).sort()).toEqual(["again", "renamed"]);
    for (const { severity, message } of preview.diagnostics) {
      expect(severity).toBe("info");
      expect(message).toMatch(/^up requests a new version at issuer "Self"/);
    }
  });

  test("is carried out without a warning", () => {
    expect(up.ok).toBe(true);
    expect(up.changes).toEqual({ update: 6, same: 1 });
    expect(up.diagnostics.filter(({ severity }) => severity !== "info")).toEqual([]);
  });

  test.each(["renamed", "again"])("%s gets a new version by one order", async (name) => {
    const lines = concerning(up, name);
    expect(lines.filter((line) => line.startsWith("POST"))).toEqual([
      `POST /certificates/${name}/create 202`,
    ]);
    expect((await stack.resource(name)).outputs["version"]).toBe(await engine().vault.version(name));
    expect(await engine().vault.version(name)).not.toBe(oldVersions[name]);
  });

  test("leaves the version that was there before a new one in the vault", async () => {
    const path = `/certificates/renamed/${String(oldVersions["renamed"])}`;
    expect((await engine().vault.byHand("GET", path)).status).toBe(200);
  });

  test.each([
    ["tagged", "PATCH /certificates/tagged/<version> 200"],
    ["enabled", "PATCH /certificates/enabled/<version> 200"],
    ["actions", "PATCH /certificates/actions/policy 200"],
  ])("%s is patched in place", async (name, patch) => {
    const written = concerning(up, name).filter((line) => !line.startsWith("GET"));
    expect(written.map((line) => line.replace(/[0-9a-f]{32}/, "<version>"))).toEqual([patch]);
    expect(await engine().vault.version(name)).toBe(oldVersions[name]);
  });

  test("is what the vault now has", async () => {
    const { vault } = engine();
    expect((await vault.certificate("tagged"))?.tags).toMatchObject({ team: "shop", stage: "test" });
    expect((await vault.certificate("enabled"))?.attributes.enabled).toBe(false);
    expect((await vault.certificate("actions"))?.policy?.lifetime_actions).toEqual([
      { trigger: { lifetime_percentage: 70 }, action: { action_type: "AutoRenew" } },
    ]);
    expect((await vault.certificate("renamed"))?.policy?.x509_props.validity_months).toBe(6);
  });

  test.each(["settings", "untouched"])("%s costs no request", (name) => {
    expect(concerning(up, name)).toEqual([]);
  });

  test("leaves nothing to do", async () => {
    const again = await stack.up();
    expect(again.changes).toEqual({ same: names.length });
    expect(again.requests).toEqual([]);
  });

  test("is what a later destroy goes by: purgeOnDelete purges though no request had been made for it", async () => {
    const destroyed = await stack.destroy();
    expect(destroyed.ok).toBe(true);
    const deleted = async (name: string) =>
      (await engine().vault.byHand("GET", `/deletedcertificates/${name}`)).status;
    expect(await deleted("settings")).toBe(404);
    expect(await deleted("untouched")).toBe(200);
  });
});
