import { useFakeTime, useRealTime } from "../build/fake-time";
import { inputs, withPolicy } from "../build/inputs";
import { makeMaterials, type Material } from "../build/materials";
import { ModelEngine } from "../build/model-engine";
import { refused, replyLost, unreachable } from "../build/model-errors";
import { modelStacks, program } from "../build/model-stack";
import { ModelVault } from "../build/model-vault";
import { strangersTags } from "../build/situation";

let materials: Material[];

beforeAll(async () => {
  materials = await makeMaterials(6);
});
beforeEach(useFakeTime);
afterEach(useRealTime);

const manual = (others: Record<string, unknown> = {}) => withPolicy({ issuerName: "Unknown" }, others);
const longer = { timeouts: { create: "30m", update: "30m" } };
const unfinished = { step: "update", diff: { reason: { reason: "CreateUnfinished" } } };

function start() {
  const vault = new ModelVault(materials);
  return { vault, engine: new ModelEngine(vault) };
}

const writes = (vault: ModelVault) => vault.calls.filter((call) => !call.startsWith("get"));

/** The vault cannot be reached any more once it has recovered the certificate. */
function cutOffInRecovery(vault: ModelVault): void {
  vault.deleteNow();
  vault.onWrite = (method) => () => {
    if (method === "recoverDeletedCertificate") vault.fail("getCertificate", unreachable());
    vault.onWrite = () => () => undefined;
  };
}

describe("a create that did not get to its end, before a change of settings only", () => {
  test("goes on in the next up where it was cut off in a recovery", async () => {
    const { vault, engine } = start();
    await engine.up(manual());
    engine.resource = undefined;
    cutOffInRecovery(vault);
    expect((await engine.up(manual())).error?.message).toContain("[KVC_UNREACHABLE]");
    expect(engine.resource).toMatchObject({ initErrors: [expect.any(String)], outputs: { csrPem: null } });
    expect(engine.preview(manual(longer))).toMatchObject(unfinished);
    vault.calls.length = 0;
    expect((await engine.up(manual(longer))).error).toBeUndefined();
    expect(writes(vault)).toEqual(["createCertificate", "updateCertificate"]);
    expect(engine.resource).toMatchObject({
      initErrors: [],
      outputs: {
        status: "inProgress",
        csrPem: expect.stringContaining("BEGIN CERTIFICATE REQUEST") as string,
      },
    });
    expect(engine.preview(manual(longer)).step).toBe("same");
  });

  test("goes on where it is of a CertificateRequest", async () => {
    const { vault, request } = (await modelStacks(materials))();
    await request.up(program().request);
    request.resource = undefined;
    cutOffInRecovery(vault);
    expect((await request.up(program().request)).error?.message).toContain("[KVC_UNREACHABLE]");
    const changed = program(longer).request;
    const { error, diff } = await request.up(changed);
    expect([error, diff?.reason?.reason]).toEqual([undefined, "CreateUnfinished"]);
    expect(request.resource).toMatchObject({
      outputs: { csrPem: expect.stringContaining("BEGIN CERTIFICATE REQUEST") as string },
    });
    expect(request.preview(changed).step).toBe("same");
  });

  test("still patches what it has taken over", async () => {
    const { vault, engine } = start();
    const policy = {
      issuerName: "Self",
      subject: "CN=web.contoso.com",
      keyType: "EC",
      keyCurveName: "P-256",
    } as const;
    vault.seed(strangersTags, {
      ...policy,
      lifetimeActions: [{ action: "EmailContacts", daysBeforeExpiry: 3 }],
    });
    vault.fail("updatePolicy", refused("KVC_FORBIDDEN", 403));
    const { error } = await engine.up(inputs({ policy, adopt: true }));
    expect(error?.message).toContain("[KVC_FORBIDDEN]");
    vault.calls.length = 0;
    const changed = inputs({ policy, adopt: true, ...longer });
    expect((await engine.up(changed)).error).toBeUndefined();
    expect(writes(vault)).toEqual(["updatePolicy"]);
    expect(vault.policy?.lifetimeActions).toEqual([{ action: "AutoRenew", lifetimePercentage: 80 }]);
    expect(engine.preview(changed).step).toBe("same");
  });

  test("is quiet once a refresh has seen that its certificate came by itself", async () => {
    const { vault, engine } = start();
    vault.behaviour.outcome = "never";
    engine.timeoutMs = 20_000;
    expect((await engine.up(inputs())).error?.message).toContain("[KVC_TIMED_OUT]");
    engine.timeoutMs = undefined;
    vault.end("completed");
    expect((await engine.refresh()).diff?.differing).toEqual([]);
    expect(engine.preview(inputs())).toMatchObject({ step: "same", diff: { notice: undefined } });
    vault.calls.length = 0;
    expect((await engine.up(inputs(longer))).error).toBeUndefined();
    expect(writes(vault)).toEqual([]);
  });
});

describe("a create that ended in what nobody expected", () => {
  test("keeps a certificate without owner's tag whose order got no reply", async () => {
    const { vault, engine } = start();
    vault.fail("createCertificate", replyLost(), { after: true });
    const untagged = inputs({ ownershipTag: false });
    expect((await engine.up(untagged)).error).toBeUndefined();
    expect(vault.requests).toHaveLength(1);
    expect(engine.resource?.outputs["version"]).toBe(vault.current?.version);
    expect(engine.preview(untagged).step).toBe("same");
  });

  test("does not take a certificate without a tag for its own where it ordered nothing", async () => {
    const { vault, engine } = start();
    vault.seed({}, { issuerName: "Self", subject: "CN=web.contoso.com" });
    const { error } = await engine.up(inputs({ ownershipTag: false }));
    expect(error?.message).toContain("[KVC_ALREADY_EXISTS]");
    expect([engine.resource, writes(vault)]).toEqual([undefined, []]);
  });

  test("keeps what it ordered where something fails that is none of the table's failures", async () => {
    const { vault, engine } = start();
    vault.fail("getOperation", new Error("boom"));
    expect((await engine.up(inputs())).error?.message).toMatch(/\(Error: boom\).*\[KVC_UNEXPECTED\]$/);
    expect(engine.resource?.initErrors).toHaveLength(1);
    expect((await engine.up(inputs())).error).toBeUndefined();
    expect(vault.requests).toHaveLength(1);
  });

  /** What the vault says of the certificate cannot be read, until that is undone. */
  function garbled(vault: ModelVault): () => void {
    const getCertificate = vault.getCertificate.bind(vault);
    vault.getCertificate = async (name, options) => {
      const bundle = await getCertificate(name, options);
      return bundle?.cer === undefined ? bundle : { ...bundle, cer: "MIIBAAAA" };
    };
    return () => (vault.getCertificate = getCertificate);
  }

  test.each([["it has made", false] as const, ["it finds with its own mark", true] as const])(
    "keeps a certificate that %s and cannot read, and goes on once it can",
    async (_, there) => {
      const { vault, engine } = start();
      if (there) await engine.up(inputs());
      engine.resource = undefined;
      const undo = garbled(vault);
      expect((await engine.up(inputs())).error?.message).toContain("[KVC_UNEXPECTED]");
      expect(engine.resource).toMatchObject({ initErrors: [expect.stringContaining("KVC_UNEXPECTED")] });
      undo();
      expect((await engine.up(inputs())).error).toBeUndefined();
      expect(vault.requests).toHaveLength(1);
      expect(engine.resource).toMatchObject({ outputs: { version: vault.current?.version } });
    },
  );
});
