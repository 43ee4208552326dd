import { X509Certificate } from "node:crypto";
import type { PlainObject } from "../../../provider/plugin/plain";
import { hiddenStateOf } from "../../../provider/plugin/state";
import { startOfTime, useFakeTime, useRealTime } from "../build/fake-time";
import { inputs, providerText, withPolicy } from "../build/inputs";
import { makeAuthority, makeMaterials, type Material } from "../build/materials";
import { ModelEngine } from "../build/model-engine";
import { refused, unreachable } from "../build/model-errors";
import { ModelVault } from "../build/model-vault";
import { markedTags } from "../../../provider/lifecycle/ownership";
import { strangersTags } from "../build/situation";

let materials: Material[];
let authority: Awaited<ReturnType<typeof makeAuthority>>;

beforeAll(async () => {
  materials = await makeMaterials(3);
  authority = await makeAuthority();
});
beforeEach(useFakeTime);
afterEach(useRealTime);

const manual = (others: Record<string, unknown> = {}) => withPolicy({ issuerName: "Unknown" }, others);
const digiCert = (changes: Record<string, unknown> = {}) =>
  withPolicy({ issuerName: "DigiCert", ...changes });

function start() {
  const vault = new ModelVault(materials);
  return { vault, engine: new ModelEngine(vault) };
}

async function made(program: PlainObject = inputs()) {
  const parts = start();
  const { error } = await parts.engine.up(program);
  if (error !== undefined) throw error;
  parts.vault.calls.length = 0;
  return parts;
}

/** The outputs as they stand in the state. */
function outputsOf(engine: ModelEngine): PlainObject {
  if (engine.resource === undefined) throw new Error("there is no resource");
  return engine.resource.outputs;
}

const writes = (vault: ModelVault) => vault.calls.filter((call) => !call.startsWith("get"));

/** Nothing more to do: the next preview is quiet, and an `up` sends nothing. */
async function expectQuiet({ vault, engine }: ReturnType<typeof start>, program: PlainObject): Promise<void> {
  expect(engine.preview(program)).toMatchObject({ step: "same", diff: { reason: undefined } });
  expect(engine.echoes).toBe(true);
  vault.calls.length = 0;
  await engine.up(program);
  expect(vault.calls).toEqual([]);
}

describe("a resource that is created", () => {
  test("at Self has the outputs of its version, in plain text and each in its form", async () => {
    const parts = await made();
    const outputs = outputsOf(parts.engine);
    const version = parts.vault.current?.version ?? "";
    const pem = outputs["certificatePem"] as string;
    const certificate = new X509Certificate(pem);
    expect(outputs).toMatchObject({
      ...inputs(),
      certificateId: `https://contoso.vault.azure.net/certificates/web/${version}`,
      secretId: `https://contoso.vault.azure.net/secrets/web/${version}`,
      keyId: `https://contoso.vault.azure.net/keys/web/${version}`,
      version,
      versionlessId: "https://contoso.vault.azure.net/certificates/web",
      thumbprint: certificate.fingerprint.replaceAll(":", ""),
      thumbprintSha256: certificate.fingerprint256.replaceAll(":", ""),
      notBefore: certificate.validFromDate.toISOString(),
      expiresOn: certificate.validToDate.toISOString(),
      createdOn: expect.stringMatching(/^2026-01-01T00:0/) as string,
      status: "completed",
      statusDetails: null,
      operationError: null,
      requestId: expect.stringMatching(/^[0-9a-f]{32}$/) as string,
      csrPem: expect.stringMatching(/^-----BEGIN CERTIFICATE REQUEST-----\n/) as string,
    });
    expect(outputs["serialNumber"]).toMatch(/^[0-9A-F]+$/);
    expect(parts.engine.resource?.id).toBe("https://contoso.vault.azure.net/certificates/web");
    await expectQuiet(parts, inputs());
  });

  test("keeps less than 6 kB of state", async () => {
    const { engine } = await made();
    expect(JSON.stringify(engine.resource).length).toBeLessThan(6000);
  });

  test("has the same ids with another spelling of its vault", async () => {
    const program = inputs({ vaultUrl: "https://CONTOSO.vault.azure.net:443/" });
    const parts = await made(program);
    expect(parts.engine.resource?.id).toBe("https://contoso.vault.azure.net/certificates/web");
    expect(outputsOf(parts.engine)["vaultUrl"]).toBe(program["vaultUrl"]);
    await expectQuiet(parts, program);
  });

  test("at issuer Unknown has a CSR and no version, and nothing more to do", async () => {
    const parts = await made(manual());
    const outputs = outputsOf(parts.engine);
    expect(outputs).toMatchObject({
      status: "inProgress",
      version: null,
      certificateId: null,
      thumbprint: null,
    });
    expect(outputs["csrPem"]).toContain("BEGIN CERTIFICATE REQUEST");
    await expectQuiet(parts, manual());
  });

  test("is not kept where nothing was accepted", async () => {
    const { vault, engine } = start();
    vault.seed(strangersTags, { issuerName: "Self" });
    const { error } = await engine.up(inputs());
    expect(error).toMatchObject({ code: "KVC_NOT_OURS" });
    expect(engine.resource).toBeUndefined();
  });

  test.each(["failed", "cancelled"] as const)(
    "and then %s is kept with its request, announces one new request, and makes it",
    async (outcome) => {
      const parts = start();
      const { vault, engine } = parts;
      vault.behaviour.outcome = outcome;
      const { error } = await engine.up(digiCert());
      expect(error?.message).toContain(outcome);
      expect(outputsOf(engine)).toMatchObject({ __provider: providerText, status: outcome, version: null });
      expect(engine.resource?.initErrors).toEqual([error?.message]);
      expect(engine.preview(digiCert()).diff).toMatchObject({
        changes: true,
        notice: expect.stringContaining("up makes one new request") as string,
      });
      vault.behaviour.outcome = "completed";
      expect(await engine.up(digiCert())).toMatchObject({ step: "update" });
      expect(vault.count("createCertificate")).toBe(2);
      await expectQuiet(parts, digiCert());
    },
  );

  test("and timed out goes on with the same request, and is then done", async () => {
    const parts = start();
    const { vault, engine } = parts;
    vault.behaviour.outcome = "never";
    engine.timeoutMs = 5000;
    expect((await engine.up(digiCert())).error).toMatchObject({
      message: expect.stringContaining("KVC_TIMED_OUT") as string,
    });
    engine.timeoutMs = undefined;
    expect(engine.preview(digiCert()).diff?.notice).toContain("goes on with it and makes no other");
    if (vault.pending !== undefined) vault.pending.outcome = "completed";
    expect((await engine.up(digiCert())).error).toBeUndefined();
    expect(vault.count("createCertificate")).toBe(1);
    await expectQuiet(parts, digiCert());
  });

  test("and timed out is done with the next up where the issuer has ended meanwhile", async () => {
    const parts = start();
    const { vault, engine } = parts;
    vault.behaviour.outcome = "never";
    engine.timeoutMs = 5000;
    await engine.up(digiCert());
    engine.timeoutMs = undefined;
    vault.end("completed");
    expect((await engine.up(digiCert())).error).toBeUndefined();
    expect(outputsOf(engine)).toMatchObject({ status: "completed", statusDetails: null });
    expect(outputsOf(engine)["version"]).toBe(vault.current?.version);
    await expectQuiet(parts, digiCert());
  });

  test("and lost its request announces a new one, and does not claim to go on with the old", async () => {
    const { vault, engine } = start();
    vault.behaviour.outcome = "never";
    vault.before("getOperation", () => (vault.pending = undefined));
    expect((await engine.up(digiCert())).error?.message).toContain("KVC_REQUEST_GONE");
    const { diff } = engine.preview(digiCert());
    expect(diff?.changes).toBe(true);
    expect(diff?.notice).not.toContain("makes no other");
  });

  test("and had an unknown status is looked at again, and not requested again", async () => {
    const { vault, engine } = await made();
    vault.behaviour.outcome = "never";
    vault.before("getOperation", () => {
      if (vault.pending !== undefined) vault.pending.operation.status = "Paused";
    });
    expect((await engine.up(inputs({ reissue: 2 }))).error?.message).toContain("KVC_STATUS_UNKNOWN");
    vault.calls.length = 0;
    expect((await engine.up(inputs({ reissue: 2 }))).error?.message).toContain("KVC_STATUS_UNKNOWN");
    expect(vault.count("createCertificate")).toBe(0);
  });

  test("and could not be read in the end is read by the next up", async () => {
    const parts = start();
    const { vault, engine } = parts;
    vault.before("getCertificate", () => undefined);
    vault.fail("getCertificate", unreachable());
    expect((await engine.up(inputs())).error?.message).toContain("KVC_UNREACHABLE");
    expect(engine.resource?.initErrors).toHaveLength(1);
    expect((await engine.up(inputs())).error).toBeUndefined();
    expect(outputsOf(engine)["version"]).toBe(vault.current?.version);
    expect(vault.count("createCertificate")).toBe(1);
    await expectQuiet(parts, inputs());
  });

  test("and crashed before anything was kept finds its CSR again, and keeps it though a chain is demanded", async () => {
    const { vault, engine } = start();
    await engine.up(manual());
    engine.resource = undefined;
    const { error } = await engine.up(manual({ waitForCompletion: true }));
    expect(error?.message).toContain("KVC_WAITING_FOR_CHAIN");
    expect(vault.count("createCertificate")).toBe(1);
    expect(outputsOf(engine)["csrPem"]).toContain("BEGIN CERTIFICATE REQUEST");
  });
});

describe("a resource at issuer Unknown", () => {
  test("is done in two ups: a CSR, then the chain that was signed for it", async () => {
    const parts = await made(manual());
    const material = materials[0];
    if (material === undefined) throw new Error("no material");
    const chain = await authority.chainFor(material.keys);
    expect(parts.engine.preview(manual({ chain }))).toMatchObject({
      step: "update",
      diff: { changes: undefined, differing: ["chain"], reason: { reason: "ChainToMerge" } },
    });
    expect((await parts.engine.up(manual({ chain }))).error).toBeUndefined();
    expect(outputsOf(parts.engine)).toMatchObject({
      status: "completed",
      version: parts.vault.current?.version,
    });
    expect(parts.vault.count("createCertificate")).toBe(0);
    await expectQuiet(parts, manual({ chain }));
  });

  test("refuses a chain for a request before the last by its name", async () => {
    const { vault, engine } = await made(manual());
    await engine.up(manual({ reissue: 1 }));
    await engine.up(manual({ reissue: 2 }));
    const [first] = vault.requests;
    const keys = first?.order.material.keys;
    if (first === undefined || keys === undefined) throw new Error("there was no request");
    const { error } = await engine.up(manual({ reissue: 2, chain: await authority.chainFor(keys) }));
    expect(error?.message).toContain(`the earlier request ${first.operation.requestId}`);
    expect(JSON.stringify(outputsOf(engine)).length).toBeLessThan(6000);
  });

  test("keeps waiting after a chain for another key, and takes the right one", async () => {
    const parts = await made(manual());
    const [right, wrong] = materials;
    if (right === undefined || wrong === undefined) throw new Error("no material");
    const { error } = await parts.engine.up(manual({ chain: await authority.chainFor(wrong.keys) }));
    expect(error?.message).toContain("KVC_CHAIN_WRONG_KEY");
    expect(outputsOf(parts.engine)["status"]).toBe("inProgress");
    const chain = await authority.chainFor(right.keys);
    expect((await parts.engine.up(manual({ chain }))).error).toBeUndefined();
    await expectQuiet(parts, manual({ chain }));
  });

  test("with another policy has the CSR of the new request, and keeps none of the old", async () => {
    const parts = await made(manual());
    const bigger = withPolicy({ issuerName: "Unknown", keySize: 4096 });
    const before = outputsOf(parts.engine)["requestId"];
    expect((await parts.engine.up(bigger)).error).toBeUndefined();
    expect(writes(parts.vault)).toEqual(["deleteOperation", "createCertificate"]);
    expect(outputsOf(parts.engine)["requestId"]).not.toBe(before);
    await expectQuiet(parts, bigger);
  });
});

describe("a resource that is updated", () => {
  test.each([
    ["its tags", inputs({ tags: { team: "web" } }), ["updateCertificate"]],
    ["its enabled flag", inputs({ enabled: false }), ["updateCertificate"]],
    ["reissue", inputs({ reissue: 2 }), ["createCertificate"]],
    ["its policy", withPolicy({ keySize: 4096 }), ["createCertificate"]],
    [
      "its lifetime actions",
      withPolicy({ lifetimeActions: [{ action: "EmailContacts", daysBeforeExpiry: 9 }] }),
      ["updatePolicy"],
    ],
  ])("writes what it must where %s changed", async (_, program, expected) => {
    const parts = await made();
    expect(await parts.engine.up(program)).toMatchObject({ step: "update", diff: { changes: undefined } });
    expect(writes(parts.vault)).toEqual(expected);
    await expectQuiet(parts, program);
  });

  test.each([
    ["purgeOnDelete", { purgeOnDelete: true }],
    ["adopt", { adopt: true }],
    ["waitForCompletion", { waitForCompletion: true }],
    ["timeouts", { timeouts: { delete: "1h" } }],
    ["the vault's spelling", { vaultUrl: "https://contoso.vault.azure.net/" }],
    ["the name's case", { certificateName: "WEB" }],
  ])("sends nothing where only %s changed, and keeps it for later calls", async (_, changes) => {
    const parts = await made();
    const before = outputsOf(parts.engine);
    expect(await parts.engine.up(inputs(changes))).toMatchObject({ step: "update" });
    expect(parts.vault.calls).toEqual([]);
    expect(outputsOf(parts.engine)).toMatchObject({ ...changes, version: before["version"] });
    await expectQuiet(parts, inputs(changes));
  });

  test("drops from its outputs an input that the program no longer has", async () => {
    const parts = await made(inputs({ purgeOnDelete: true, tags: { team: "web" } }));
    await parts.engine.up(inputs());
    expect(outputsOf(parts.engine)).not.toHaveProperty("purgeOnDelete");
    expect(outputsOf(parts.engine)).not.toHaveProperty("tags");
    await expectQuiet(parts, inputs());
  });

  test("has the current version's outputs while a new one is pending or has failed", async () => {
    const parts = await made(digiCert());
    const before = outputsOf(parts.engine);
    parts.vault.behaviour.outcome = "failed";
    const changed = digiCert({ keySize: 4096 });
    const { error } = await parts.engine.up(changed);
    expect(error?.message).toContain("KVC_REQUEST_FAILED");
    expect(outputsOf(parts.engine)).toMatchObject({
      status: "failed",
      version: before["version"],
      certificatePem: before["certificatePem"],
      policy: before["policy"],
    });
    expect(parts.engine.echoes).toBe(true);
    // A fingerprint, and nothing of the inputs: a secret among them would stand here in clear.
    expect(hiddenStateOf(outputsOf(parts.engine))?.wanted).toMatch(/^[0-9a-f]{16}$/);
  });

  test("and failed is quiet again where the program goes back to the version that there is", async () => {
    const parts = await made(digiCert());
    parts.vault.behaviour.outcome = "failed";
    await parts.engine.up(digiCert({ keySize: 4096 }));
    expect((await parts.engine.up(digiCert())).error).toBeUndefined();
    expect(parts.vault.versions).toBe(1);
    await expectQuiet(parts, digiCert());
  });

  test("and timed out is quiet again where the program goes back to the version that there is", async () => {
    const parts = await made(digiCert());
    parts.vault.behaviour.outcome = "never";
    parts.engine.timeoutMs = 5000;
    await parts.engine.up(digiCert({ keySize: 4096 }));
    parts.engine.timeoutMs = undefined;
    expect((await parts.engine.up(digiCert())).error).toBeUndefined();
    expect(parts.vault.versions).toBe(1);
    await expectQuiet(parts, digiCert());
  });

  test("keeps the old inputs after an error before anything was accepted", async () => {
    const parts = await made();
    parts.vault.fail("updateCertificate", refused("KVC_FORBIDDEN", 403));
    const { error } = await parts.engine.up(inputs({ tags: { team: "web" } }));
    expect(error?.message).toContain("KVC_FORBIDDEN");
    expect(outputsOf(parts.engine)).not.toHaveProperty("tags");
    expect(parts.engine.echoes).toBe(true);
    expect((await parts.engine.up(inputs({ tags: { team: "web" } }))).error).toBeUndefined();
    expect(parts.vault.current?.tags).toHaveProperty("team");
  });

  test("goes on after an error in the middle: what was wanted is not lost", async () => {
    const parts = await made();
    const program = withPolicy({ keySize: 4096 }, { tags: { team: "web" } });
    parts.vault.before("getCertificate", () => undefined);
    parts.vault.fail("getCertificate", unreachable());
    expect((await parts.engine.up(program)).error?.message).toContain("KVC_UNREACHABLE");
    expect(parts.engine.echoes).toBe(true);
    expect((await parts.engine.up(program)).error).toBeUndefined();
    expect(parts.vault.count("createCertificate")).toBe(1);
    await expectQuiet(parts, program);
  });

  test("is brought to an end by a create that failed in the middle, and an up with the same program", async () => {
    const parts = start();
    parts.vault.behaviour.outcome = "completed";
    parts.vault.before("getCertificate", () => undefined);
    parts.vault.before("getCertificate", () => {
      if (parts.vault.current !== undefined) parts.vault.current.enabled = false;
    });
    parts.vault.fail("updateCertificate", refused("KVC_FORBIDDEN", 403));
    expect((await parts.engine.up(inputs())).error?.message).toContain("KVC_FORBIDDEN");
    expect((await parts.engine.up(inputs())).error).toBeUndefined();
    expect(parts.vault.current?.enabled).toBe(true);
    await expectQuiet(parts, inputs());
  });
});

describe("a resource that is refreshed", () => {
  test("does not change where nothing did, and is quiet afterwards", async () => {
    const program = inputs({ tags: { team: "web" } });
    const parts = await made(program);
    const before = outputsOf(parts.engine);
    const { diff } = await parts.engine.refresh();
    expect(diff).toMatchObject({ changes: false, replaces: [] });
    expect(outputsOf(parts.engine)).toEqual(before);
    await expectQuiet(parts, program);
  });

  test("shows drift of tags, of the enabled flag and of the policy, and the next up takes it back", async () => {
    const parts = await made();
    const { vault, engine } = parts;
    const tags = { ...vault.current?.tags, team: "web" };
    await vault.updateCertificate("web", undefined, { tags, enabled: false });
    await vault.updatePolicy("web", {
      validityInMonths: 24,
      lifetimeActions: [{ action: "EmailContacts", daysBeforeExpiry: 9 }],
    });
    const { diff } = await engine.refresh();
    expect(diff?.changes).toBeUndefined();
    expect([...(diff?.differing ?? [])].sort()).toEqual(["enabled", "policy", "tags"]);
    expect(engine.echoes).toBe(true);
    expect(outputsOf(engine)).toMatchObject({ enabled: false, tags: { team: "web" } });
    expect((await engine.up(inputs())).error).toBeUndefined();
    expect(vault.versions).toBe(1);
    expect(vault.current).toMatchObject({ enabled: true });
    await engine.refresh();
    expect(engine.preview(inputs())).toMatchObject({ step: "same" });
  });

  test("shows nothing of what the service adds by itself", async () => {
    const parts = await made(withPolicy({ keyType: "EC" }));
    const { diff } = await parts.engine.refresh();
    expect(diff?.differing).toEqual([]);
  });

  test("shows what somebody has added to the policy, and up sends no empty patch for it", async () => {
    const { vault, engine } = await made();
    vault.policySet = { ...vault.policySet, issuerName: "Self", certificateType: "OV-SSL" };
    expect((await engine.refresh()).diff?.differing).toEqual(["policy"]);
    expect((await engine.up(inputs())).error).toBeUndefined();
    expect(vault.count("updatePolicy")).toBe(0);
  });

  test("picks up a version that Key Vault made by itself", async () => {
    const parts = await made();
    const { vault, engine } = parts;
    vault.seed(vault.current?.tags ?? {}, { issuerName: "Self", subject: "CN=web.contoso.com" });
    const { diff } = await engine.refresh();
    expect(diff?.changes).toBe(false);
    expect(outputsOf(engine)["version"]).toBe(vault.current?.version);
    await expectQuiet(parts, inputs());
  });

  test("is gone where the vault says so, and where it belongs to another owner", async () => {
    const one = await made();
    await one.vault.deleteCertificate("web");
    expect((await one.engine.refresh()).gone).toBe(true);
    const other = await made();
    await other.vault.updateCertificate("web", undefined, { tags: strangersTags });
    expect((await other.engine.refresh()).gone).toBe(true);
    expect(other.engine.run?.warnings.join()).toContain("another owner");
  });

  test("is not gone while the service recovers it: it is then neither live nor deleted", async () => {
    const { vault, engine } = await made();
    vault.behaviour.deletionLooks = 5;
    vault.deleteNow();
    await vault.recoverDeletedCertificate("web");
    expect((await engine.refresh()).gone).toBe(false);
    expect(engine.run?.progress.join()).toContain("neither live nor deleted");
  });

  test("is gone once it has shown neither live nor deleted for as long as a deletion takes", async () => {
    const { vault, engine } = await made();
    vault.deleteNow();
    vault.clear();
    expect((await engine.refresh()).gone).toBe(true);
    expect(Date.now() - startOfTime).toBeGreaterThan(150_000);
    expect(engine.run?.warnings.join()).toContain('certificate "web" in vault');
  });

  test("is not gone where the vault cannot be reached", async () => {
    const { vault, engine } = await made();
    vault.fail("getCertificate", unreachable());
    await expect(engine.refresh()).rejects.toMatchObject({ code: "KVC_UNREACHABLE" });
    expect(engine.resource).toBeDefined();
  });

  test("takes over the incarnation that it finds under its own owner", async () => {
    const { vault, engine } = await made();
    const owner = inputs()["__owner"] as string;
    const generation = hiddenStateOf(outputsOf(engine))?.generation ?? "";
    await vault.updateCertificate("web", undefined, {
      tags: markedTags({}, { owner, incarnation: "ffffffff", generation }),
    });
    await engine.refresh();
    expect(hiddenStateOf(outputsOf(engine))?.incarnation).toBe("ffffffff");
    await engine.destroy();
    expect(vault.current).toBeUndefined();
  });

  test("does not forget an update that did not get to its end", async () => {
    const parts = await made(digiCert());
    parts.vault.behaviour.outcome = "never";
    parts.engine.timeoutMs = 5000;
    const changed = digiCert({ keySize: 4096 });
    await parts.engine.up(changed);
    parts.engine.timeoutMs = undefined;
    await parts.engine.refresh();
    expect(parts.engine.echoes).toBe(true);
    expect(parts.engine.preview(changed).step).toBe("update");
    if (parts.vault.pending !== undefined) parts.vault.pending.outcome = "completed";
    expect((await parts.engine.up(changed)).error).toBeUndefined();
    expect(parts.vault.count("createCertificate")).toBe(1);
    await parts.engine.refresh();
    await expectQuiet(parts, changed);
  });

  test("sees that its request has completed", async () => {
    const parts = start();
    parts.vault.behaviour.outcome = "never";
    parts.engine.timeoutMs = 5000;
    await parts.engine.up(digiCert());
    parts.engine.timeoutMs = undefined;
    parts.vault.end("completed");
    await parts.engine.refresh();
    expect(outputsOf(parts.engine)).toMatchObject({
      status: "completed",
      version: parts.vault.current?.version,
    });
    expect(parts.engine.preview(digiCert())).toMatchObject({ step: "same" });
  });

  test("does not go on claiming a request that is gone: the next preview says so, and up makes one new", async () => {
    const parts = await made(manual());
    await parts.vault.deleteOperation("web");
    await parts.engine.refresh();
    expect(parts.engine.preview(manual()).diff?.reason?.reason).toBe("RequestGone");
    expect((await parts.engine.up(manual())).error).toBeUndefined();
    expect(parts.vault.count("createCertificate")).toBe(1);
    await expectQuiet(parts, manual());
  });
});

describe("a resource that is replaced under the same name", () => {
  test("keeps its certificate: the new incarnation takes it over, and the delete of the old leaves it", async () => {
    const parts = await made();
    const version = parts.vault.current?.version;
    expect((await parts.engine.replace(inputs())).error).toBeUndefined();
    expect(parts.vault.current?.version).toBe(version);
    expect(parts.vault.count("deleteCertificate")).toBe(0);
    expect(parts.vault.stage).toBe("live");
    await expectQuiet(parts, inputs());
  });

  test("keeps its certificate where the same vault is named by another URL", async () => {
    const parts = await made();
    const program = inputs({ vaultUrl: "https://contoso.vault.azure.net:443" });
    expect((await parts.engine.replace(program)).error).toBeUndefined();
    expect(parts.vault.stage).toBe("live");
  });

  test("keeps its certificate and its request while that waits for a chain", async () => {
    const parts = await made(manual());
    const before = outputsOf(parts.engine)["csrPem"];
    expect((await parts.engine.replace(manual())).error).toBeUndefined();
    expect(outputsOf(parts.engine)["csrPem"]).toBe(before);
    expect(parts.vault.pending?.operation.status).toBe("inProgress");
    await parts.engine.refresh();
    expect(outputsOf(parts.engine)["csrPem"]).toBe(before);
  });

  test("has its CSR again", async () => {
    const parts = await made();
    const before = outputsOf(parts.engine)["csrPem"];
    await parts.engine.replace(inputs());
    expect(outputsOf(parts.engine)["csrPem"]).toBe(before);
    await parts.engine.refresh();
    expect(outputsOf(parts.engine)["csrPem"]).toBe(before);
  });
});

describe("a resource that is destroyed", () => {
  test("is deleted", async () => {
    const { vault, engine } = await made();
    await engine.destroy();
    expect(vault.calls).toEqual(["getCertificate", "getOperation", "deleteCertificate"]);
  });

  test("is purged where the last program said so", async () => {
    const { vault, engine } = await made();
    await engine.up(inputs({ purgeOnDelete: true }));
    await engine.destroy();
    expect(vault.count("purgeDeletedCertificate")).toBe(1);
  });

  test("after a failed create leaves neither certificate nor request", async () => {
    const { vault, engine } = start();
    vault.behaviour.outcome = "never";
    engine.timeoutMs = 5000;
    await engine.up(digiCert());
    engine.timeoutMs = undefined;
    await engine.destroy();
    expect(vault.current).toBeUndefined();
    expect(vault.calls).toContain("cancelOperation");
  });

  test("that failed is said with its code, and the resource stays", async () => {
    const { vault, engine } = await made();
    vault.fail("deleteCertificate", refused("KVC_FORBIDDEN", 403));
    await expect(engine.destroy()).rejects.toMatchObject({ code: "KVC_FORBIDDEN" });
    expect(engine.resource).toBeDefined();
  });

  test("begins at the time of the clock that the run has", async () => {
    const { engine } = await made();
    await engine.destroy();
    expect(engine.run?.deadline.startedAt).toBeGreaterThanOrEqual(startOfTime);
    expect(engine.run?.deadline.option).toBe("delete");
  });
});
