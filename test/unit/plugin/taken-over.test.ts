import type { PlainObject } from "../../../provider/plugin/plain";
import { startOfTime, useFakeTime, useRealTime } from "../build/fake-time";
import { inputs, withPolicy } from "../build/inputs";
import { makeMaterials, type Material } from "../build/materials";
import { ModelEngine } from "../build/model-engine";
import { type Method, ModelVault } from "../build/model-vault";
import { strangersTags } from "../build/situation";

let materials: Material[];

beforeAll(async () => {
  materials = await makeMaterials(6);
});
beforeEach(useFakeTime);
afterEach(useRealTime);

const renewed = inputs({ renewal: { daysBeforeExpiry: 30 } });

async function made(program: PlainObject = inputs()) {
  const vault = new ModelVault(materials);
  const engine = new ModelEngine(vault);
  const { error } = await engine.up(program);
  if (error !== undefined) throw error;
  vault.calls.length = 0;
  return { vault, engine };
}

/** A certificate whose first request is in progress, and is not waited for. */
async function requested() {
  const program = inputs({ waitForCompletion: false });
  const vault = new ModelVault(materials);
  const engine = new ModelEngine(vault);
  vault.behaviour.outcome = "never";
  await engine.up(program);
  return { vault, engine, program };
}

/** A certificate whose renewal was ordered and has not come within the deadline. */
async function renewing(program: PlainObject = renewed) {
  const parts = await made(program);
  const { vault, engine } = parts;
  jest.setSystemTime(startOfTime + 80 * 86_400_000);
  vault.behaviour.outcome = "never";
  engine.timeoutMs = 20_000;
  expect((await engine.up(program)).error?.message).toContain("[KVC_TIMED_OUT]");
  engine.timeoutMs = undefined;
  expect(vault.requests).toHaveLength(2);
  vault.calls.length = 0;
  return parts;
}

/** Something happens right before that call of that method. */
function beforeCall(vault: ModelVault, method: Method, { call, happens }: Happening): void {
  vault.before(method, () => {
    if (call === 1) happens();
    else beforeCall(vault, method, { call: call - 1, happens });
  });
}

interface Happening {
  readonly call: number;
  readonly happens: () => void;
}

/** The live certificate is the one that the state names. */
function expectLive({ vault, engine }: { vault: ModelVault; engine: ModelEngine }): void {
  expect(vault.current?.cer).toBeDefined();
  expect(engine.resource?.outputs["version"]).toBe(vault.current?.version);
  expect(vault.count("deleteCertificate")).toBe(0);
}

describe("a replacement beside a request in progress for the same", () => {
  test("waits for it, keeps what it gives, and orders nothing", async () => {
    const parts = await renewing();
    const { vault, engine } = parts;
    beforeCall(vault, "getOperation", { call: 3, happens: () => vault.end("completed") });
    expect((await engine.replace(renewed)).error).toBeUndefined();
    expectLive(parts);
    expect([vault.versions, vault.requests.length]).toEqual([2, 2]);
    expect(engine.echoes).toBe(true);
  });

  test("does the same where Key Vault itself has begun it", async () => {
    const parts = await made();
    const { vault, engine } = parts;
    const { policy, current } = vault;
    if (policy === undefined || current === undefined) throw new Error("there is no certificate");
    vault.request({ policy, enabled: true, tags: current.tags });
    expect((await engine.replace(inputs())).error).toBeUndefined();
    expectLive(parts);
    expect([vault.versions, vault.requests.length]).toEqual([2, 2]);
  });

  test("keeps what comes of it after the replacement, where that does not wait", async () => {
    const program = inputs({ renewal: { daysBeforeExpiry: 30 }, waitForCompletion: false });
    const { vault, engine } = await made(program);
    vault.end("completed");
    await engine.up(program);
    jest.setSystemTime(startOfTime + 80 * 86_400_000);
    vault.behaviour.outcome = "never";
    await engine.up(program);
    vault.calls.length = 0;
    engine.meanwhile = () => vault.end("completed");
    expect((await engine.replace(program)).error).toBeUndefined();
    expect([vault.versions, vault.requests.length, vault.count("deleteCertificate")]).toEqual([2, 2, 0]);
    expect((await engine.up(program)).error).toBeUndefined();
    expectLive({ vault, engine });
    expect(vault.requests).toHaveLength(2);
  });

  test("keeps what comes of it after the update of a replacement, where that was cut off from its delete", async () => {
    const { vault, engine, program } = await requested();
    await engine.recreate(program);
    engine.meanwhile = () => vault.end("completed");
    expect((await engine.up(program)).error).toBeUndefined();
    expect([engine.replaced, vault.requests.length]).toEqual([[], 1]);
    await engine.up(program);
    expectLive({ vault, engine });
  });

  test.each<PlainObject>([{ certificateName: "Web" }, { vaultUrl: "https://contoso.example" }])(
    "keeps what comes of it before its delete, also under %j",
    async (spelt) => {
      const { vault, engine, program } = await requested();
      engine.meanwhile = () => vault.end("completed");
      expect((await engine.replace({ ...program, ...spelt })).error).toBeUndefined();
      expect([engine.replaced, vault.count("deleteCertificate")]).toEqual([[], 0]);
    },
  );

  test("keeps it where an earlier replacement was killed with its mark already on it", async () => {
    const { vault, engine, program } = await requested();
    const { resource } = engine;
    await engine.recreate(program);
    // The state is as it was before that.
    engine.resource = resource;
    engine.replaced.length = 0;
    engine.meanwhile = () => vault.end("completed");
    expect((await engine.replace(program)).error).toBeUndefined();
    await engine.up(program);
    expectLive({ vault, engine });
  });

  test("keeps what somebody has merged by hand since, once a refresh has seen it", async () => {
    const program = withPolicy({ issuerName: "Unknown" });
    const { vault, engine } = await made(program);
    await engine.recreate(program);
    const [request] = vault.requests;
    if (request === undefined) throw new Error("there is no request");
    vault.merge({ x5c: [request.order.material.selfSigned] });
    await engine.refresh();
    expect((await engine.up(program)).error).toBeUndefined();
    expectLive({ vault, engine });
    expect(engine.replaced).toEqual([]);
  });

  test("is deleted with what comes of it later, and not taken for another's", async () => {
    const { vault, engine } = await renewing();
    const program = inputs({ renewal: { daysBeforeExpiry: 30 }, waitForCompletion: false });
    expect((await engine.replace(program)).error).toBeUndefined();
    vault.end("completed");
    await engine.destroy();
    expect(vault.current).toBeUndefined();
    expect(vault.count("deleteCertificate")).toBe(1);
    expect([engine.run?.infos, engine.run?.warnings]).toEqual([[], []]);
  });

  test.each([["copies the tags", true] as const, ["gives it no tags", false] as const])(
    "leaves what Key Vault renews between create and delete where that %s",
    async (_, copied) => {
      const { vault, engine } = await made();
      engine.meanwhile = () => {
        const { currentVersion } = vault;
        if (currentVersion === undefined) throw new Error("there is no certificate");
        vault.seed(copied ? currentVersion.bundle.tags : {}, currentVersion.madeFrom);
      };
      expect((await engine.replace(inputs())).error).toBeUndefined();
      expect(vault.count("deleteCertificate")).toBe(0);
      expect(vault.current?.cer).toBeDefined();
      expect(engine.run?.infos.join()).toContain("the replacement of this resource has it now");
    },
  );
});

describe("a replacement by another policy that does not get to its end", () => {
  const other = withPolicy({ validityInMonths: 6 });

  test("leaves the live certificate when the old one is deleted by the next up", async () => {
    const { vault, engine } = await made();
    const live = vault.current?.version;
    vault.behaviour.outcome = "never";
    engine.timeoutMs = 20_000;
    const replaced = await engine.replace(other);
    expect(replaced.error?.message).toContain("[KVC_TIMED_OUT]");
    expect(engine.replaced).toHaveLength(1);
    await engine.deleteReplaced();
    expect(vault.current?.version).toBe(live);
    expect(vault.count("deleteCertificate")).toBe(0);
    expect(engine.run?.infos.join()).toContain("the replacement of this resource has it now");
  });

  test("goes on with its request in the next up, and orders nothing twice", async () => {
    const parts = await made();
    const { vault, engine } = parts;
    vault.behaviour.outcome = "never";
    engine.timeoutMs = 20_000;
    await engine.replace(other);
    engine.timeoutMs = undefined;
    vault.end("completed");
    expect((await engine.up(other)).error).toBeUndefined();
    expectLive(parts);
    expect([vault.versions, vault.requests.length]).toEqual([2, 2]);
    expect(engine.replaced).toEqual([]);
  });
});

describe("a certificate that is adopted beside a request in progress", () => {
  test("is the version that the request gives, with our mark", async () => {
    const policy = {
      issuerName: "Self",
      subject: "CN=web.contoso.com",
      keyType: "EC",
      keyCurveName: "P-256",
    } as const;
    const vault = new ModelVault(materials);
    const engine = new ModelEngine(vault);
    vault.seed(strangersTags, policy);
    vault.behaviour.looks = 3;
    vault.request({ policy, enabled: true, tags: strangersTags });
    const program = inputs({ policy, adopt: true });
    expect((await engine.up(program)).error).toBeUndefined();
    expectLive({ vault, engine });
    expect([vault.versions, vault.requests.length]).toEqual([2, 1]);
    expect(vault.current?.tags["pulumi-keyvault-certificates"]).toContain("owner=0123456789abcdef ");
    expect((await engine.refresh()).gone).toBe(false);
    expect(engine.preview(program).step).toBe("same");
  });
});
