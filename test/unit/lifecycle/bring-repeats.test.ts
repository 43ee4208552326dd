import { bring, type Settled } from "../../../provider/lifecycle/bring";
import { type Removal, remove } from "../../../provider/lifecycle/removal";
import { beginning, type Memory } from "../../../provider/lifecycle/situation";
import type { Wanted } from "../../../provider/lifecycle/wanted";
import { policy, certificateName as name } from "../build/certificate";
import { incarnation, markOf, ourTags, strangersTags, wanted } from "../build/situation";
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

function removed(removal: Removal) {
  const what = { ...wanted({ policy: self }), vaultUrl: vault.url };
  return remove(beginning(what, markOf(what), known, vault.clock()), vault.run("delete"), removal);
}

const self = policy({ issuerName: "Self", subject: "CN=repeats.example.com" });
const manual = policy({ issuerName: "Unknown", subject: "CN=repeats.example.com" });
const known: Memory = { incarnation };
const create = `/certificates/${name}/create`;
const refusals = [["Throttled"], ["ForbiddenByRbac"]] as const;

describe("an order that has to be sent again", () => {
  test.each(refusals)("after %s leaves alone what a stranger has made meanwhile", async (refuse) => {
    vault.control.faults.add({ path: create, times: 3, effect: { refuse } });
    vault.inWait(3, () => vault.somebody.issue(self, strangersTags));
    expect((await runTo()).failure?.code).toBe("KVC_NOT_OURS");
    expect(vault.orders).toEqual(["completed"]);
    expect((await vault.somebody.certificate())?.tags).toEqual(strangersTags);
  });

  test("in the vault's pause for another request leaves alone what a stranger has made", async () => {
    vault.control.faults.add({ path: "/certificates/other", times: 1, effect: { refuse: "Throttled" } });
    vault.inWait(1, () => vault.somebody.issue(self, {}));
    vault.beforeCreate(() => vault.askedForPause());
    expect((await runTo()).failure?.code).toBe("KVC_ALREADY_EXISTS");
    expect(vault.orders).toEqual(["completed"]);
  });

  test("after a token that was renewed for long leaves alone what a stranger has made", async () => {
    vault.control.faults.add({ path: create, times: 1, effect: { status: 401, headers: vault.challenge } });
    vault.whileRenewing(async () => {
      await vault.somebody.issue(self, {});
      vault.pass(5000);
    });
    expect((await runTo()).failure?.code).toBe("KVC_ALREADY_EXISTS");
    expect(vault.orders).toEqual(["completed"]);
  });

  test("goes on with what another run of the same resource has made", async () => {
    vault.control.faults.add({ path: create, times: 1, effect: { refuse: "Throttled" } });
    vault.inWait(1, () => vault.somebody.issue(self, ourTags(wanted({ policy: self }))));
    expect((await runTo({}, known)).failure).toBeUndefined();
    expect(vault.orders).toEqual(["completed"]);
  });

  test("is sent once more after a look that finds nothing new", async () => {
    vault.control.faults.add({ path: create, times: 2, effect: { refuse: "Throttled" } });
    expect((await runTo()).failure).toBeUndefined();
    expect(vault.orders).toEqual(["completed"]);
    expect(vault.traffic().slice(0, 6)).toEqual([
      `GET /certificates/${name} 404`,
      `POST ${create} 429`,
      `GET /certificates/${name} 404`,
      `POST ${create} 429`,
      `GET /certificates/${name} 404`,
      `POST ${create} 202`,
    ]);
  });

  test("is not sent more often because what is there changes in each wait", async () => {
    await vault.somebody.issue(
      policy({ issuerName: "Self", subject: "CN=other.example.com" }),
      strangersTags,
    );
    vault.control.faults.add({ path: create, effect: { refuse: "Throttled" } });
    let changes = 0;
    vault.inEachWait(() => vault.somebody.mark(`0000000${(changes += 1)}`.slice(-8)));
    const { failure } = await runTo({ adopt: true });
    expect(failure?.message).toContain("still throttling after 20 attempts");
    expect(vault.sent("POST")).toHaveLength(20);
  });
});

describe("a write that has to be sent again", () => {
  const throttle = (method: string, path: string) =>
    vault.control.faults.add({ method, path, times: 2, effect: { refuse: "Throttled" } });

  test("does not change the tags of what another resource has taken over", async () => {
    await vault.somebody.issue(self, ourTags(wanted({ policy: self })));
    throttle("PATCH", `/certificates/${name}/**`);
    vault.inWait(2, () => vault.somebody.mark("feedfeed"));
    const { failure } = await runTo({ tags: { a: "1" } }, known);
    expect(failure?.code).toBe("KVC_NOT_OURS");
    expect((await vault.somebody.certificate())?.tags).not.toHaveProperty("a");
  });

  test("does not delete what another resource has taken over", async () => {
    await vault.somebody.issue(self, ourTags(wanted({ policy: self })));
    throttle("DELETE", `/certificates/${name}`);
    vault.inWait(2, () => vault.somebody.mark("feedfeed"));
    expect(await removed({ purge: false })).toBeUndefined();
    expect(vault.warnings).toEqual([expect.stringContaining("is left alone")]);
    expect(await vault.somebody.certificate()).toBeDefined();
  });

  test.each([
    ["recover", "POST", `/deletedcertificates/${name}/recover`],
    ["purge", "DELETE", `/deletedcertificates/${name}`],
  ] as const)("does not %s what a stranger has deleted since", async (onSoftDeleted, method, path) => {
    await vault.somebody.issue(self, ourTags(wanted({ policy: self })));
    await vault.somebody.remove();
    throttle(method, path);
    vault.inWait(2, async () => {
      await vault.somebody.purge();
      await vault.somebody.issue(self, strangersTags);
      await vault.somebody.remove();
    });
    expect((await runTo({ onSoftDeleted }, known)).failure?.code).toBe("KVC_SOFT_DELETED_NOT_OURS");
    expect((await vault.somebody.deleted())?.tags).toEqual(strangersTags);
  });

  test("counts a purge that was carried out as done", async () => {
    await vault.somebody.issue(self, ourTags(wanted({ policy: self })));
    await vault.somebody.remove();
    const path = `/deletedcertificates/${name}`;
    vault.control.faults.add({ method: "DELETE", path, times: 1, when: "after", effect: { status: 500 } });
    expect(await removed({ purge: true })).toBeUndefined();
    expect(vault.sent("DELETE")).toHaveLength(2);
    expect(vault.slept).toEqual([1000]);
  });

  test("goes on with its own work where only the reply was lost", async () => {
    await vault.somebody.issue(self, ourTags(wanted({ policy: self }), { incarnation: "11112222" }));
    const path = `/certificates/${name}/**`;
    vault.control.faults.add({ method: "PATCH", path, times: 1, when: "after", effect: { status: 500 } });
    const { failure, situation } = await runTo();
    expect(failure).toBeUndefined();
    expect(situation.progress.tookOver).toBe("11112222");
    expect((await vault.somebody.certificate())?.tags).toEqual(ourTags(wanted({ policy: self })));
  });

  test("changes the version that stands though this run's request ends meanwhile", async () => {
    await vault.somebody.issue(self, ourTags(wanted({ policy: self })));
    throttle("PATCH", `/certificates/${name}/**`);
    vault.inWait(2, () => vault.somebody.cancelOrder());
    const { failure } = await runTo({ policy: manual, tags: { a: "1" } }, known);
    expect(failure).toBeUndefined();
    expect((await vault.somebody.certificate())?.tags).toHaveProperty("a", "1");
  });

  test("takes a chain for merged that somebody has merged meanwhile", async () => {
    const ordered = await runTo({ policy: manual });
    const chain = await vault.sign(ordered.situation);
    throttle("POST", `/certificates/${name}/pending/merge`);
    vault.inWait(2, () => vault.somebody.merge(chain));
    const { failure, situation } = await runTo({ policy: manual, chain }, known);
    expect(failure).toBeUndefined();
    expect(situation.chain?.kind).toBe("merged");
    expect(vault.sent("POST").filter((line) => line.includes("merge"))).toHaveLength(2);
  });

  test("tells of a request that is gone meanwhile, and merges nothing", async () => {
    const ordered = await runTo({ policy: manual });
    const chain = await vault.sign(ordered.situation);
    throttle("POST", `/certificates/${name}/pending/merge`);
    vault.inWait(2, () => vault.somebody.deleteRequest());
    const { failure } = await runTo({ policy: manual, chain }, known);
    expect(failure?.code).toBe("KVC_REQUEST_GONE");
    expect(vault.orders).toEqual(["deleted"]);
  });

  test("does not merge into what a stranger has ordered since", async () => {
    const ordered = await runTo({ policy: manual });
    const chain = await vault.sign(ordered.situation);
    throttle("POST", `/certificates/${name}/pending/merge`);
    vault.inWait(2, () => vault.somebody.replaceRequest(manual, strangersTags));
    const { failure } = await runTo({ policy: manual, chain }, known);
    expect(failure?.code).toBe("KVC_NOT_OURS");
    expect(vault.sent("POST").filter((line) => line.includes("merge"))).toHaveLength(2);
  });
});
