import type { PlainObject } from "../../../provider/plugin/plain";
import { Crash } from "../build/history-watch";
import { inputs, withPolicy } from "../build/inputs";
import { replyLost } from "../build/model-errors";
import type { ModelVault } from "../build/model-vault";
import { useVault } from "../build/use-vault";

const start = useVault(4);

type Parts = ReturnType<typeof start>;

const untagged = (issuerName: string, more: PlainObject = {}) =>
  withPolicy({ issuerName }, { ownershipTag: false, ...more });

const issuerOf = (vault: ModelVault) => vault.currentVersion?.madeFrom.issuerName;

describe("a certificate without the owner's tag", () => {
  async function expectQuiet({ vault, engine }: ReturnType<typeof start>, program: PlainObject) {
    vault.calls.length = 0;
    expect([(await engine.up(program)).step, vault.calls]).toEqual(["same", []]);
    await engine.refresh();
    expect(engine.preview(program).step).toBe("same");
  }

  test.each(["Self", "DigiCert"])(
    "is there after one up at issuer %s, and after a reissue",
    async (issuerName) => {
      const parts = start();
      const { vault, engine } = parts;
      for (const reissue of [1, 2]) {
        const program = untagged(issuerName, { reissue });
        expect((await engine.up(program)).error).toBeUndefined();
        await expectQuiet(parts, program);
      }
      expect([vault.versions, vault.current?.tags]).toEqual([2, {}]);
    },
  );

  test("is somebody else's where it was there before", async () => {
    const { vault, engine } = start();
    vault.seed({}, { issuerName: "Self", subject: "CN=web.contoso.com" });
    expect((await engine.up(untagged("Self"))).error?.message).toContain("[KVC_ALREADY_EXISTS]");
    expect([vault.requests, engine.resource]).toEqual([[], undefined]);
  });

  test("is somebody else's where that took the name while ours was waited for", async () => {
    const { vault, engine } = start();
    vault.before("getOperation", () => {
      vault.clear();
      vault.seed({}, { issuerName: "DigiCert", subject: "CN=other.contoso.com" });
    });
    expect((await engine.up(untagged("Self"))).error?.message).toContain("[KVC_REQUEST_GONE]");
    expect(vault.calls.filter((call) => /^(create|update|delete)/.test(call))).toEqual(["createCertificate"]);
  });

  test("is made once where an update was killed after its order", async () => {
    const parts = start();
    const { vault, engine } = parts;
    await engine.up(untagged("Self"));
    const { resource } = engine;
    vault.behaviour.outcome = "never";
    engine.timeoutMs = 20_000;
    await engine.up(untagged("DigiCert"));
    engine.timeoutMs = undefined;
    engine.resource = resource;
    await engine.refresh();
    vault.end("completed");
    await engine.refresh();
    expect((await engine.up(untagged("DigiCert"))).error).toBeUndefined();
    expect([issuerOf(vault), vault.requests.length]).toEqual(["DigiCert", 2]);
    await expectQuiet(parts, untagged("DigiCert"));
  });
});

describe("a certificate that has the tag, in a program without it", () => {
  const program = inputs({ ownershipTag: false });

  test.each<[string, (parts: Parts) => Promise<void>]>([
    [
      "recovered after a destroy",
      async ({ vault, engine }) => {
        await engine.up(inputs());
        await engine.destroy();
        vault.stage = "deleted";
      },
    ],
    [
      "recovered once a refresh has seen that somebody deleted it",
      async ({ vault, engine }) => {
        await engine.up(inputs());
        vault.deleteNow();
        await engine.refresh();
      },
    ],
    [
      "that of a create which was killed after its order",
      async ({ vault, engine }) => {
        vault.onWrite = () => () => {
          // eslint-disable-next-line @typescript-eslint/only-throw-error -- see Crash
          throw new Crash();
        };
        await engine.up(inputs());
        vault.onWrite = () => () => undefined;
      },
    ],
  ])("is %s", async (_, happens) => {
    const parts = start();
    await happens(parts);
    expect((await parts.engine.up(program)).error).toBeUndefined();
    expect(parts.vault.requests).toHaveLength(1);
    expect(parts.engine.preview(program).step).toBe("same");
  });

  test("outlives --replace, and the delete of what was replaced in another process", async () => {
    const { vault, engine } = start();
    await engine.up(inputs({ purgeOnDelete: true }));
    const purging = inputs({ ownershipTag: false, purgeOnDelete: true });
    engine.startPlugin();
    expect((await engine.recreate(purging)).error).toBeUndefined();
    expect((await engine.up(purging)).error).toBeUndefined();
    expect([engine.replaced, vault.stage, vault.versions]).toEqual([[], "live", 1]);
  });

  test("outlives an update without it that was cut off before the delete of what was replaced", async () => {
    const { vault, engine } = start();
    await engine.up(inputs());
    await engine.recreate(inputs());
    engine.startPlugin();
    await engine.bring(program);
    expect((await engine.up(program)).error).toBeUndefined();
    expect([engine.replaced, vault.stage]).toEqual([[], "live"]);
  });
});

describe("a certificate without the owner's tag, disturbed", () => {
  test.each<[PlainObject, PlainObject]>([
    [{ reissue: 1 }, { reissue: 2 }],
    [{}, { preserveCertificateOrder: true }],
  ])("is made anew from %j to %j, though Key Vault has renewed it meanwhile", async (before, after) => {
    const { vault, engine } = start();
    await engine.up(untagged("Self", before));
    vault.seed({}, vault.currentVersion?.madeFrom ?? { issuerName: "Self" });
    await engine.up(untagged("Self", after));
    expect(vault.requests).toHaveLength(2);
    expect(engine.preview(untagged("Self", after)).step).toBe("same");
  });

  test.each(["failed", "cancelled"] as const)(
    "is ordered once in a run where the reply to the order is lost, and it has %s by the first look",
    async (outcome) => {
      const { vault, engine } = start();
      Object.assign(vault.behaviour, { looks: 1, outcome });
      vault.fail("createCertificate", replyLost(), { after: true });
      expect((await engine.up(untagged("DigiCert"))).error).toBeDefined();
      expect(vault.requests).toHaveLength(1);
    },
  );

  test("is purged by the next destroy where the first got no further than its deletion", async () => {
    const { vault, engine } = start();
    await engine.up(untagged("Self", { purgeOnDelete: true }));
    vault.behaviour.deletionLooks = 30;
    engine.timeoutMs = 3000;
    await expect(engine.destroy()).rejects.toMatchObject({ code: "KVC_TIMED_OUT" });
    engine.timeoutMs = undefined;
    await engine.destroy();
    expect(vault.stored).toBeUndefined();
  });

  test("is had back, where the state is lost, by what the message says", async () => {
    const { vault, engine } = start();
    await engine.up(untagged("Self"));
    await engine.destroy();
    vault.stage = "deleted";
    const { error } = await engine.up(untagged("Self"));
    expect(error?.message).toContain("set adopt: true without ownershipTag: false for one `pulumi up`");
    expect((await engine.up(inputs({ adopt: true }))).error).toBeUndefined();
    expect((await engine.up(untagged("Self"))).error).toBeUndefined();
    expect([vault.requests.length, vault.current?.tags]).toEqual([1, {}]);
  });
});
