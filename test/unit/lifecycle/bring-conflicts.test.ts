import { bring } from "../../../provider/lifecycle/bring";
import { readMark } from "../../../provider/lifecycle/ownership";
import { beginning, type Memory } from "../../../provider/lifecycle/situation";
import { generationOf } from "../../../provider/lifecycle/generation";
import type { OnConflict, Wanted } from "../../../provider/lifecycle/wanted";
import { policy } from "../build/certificate";
import { inFakeTime, timersLeft, useFakeTime, useRealTime } from "../build/fake-time";
import { makeAuthority, makeMaterials, type Material } from "../build/materials";
import { ModelVault } from "../build/model-vault";
import { type TestRun, testRun } from "../build/run";
import {
  incarnation,
  markOf,
  memory as someMemory,
  ourTags,
  strangersTags,
  wanted,
} from "../build/situation";

let materials: Material[];
let authority: Awaited<ReturnType<typeof makeAuthority>>;

beforeAll(async () => {
  materials = await makeMaterials(3);
  authority = await makeAuthority();
});
beforeEach(useFakeTime);
afterEach(useRealTime);

const digiCert = policy({ issuerName: "DigiCert" });
const foreign = {
  policy: policy({ issuerName: "DigiCert", keySize: 3072 }),
  tags: strangersTags,
  enabled: true,
};
const none: Memory = { incarnation, generation: generationOf(wanted()), request: undefined };

async function runTo(
  vault: ModelVault,
  changes: Partial<Wanted> = {},
  { memory, run = testRun(vault) }: { memory?: Memory | undefined; run?: TestRun } = {},
) {
  const what = wanted(changes);
  vault.calls.length = 0;
  return { ...(await inFakeTime(bring(beginning(what, markOf(what), memory, 0), run))), run };
}

const writes = (vault: ModelVault) => vault.calls.filter((call) => !call.startsWith("get"));

/** A vault with our version in it. */
function vaultWith(tags: Readonly<Record<string, string>> = ourTags()): ModelVault {
  const vault = new ModelVault(materials);
  vault.seed(tags, policy());
  return vault;
}

/** The same, with a stranger's request in progress. */
function disturbed(): ModelVault {
  const vault = vaultWith();
  vault.request(foreign);
  return vault;
}

describe("a stranger's request in the way of a reissue", () => {
  const reissue = (vault: ModelVault, onConflict: OnConflict | undefined, run?: TestRun) =>
    runTo(vault, { reissue: 2, onConflict }, { memory: none, ...(run === undefined ? {} : { run }) });

  test.each([undefined, "fail"] as const)(
    "is left alone with onConflict %s, and named",
    async (onConflict) => {
      const vault = disturbed();
      const { failure } = await reissue(vault, onConflict);
      expect(failure?.code).toBe("KVC_REQUEST_IN_PROGRESS");
      expect(failure?.message).toContain('at issuer "DigiCert"');
      expect(writes(vault)).toEqual(["createCertificate"]);
      expect(vault.pending?.inProgress).toBe(true);
    },
  );

  test("is cancelled with onConflict cancel, and then the order is made", async () => {
    const vault = disturbed();
    expect((await reissue(vault, "cancel")).failure).toBeUndefined();
    expect(writes(vault)).toEqual(["createCertificate", "cancelOperation", "createCertificate"]);
    expect(readMark(vault.current?.tags ?? {})?.generation).toBe(generationOf(wanted({ reissue: 2 })));
  });

  test.each(["ignored", "refused", "unsupported"] as const)(
    "that is not cancelled (%s) is a failure with onConflict cancel, and is not deleted",
    async (cancellation) => {
      const vault = disturbed();
      Object.assign(vault.behaviour, { cancellation });
      if (vault.pending !== undefined) vault.pending.outcome = "never";
      const { failure } = await reissue(vault, "cancel");
      expect(failure?.code).toBe("KVC_NOT_CANCELLED");
      expect(vault.count("deleteOperation")).toBe(0);
      expect(timersLeft()).toBe(0);
    },
  );

  test("is deleted with onConflict delete, and it is said that it may be billed", async () => {
    const vault = disturbed();
    const { failure, run } = await reissue(vault, "delete");
    expect(failure).toBeUndefined();
    expect(writes(vault)).toEqual(["createCertificate", "deleteOperation", "createCertificate"]);
    expect(run.warnings.join()).toMatch(/issuer "DigiCert".*may still be issued and billed/);
  });

  test("is waited for until its deadline with onConflict wait", async () => {
    const vault = disturbed();
    if (vault.pending !== undefined) vault.pending.outcome = "never";
    const { failure, run } = await reissue(vault, "wait", testRun(vault, { timeoutMs: 20_000 }));
    expect(failure?.code).toBe("KVC_TIMED_OUT");
    expect(run.progress.join()).toContain("waiting for the other request at DigiCert");
    expect(writes(vault)).toEqual(["createCertificate"]);
  });

  test.each(["failed", "cancelled"] as const)(
    "is waited for with onConflict wait, and where it %s the order is made",
    async (outcome) => {
      const vault = disturbed();
      if (vault.pending !== undefined) vault.pending.outcome = outcome;
      expect((await reissue(vault, "wait")).failure).toBeUndefined();
      expect(vault.requests).toHaveLength(2);
    },
  );

  test("that completes while it is waited for makes the certificate the stranger's, which is not overwritten", async () => {
    const vault = disturbed();
    const { failure } = await reissue(vault, "wait");
    expect(failure?.code).toBe("KVC_NOT_OURS");
    expect(vault.requests).toHaveLength(1);
  });
});

describe("a request that was waited for and is gone", () => {
  /** Something happens to our request at the first look. */
  async function whileWaiting(happens: (vault: ModelVault) => void) {
    const vault = new ModelVault(materials);
    vault.behaviour.outcome = "never";
    vault.before("getOperation", () => happens(vault));
    return { vault, ...(await runTo(vault)) };
  }

  test("leaves the name to a stranger that has taken it meanwhile", async () => {
    const { failure } = await whileWaiting((vault) => {
      vault.deletePending();
      vault.request(foreign);
    });
    expect(failure?.code).toBe("KVC_REQUEST_GONE");
    expect(failure?.message).toContain("in its place stands");
  });

  test("is followed by another of our own that fits, and no third is made", async () => {
    const { failure, vault } = await whileWaiting((model) => {
      model.deletePending();
      model.behaviour.outcome = "completed";
      model.request({ policy: policy(), tags: ourTags(), enabled: true });
    });
    expect(failure).toBeUndefined();
    expect(vault.requests).toHaveLength(2);
  });

  test("is followed by a version of our own that fits", async () => {
    const { failure, vault } = await whileWaiting((model) => {
      model.deletePending();
      model.seed(ourTags(), policy());
    });
    expect(failure).toBeUndefined();
    expect(vault.count("createCertificate")).toBe(1);
  });
});

describe("a chain for a request that its issuer has not signed", () => {
  test.each(["failed", "cancelled"] as const)(
    "is merged after it %s, and nothing is ordered",
    async (outcome) => {
      const vault = new ModelVault(materials);
      vault.behaviour.outcome = outcome;
      await runTo(vault, { policy: digiCert });
      const [material] = materials;
      if (material === undefined) throw new Error("no material");
      const request = { requestId: vault.pending?.operation.requestId ?? "", unfinished: false };
      const generation = generationOf(wanted({ policy: digiCert }));
      const memory = someMemory({ generation: undefined, request: { ...request, generation } });
      const chain = await authority.chainFor(material.keys);
      const { failure } = await runTo(vault, { policy: digiCert, chain }, { memory });
      expect(failure).toBeUndefined();
      expect(writes(vault)).toEqual(["mergeCertificate"]);
      expect(vault.versions).toBe(1);
    },
  );
});

describe("a name that is soft-deleted", () => {
  function deleted(tags: Readonly<Record<string, string>> = ourTags()): ModelVault {
    const vault = vaultWith(tags);
    vault.deleteNow();
    return vault;
  }

  test("is recovered, and what fits is kept", async () => {
    const vault = deleted();
    const version = vault.stored?.version;
    const { failure, run } = await runTo(vault);
    expect(failure).toBeUndefined();
    expect(writes(vault)).toEqual(["createCertificate", "recoverDeletedCertificate"]);
    expect(vault.current?.version).toBe(version);
    expect(run.infos.join()).toContain("recovering");
  });

  test("is recovered, and gets a new version where it does not fit", async () => {
    const vault = deleted();
    expect((await runTo(vault, { reissue: 2 })).failure).toBeUndefined();
    expect(vault.versions).toBe(2);
  });

  test("is purged with onSoftDeleted purge, and made anew", async () => {
    const vault = deleted();
    expect((await runTo(vault, { onSoftDeleted: "purge" })).failure).toBeUndefined();
    expect(vault.count("purgeDeletedCertificate")).toBe(1);
    expect(vault.versions).toBe(1);
  });

  test("is waited for while its deletion goes on, and then recovered", async () => {
    const vault = vaultWith();
    await vault.deleteCertificate("web");
    const { failure, run } = await runTo(vault);
    expect(failure).toBeUndefined();
    expect(run.progress.join()).toContain("the deletion of this name's certificate to end");
    expect(vault.stage).toBe("live");
  });

  test("is waited for while somebody else recovers it", async () => {
    const vault = deleted();
    await vault.recoverDeletedCertificate("web");
    const { failure } = await runTo(vault);
    expect(failure).toBeUndefined();
    expect(vault.versions).toBe(1);
  });

  test.each(["recover", "purge"] as const)(
    "and belongs to a stranger is left as it is with onSoftDeleted %s, but for adopt",
    async (onSoftDeleted) => {
      const vault = deleted(strangersTags);
      expect((await runTo(vault, { onSoftDeleted })).failure?.code).toBe("KVC_SOFT_DELETED_NOT_OURS");
      expect(vault.stage).toBe("deleted");
      expect((await runTo(vault, { onSoftDeleted, adopt: true })).failure).toBeUndefined();
      expect(vault.current?.tags).toEqual(ourTags());
    },
  );

  test("of a protected vault cannot be purged, and this is said with the date", async () => {
    const vault = new ModelVault(materials);
    vault.behaviour.recoveryLevel = "Recoverable";
    vault.seed(ourTags(), policy());
    vault.deleteNow();
    const { failure } = await runTo(vault, { onSoftDeleted: "purge" });
    expect(failure?.code).toBe("KVC_CANNOT_PURGE");
    expect(vault.count("purgeDeletedCertificate")).toBe(0);
  });
});
