import * as pulumi from "@pulumi/pulumi";
import { certificates, type Declared, ecPolicy } from "./programs";
import { type Outcome, type TestStack, useEngine } from "./stack";

const engine = useEngine();

const staysWithTheReplacement = expect.stringMatching(
  /^certificate "web" in vault \S+ stays: the replacement of this resource has it now$/,
) as string;

/** The stack's certificate, whatever the program calls it, is `web` in the vault. */
const web = (name: string, declared: Declared = {}) =>
  certificates({
    [name]: { certificateName: "web", policy: ecPolicy("Self", "CN=web.example.com"), ...declared },
  });

describe("one certificate, in whatever way its resource changes", () => {
  let stack: TestStack;
  let version: string | undefined;

  beforeAll(async () => {
    stack = await engine().stack("identity", web("web"));
    expect((await stack.up()).ok).toBe(true);
    version = await engine().vault.version("web");
  });

  async function expectAlive(up: Outcome): Promise<void> {
    expect(up.diagnostics.filter(({ severity }) => severity === "error")).toEqual([]);
    expect(up.ok).toBe(true);
    expect(await engine().vault.version("web")).toBe(version);
    expect(up.traffic.filter((line) => /^(POST|DELETE)/.test(line))).toEqual([]);
  }

  async function expectSettled(): Promise<void> {
    const again = await stack.up();
    expect(again.changes).toEqual({ same: 1 });
    expect(again.requests).toEqual([]);
  }

  test("outlives `up --replace`", async () => {
    const up = await stack.up(undefined, { replace: [await stack.urn("web")] });
    expect(up.text).toMatch(/\+-1 replaced/);
    expect(up.diagnostics).toMatchObject([{ resource: "web", message: staysWithTheReplacement }]);
    await expectAlive(up);
    await expectSettled();
  });

  test("outlives `state taint`", async () => {
    await stack.cli("state", "taint", await stack.urn("web"), "--yes");
    const up = await stack.up();
    expect(up.text).toMatch(/\+-1 replaced/);
    await expectAlive(up);
  });

  test("outlives another case of its name, which is no replacement and asks nothing of the vault", async () => {
    const up = await stack.up(web("web", { certificateName: "WEB" }));
    expect(up.changes).toEqual({ update: 1 });
    expect(up.requests).toEqual([]);
    await expectAlive(up);
  });

  test("outlives another case of its name while it is replaced", async () => {
    await expectAlive(
      await stack.up(web("web", { certificateName: "Web" }), { replace: [await stack.urn("web")] }),
    );
  });

  test("outlives other spellings of its vault's URL, which are no replacement", async () => {
    const { port } = new URL(engine().vault.url);
    const spelled = web("web", { vaultUrl: `HTTP://127.0.0.1:${port}/` });
    const up = await stack.up(spelled);
    expect(up.changes).toEqual({ update: 1 });
    expect(up.requests).toEqual([]);
    await expectAlive(up);
  });

  test("outlives another URL of its vault, which the provider cannot know to be the same", async () => {
    const { port } = new URL(engine().vault.url);
    const up = await stack.up(web("web", { vaultUrl: `http://LocalHost:${port}/` }));
    expect(up.text).toMatch(/\+-1 replaced/);
    expect(up.diagnostics).toMatchObject([{ resource: "web", message: staysWithTheReplacement }]);
    await expectAlive(up);
    await expectAlive(await stack.up(web("web")));
  });

  test("outlives a new logical name with an alias, which shows nothing and asks nothing of the vault", async () => {
    const up = await stack.up(web("site", { options: { aliases: [{ name: "web" }] } }));
    expect(up.changes).toEqual({ same: 1 });
    expect(up.requests).toEqual([]);
    await expectAlive(up);
    await expectSettled();
  });

  /** The certificate as `site`, below a component; it was `web`, below the stack, when it was made. */
  const moved =
    (declared: Declared = {}) =>
    () => {
      const parent = new pulumi.ComponentResource("test:index:Parent", "parent");
      const options = { parent, aliases: [{ parent: pulumi.rootStackResource }], ...declared.options };
      return web("site", { ...declared, options })();
    };

  test("outlives a new parent", async () => {
    const up = await stack.up(moved());
    expect(up.steps.find(({ resource }) => resource === "site")?.op).toBe("same");
    expect(up.requests).toEqual([]);
    await expectAlive(up);
  });

  test("gets a new version, and no successor, where the program demands a replacement for a new policy", async () => {
    const policy = ecPolicy("Self", "CN=web.example.com", { validityInMonths: 6 });
    const up = await stack.up(moved({ policy, options: { replaceOnChanges: ["policy"] } }));
    expect(up.diagnostics.filter(({ severity }) => severity === "error")).toEqual([]);
    expect(up.text).toMatch(/\+-1 replaced/);
    expect(up.traffic.filter((line) => /^(POST|DELETE)/.test(line))).toEqual([
      "POST /certificates/web/create 202",
    ]);
    expect((await stack.resource("site")).outputs["version"]).toBe(await engine().vault.version("web"));
    expect(await engine().vault.version("web")).not.toBe(version);
    version = await engine().vault.version("web");
  });

  // Here, as with `up --replace`, the engine tells the plugin nothing of the old resource, and so not under what name it was made.
  test("outlives `state taint` under its new logical name, where `adopt: true` says that it is its own", async () => {
    const policy = ecPolicy("Self", "CN=web.example.com", { validityInMonths: 6 });
    await stack.cli("state", "taint", await stack.urn("site"), "--yes");
    const up = await stack.up(moved({ policy, adopt: true }));
    expect(up.text).toMatch(/\+-1 replaced/);
    await expectAlive(up);
  });

  test("is deleted by a destroy, after all of that", async () => {
    const destroyed = await stack.destroy();
    expect(destroyed).toMatchObject({ ok: true, diagnostics: [] });
    expect(await engine().vault.certificate("web")).toBeUndefined();
  });
});

describe("a resource whose certificate gets another name", () => {
  test("is replaced: the new certificate is made first, then the old one is deleted", async () => {
    const other = await engine().stack("other-name", web("web", { certificateName: "first" }));
    await other.up();
    const preview = await other.preview(web("web", { certificateName: "second" }), { diff: true });
    expect(preview.text).toContain("certificateName");
    const up = await other.up();
    expect(up.text).toMatch(/\+-1 replaced/);
    expect(await engine().vault.certificate("first")).toBeUndefined();
    expect(await engine().vault.certificate("second")).toBeDefined();
    const written = up.traffic.filter((line) => /^(POST|DELETE)/.test(line));
    expect(written).toEqual(["POST /certificates/second/create 202", "DELETE /certificates/first 200"]);
  });
});

describe("a certificate without the owner's tag", () => {
  test("is there after one `up` from nothing, keeps quiet, has another version after a reissue, and goes", async () => {
    const untagged = (reissue: number) =>
      web("web", { certificateName: "bare", ownershipTag: false, reissue });
    const stack = await engine().stack("untagged", untagged(1));
    expect((await stack.up()).ok).toBe(true);
    const version = await engine().vault.version("bare");
    const again = await stack.up();
    expect([again.changes, again.requests]).toEqual([{ same: 1 }, []]);
    expect((await stack.up(untagged(2))).ok).toBe(true);
    expect(await engine().vault.version("bare")).not.toBe(version);
    expect((await stack.destroy()).ok).toBe(true);
    expect(await engine().vault.version("bare")).toBeUndefined();
  });
});
