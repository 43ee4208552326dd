import { bring } from "../../../provider/lifecycle/bring";
import { remove } from "../../../provider/lifecycle/removal";
import { beginning, type Memory } from "../../../provider/lifecycle/situation";
import type { Wanted } from "../../../provider/lifecycle/wanted";
import { policy } from "../build/certificate";
import { inFakeTime, startOfTime, timersLeft, useFakeTime, useRealTime } from "../build/fake-time";
import { makeMaterials, type Material } from "../build/materials";
import { conflict, refused } from "../build/model-errors";
import { ModelVault } from "../build/model-vault";
import { type TestRun, testRun } from "../build/run";
import { markOf, memory, ourTags, strangersTags, wanted } from "../build/situation";

let materials: Material[];

beforeAll(async () => {
  materials = await makeMaterials(2);
});
beforeEach(useFakeTime);
afterEach(useRealTime);

const digiCert = policy({ issuerName: "DigiCert" });

async function made(changes: Partial<Wanted> = {}): Promise<ModelVault> {
  const vault = new ModelVault(materials);
  const what = wanted(changes);
  await inFakeTime(bring(beginning(what, markOf(what), undefined, 0), testRun(vault)));
  vault.calls.length = 0;
  return vault;
}

/** A vault with a request in progress, and what the state remembers of it. */
async function requested(changes: Partial<Wanted> = {}): Promise<{ vault: ModelVault; memory: Memory }> {
  const vault = new ModelVault(materials);
  vault.behaviour.outcome = "never";
  const what = wanted(changes);
  const run = testRun(vault, { timeoutMs: 3000 });
  const { situation: s } = await inFakeTime(bring(beginning(what, markOf(what), undefined, 0), run));
  if (s.operation === undefined || s.operation === "absent") throw new Error("nothing was requested");
  vault.calls.length = 0;
  const { requestId } = s.operation;
  const request = { requestId, generation: s.mark.generation, unfinished: true };
  return { vault, memory: memory({ request }) };
}

async function removeFrom(
  vault: ModelVault,
  {
    changes = {},
    known = memory({ request: undefined }),
    purge = false,
    run = testRun(vault, { option: "delete", timeoutMs: 600_000 }),
  }: { changes?: Partial<Wanted>; known?: Memory; purge?: boolean; run?: TestRun } = {},
) {
  const what = wanted(changes);
  const failure = await inFakeTime(remove(beginning(what, markOf(what), known, 0), run, { purge }));
  return { failure, run };
}

describe("the removal of a certificate", () => {
  test("deletes it, and leaves it to the service to end that", async () => {
    const vault = await made();
    expect((await removeFrom(vault)).failure).toBeUndefined();
    expect(vault.calls).toEqual(["getCertificate", "getOperation", "getCertificate", "deleteCertificate"]);
    expect(vault.stage).toBe("beingDeleted");
  });

  test("leaves what a stranger's request has given between the two looks, and warns", async () => {
    const vault = await made();
    vault.behaviour.looks = 1;
    vault.request({ policy: policy(), tags: strangersTags, enabled: true });
    const { failure, run } = await removeFrom(vault);
    expect(failure).toBeUndefined();
    expect(vault.calls).toEqual(["getCertificate", "getOperation", "getCertificate"]);
    expect(run.warnings.join()).toMatch(/certificate "web".*another owner/);
  });

  test("looks no more than it must where the request is the one that the state knows", async () => {
    const vault = await made();
    const requestId = vault.pending?.operation.requestId ?? "";
    const request = { requestId, generation: markOf(wanted()).generation, unfinished: false };
    await removeFrom(vault, { known: memory({ request }) });
    expect(vault.calls).toEqual(["getCertificate", "getOperation", "deleteCertificate"]);
  });

  test("is done where there is nothing", async () => {
    const vault = new ModelVault(materials);
    expect((await removeFrom(vault)).failure).toBeUndefined();
    expect(vault.calls).toEqual(["getCertificate"]);
  });

  test("deletes a certificate without a tag, as the state vouches for it", async () => {
    const vault = new ModelVault(materials);
    vault.seed({}, policy());
    expect((await removeFrom(vault)).failure).toBeUndefined();
    expect(vault.count("deleteCertificate")).toBe(1);
  });

  test("leaves a stranger's certificate, and warns", async () => {
    const vault = new ModelVault(materials);
    vault.seed(strangersTags, policy());
    const { failure, run } = await removeFrom(vault);
    expect(failure).toBeUndefined();
    expect(vault.calls).toEqual(["getCertificate"]);
    expect(run.warnings.join()).toMatch(/certificate "web".*another owner/);
  });

  test("leaves the replacement that was made under the same name before it, and says so", async () => {
    const vault = new ModelVault(materials);
    vault.seed(ourTags(wanted(), { incarnation: "ffffffff" }), policy());
    const { failure, run } = await removeFrom(vault);
    expect(failure).toBeUndefined();
    expect(vault.current?.cer).toBeDefined();
    expect([...run.infos, ...run.warnings].join()).toContain('certificate "web"');
  });

  /** A version that the state knows, with that mark, and a younger one as it comes of a request of before or by Key Vault itself. */
  async function overtaken(changes: Parameters<typeof ourTags>[1]) {
    const vault = new ModelVault(materials);
    vault.seed(ourTags(wanted(), changes), policy());
    const version = vault.current?.version;
    vault.seed(ourTags(), policy());
    return { vault, ...(await removeFrom(vault, { known: memory({ request: undefined, version }) })) };
  }

  test("leaves a younger version than the state knows where a replacement has taken over that one", async () => {
    const { vault, failure, run } = await overtaken({ incarnation: "ffffffff" });
    expect(failure).toBeUndefined();
    expect(vault.calls).toEqual(["getCertificate", "getCertificateVersion"]);
    expect(run.infos.join()).toContain("the replacement of this resource has it now");
  });

  test("deletes a younger version than the state knows where nobody has taken over that one", async () => {
    const { vault, failure } = await overtaken({});
    expect(failure).toBeUndefined();
    expect(vault.stage).toBe("beingDeleted");
  });

  test("says what the vault refused, as a value", async () => {
    const vault = await made();
    vault.fail("deleteCertificate", refused("KVC_FORBIDDEN", 403));
    expect((await removeFrom(vault)).failure?.code).toBe("KVC_FORBIDDEN");
  });

  test("tells a failure of our own as one", async () => {
    const vault = await made();
    vault.fail("deleteCertificate", new TypeError("a mistake in the code"));
    const { failure } = await removeFrom(vault);
    expect(failure?.code).toBe("KVC_UNEXPECTED");
    expect(failure?.message).toContain("a mistake in the code");
  });

  test("waits where the service is still changing something of the certificate", async () => {
    const vault = await made();
    vault.fail("deleteCertificate", conflict("pendingConflict"));
    expect((await removeFrom(vault)).failure).toBeUndefined();
    expect(vault.stage).toBe("beingDeleted");
  });
});

describe("the removal of a certificate with a request in progress", () => {
  test("cancels the request, waits until it is, and deletes both", async () => {
    const { vault, memory: known } = await requested({ policy: digiCert });
    vault.behaviour.cancellationLooks = 3;
    const { failure, run } = await removeFrom(vault, { changes: { policy: digiCert }, known });
    expect(failure).toBeUndefined();
    const writes = vault.calls.filter((call) => !call.startsWith("get"));
    expect(writes).toEqual(["cancelOperation", "deleteCertificate"]);
    expect(run.progress.join()).toContain("DigiCert to cancel");
    expect(timersLeft()).toBe(0);
  });

  test.each(["ignored", "refused"] as const)(
    "deletes a request whose cancellation is %s, and warns that it may be billed",
    async (cancellation) => {
      const { vault, memory: known } = await requested({ policy: digiCert });
      vault.behaviour.cancellation = cancellation;
      const { failure, run } = await removeFrom(vault, { changes: { policy: digiCert }, known });
      expect(failure).toBeUndefined();
      const writes = vault.calls.filter((call) => !call.startsWith("get"));
      expect(writes).toEqual(["cancelOperation", "deleteOperation", "deleteCertificate"]);
      expect(run.warnings.join()).toContain("may still be issued and billed");
      expect(Date.now() - startOfTime).toBeLessThan(2 * 60_000);
    },
  );

  test("deletes a request at issuer Unknown at once: nobody works on it", async () => {
    const unknown = policy({ issuerName: "Unknown" });
    const { vault, memory: known } = await requested({ policy: unknown });
    const { failure, run } = await removeFrom(vault, { changes: { policy: unknown }, known });
    expect(failure).toBeUndefined();
    expect(vault.calls).toEqual(["getCertificate", "getOperation", "deleteOperation", "deleteCertificate"]);
    expect(run.warnings).toEqual([]);
  });

  test("goes on where the issuer was faster than the cancellation", async () => {
    const { vault, memory: known } = await requested();
    vault.before("cancelOperation", () => vault.end("completed"));
    expect((await removeFrom(vault, { known })).failure).toBeUndefined();
    expect(vault.stage).toBe("beingDeleted");
  });

  test("goes on where the service is still changing the pending object", async () => {
    const { vault, memory: known } = await requested({ policy: digiCert });
    vault.behaviour.cancellation = "refused";
    vault.fail("deleteOperation", conflict("pendingConflict"));
    const { failure } = await removeFrom(vault, { changes: { policy: digiCert }, known });
    expect(failure).toBeUndefined();
  });

  test("writes nothing more once the engine is gone", async () => {
    const { vault, memory: known } = await requested({ policy: digiCert });
    vault.behaviour.cancellation = "ignored";
    const run = testRun(vault, { option: "delete" });
    setTimeout(() => run.endEngine(), 3000);
    const { failure } = await removeFrom(vault, { changes: { policy: digiCert }, known, run });
    expect(failure?.code).toBe("KVC_ENGINE_GONE");
    expect(vault.stage).toBe("live");
    expect(vault.count("deleteOperation")).toBe(0);
  });
});

describe("a removal that also purges", () => {
  test("waits for the deletion, purges, and waits until the name is free", async () => {
    const vault = await made();
    const { failure } = await removeFrom(vault, { purge: true });
    expect(failure).toBeUndefined();
    const writes = vault.calls.filter((call) => !call.startsWith("get"));
    expect(writes).toEqual(["deleteCertificate", "purgeDeletedCertificate"]);
    expect(vault.stage).toBe("live");
    expect(vault.current).toBeUndefined();
    expect(timersLeft()).toBe(0);
  });

  test("warns, and ends well, where the vault is protected against purges", async () => {
    const vault = new ModelVault(materials);
    vault.behaviour.recoveryLevel = "Recoverable";
    vault.seed(ourTags(), policy());
    const { failure, run } = await removeFrom(vault, { purge: true });
    expect(failure).toBeUndefined();
    expect(vault.count("purgeDeletedCertificate")).toBe(0);
    expect(run.warnings.join()).toMatch(/cannot be purged.*Recoverable/);
  });

  test("that does not end in time says what it waited for", async () => {
    const vault = await made();
    vault.behaviour.deletionLooks = Number.POSITIVE_INFINITY;
    const run = testRun(vault, { option: "delete", timeoutMs: 30_000 });
    const { failure } = await removeFrom(vault, { purge: true, run });
    expect(failure?.code).toBe("KVC_TIMED_OUT");
    expect(failure?.message).toContain("the deletion was to end within 30 s");
    expect(failure?.message).toContain("customTimeouts.delete");
    expect(failure?.message).not.toContain("unknown");
  });

  test("that does not end in time says that it was the purge, where it was", async () => {
    const vault = await made();
    vault.before("purgeDeletedCertificate", () => {
      vault.behaviour.deletionLooks = Number.POSITIVE_INFINITY;
    });
    const run = testRun(vault, { option: "delete", timeoutMs: 30_000 });
    const { failure } = await removeFrom(vault, { purge: true, run });
    expect(failure?.message).toContain("the purge was to end within 30 s");
  });

  test.each([
    ["a stranger's without a tag", {}],
    ["a second one of this stack", ourTags(wanted(), { incarnation: "ffffffff" })],
  ])("leaves what takes the freed name at once: %s", async (_, tags) => {
    const vault = await made();
    const version = vault.current?.version;
    vault.seed(ourTags(), policy());
    const purge = vault.purgeDeletedCertificate.bind(vault);
    vault.purgeDeletedCertificate = async (name, options) => {
      await purge(name, options);
      vault.clear();
      vault.seed(tags, policy({ subject: "CN=other" }));
    };
    const known = memory({ request: undefined, version });
    const { failure } = await removeFrom(vault, { purge: true, known });
    expect(failure).toBeUndefined();
    const writes = vault.calls.filter((call) => !call.startsWith("get"));
    expect(writes).toEqual(["deleteCertificate", "purgeDeletedCertificate"]);
    expect(vault.current?.cer).toBeDefined();
  });

  test("that meets the deletion of an earlier one does not take it for ended when its own time is up", async () => {
    const vault = await made();
    vault.behaviour.deletionLooks = Number.POSITIVE_INFINITY;
    const within30s = async () => {
      const run = testRun(vault, { option: "delete", timeoutMs: 30_000 });
      return (await removeFrom(vault, { purge: true, run })).failure?.code;
    };
    expect([await within30s(), await within30s()]).toEqual(["KVC_TIMED_OUT", "KVC_TIMED_OUT"]);
    expect(vault.count("deleteCertificate")).toBe(1);
  });

  async function interrupted() {
    const vault = await made();
    vault.behaviour.deletionLooks = 20;
    const run = testRun(vault, { option: "delete", timeoutMs: 5000 });
    expect((await removeFrom(vault, { purge: true, run })).failure?.code).toBe("KVC_TIMED_OUT");
    return vault;
  }

  test("and was interrupted after its deletion is ended by the next one", async () => {
    const vault = await interrupted();
    vault.stage = "deleted";
    expect((await removeFrom(vault, { purge: true })).failure).toBeUndefined();
    expect(vault.count("purgeDeletedCertificate")).toBe(1);
  });

  test("and was interrupted during its deletion is ended by the next one", async () => {
    const vault = await interrupted();
    expect((await removeFrom(vault, { purge: true })).failure).toBeUndefined();
    expect(vault.count("purgeDeletedCertificate")).toBe(1);
  });

  test("writes nothing more once the engine is gone", async () => {
    const vault = await made();
    const run = testRun(vault, { option: "delete" });
    vault.before("getDeletedCertificate", () => run.endEngine());
    const { failure } = await removeFrom(vault, { purge: true, run });
    expect(failure?.code).toBe("KVC_ENGINE_GONE");
    expect(vault.count("purgeDeletedCertificate")).toBe(0);
  });
});
