import { bring, type Settled } from "../../../provider/lifecycle/bring";
import { beginning, type Memory } from "../../../provider/lifecycle/situation";
import type { Wanted } from "../../../provider/lifecycle/wanted";
import { exists } from "../../../provider/plugin/online/create";
import { policy, certificateName as name } from "../build/certificate";
import { incarnation, markOf, ourTags, wanted } from "../build/situation";
import { DisturbedVault } from "./disturbed-vault";

let vault: DisturbedVault;

beforeEach(async () => {
  vault = await DisturbedVault.start();
});
afterEach(() => vault.close());

async function runTo(changes: Partial<Wanted> = {}, memory?: Memory): Promise<Settled> {
  const what = { ...wanted({ policy: self, ...changes }), vaultUrl: vault.url };
  return bring(beginning(what, markOf(what), memory, vault.clock()), vault.run());
}

const self = policy({ issuerName: "Self", subject: "CN=lost.example.com" });
const known: Memory = { incarnation };
const create = `/certificates/${name}/create`;

describe("an order whose reply is lost", () => {
  const lose = (effect: object) => vault.control.faults.add({ path: create, times: 1, effect });

  test.each([
    ["a connection that breaks", { reset: true }],
    ["a gateway's 504", { status: 504, body: "<html>" }],
  ])("in %s is not made again while it is on its way", async (_, effect) => {
    lose(effect);
    vault.inWait(2, () => vault.somebody.forwardLostOrder());
    expect((await runTo()).failure).toBeUndefined();
    expect(vault.orders).toEqual(["completed"]);
    expect(vault.sent("POST")).toHaveLength(1);
  });

  test("is not made again beside a version while it is on its way", async () => {
    await vault.somebody.issue(policy({ issuerName: "Self", subject: "CN=other.example.com" }), ourTags());
    lose({ reset: true });
    vault.inWait(2, () => vault.somebody.forwardLostOrder());
    const { failure, situation } = await runTo({}, { ...known, generation: "00000000" });
    expect(failure).toBeUndefined();
    expect(situation.certificate).toMatchObject({ tags: ourTags(wanted({ policy: self })) });
    expect(vault.orders).toEqual(["completed", "completed"]);
    expect(vault.sent("POST")).toHaveLength(1);
  });

  test("is not taken for what somebody else makes of the name meanwhile, where no tag tells", async () => {
    lose({ reset: true });
    vault.inWait(2, () =>
      vault.somebody.issue(policy({ issuerName: "Self", subject: "CN=other.example.com" }), {}),
    );
    const { failure } = await runTo({ ownershipTag: false });
    expect(failure?.code).toBe("KVC_ALREADY_EXISTS");
    expect(vault.orders).toEqual(["completed"]);
  });

  test("is known by its policy, where no tag tells", async () => {
    lose({ reset: true });
    vault.inWait(2, () => vault.somebody.forwardLostOrder());
    expect((await runTo({ ownershipTag: false })).failure).toBeUndefined();
    expect(vault.sent("POST")).toHaveLength(1);
  });

  test("is made again once nothing of it has shown for ten seconds", async () => {
    lose({ reset: true });
    expect((await runTo()).failure).toBeUndefined();
    expect(vault.orders).toEqual(["completed"]);
    expect(vault.slept.reduce((sum, ms) => sum + ms, 0)).toBe(10_000);
    expect(vault.progress).toContain("the reply to the order was lost; looking for 10 s whether it was made");
  });

  test("is looked for no earlier than the vault's Retry-After allows", async () => {
    lose({ status: 503, headers: { "Retry-After": "240" } });
    vault.inWait(1, () => vault.somebody.forwardLostOrder());
    expect((await runTo()).failure).toBeUndefined();
    expect(vault.slept[0]).toBe(240_000);
    expect(vault.orders).toEqual(["completed"]);
  });

  test("ends the run where the vault asks for more than five minutes, and says so", async () => {
    lose({ status: 503, headers: { "Retry-After": "86400" } });
    const settled = await runTo();
    const { failure } = settled;
    expect(failure?.code).toBe("KVC_OUTCOME_UNKNOWN");
    expect(exists(settled)).toBe(true);
    expect(failure?.message).toContain("the vault answered 503 and asks for no request within 86400 s");
    expect(vault.sent("POST")).toHaveLength(1);
    expect(vault.traffic().at(-1)).toBe(`POST ${create} 503`);
  });

  test("is not made again once the engine is gone", async () => {
    lose({ reset: true });
    vault.inWait(1, () => {
      vault.endEngine();
      return Promise.resolve();
    });
    expect((await runTo()).failure?.code).toBe("KVC_ENGINE_GONE");
    expect(vault.orders).toEqual([]);
  });
});
