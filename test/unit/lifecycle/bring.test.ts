import { X509Certificate } from "node:crypto";
import { bring, type Settled } from "../../../provider/lifecycle/bring";
import { readMark } from "../../../provider/lifecycle/ownership";
import { beginning, type Memory, type Situation } from "../../../provider/lifecycle/situation";
import { generationOf } from "../../../provider/lifecycle/generation";
import type { Wanted } from "../../../provider/lifecycle/wanted";
import { policy } from "../build/certificate";
import { inFakeTime, timersLeft, useFakeTime, useRealTime } from "../build/fake-time";
import { makeAuthority, makeMaterials, type Material } from "../build/materials";
import { conflict, refused, replyLost, unreachable } from "../build/model-errors";
import { ModelVault } from "../build/model-vault";
import { type TestRun, testRun } from "../build/run";
import { incarnation, markOf, ourTags, strangersTags, wanted } from "../build/situation";

let materials: Material[];
let authority: Awaited<ReturnType<typeof makeAuthority>>;

beforeAll(async () => {
  materials = [...(await makeMaterials(3)), ...(await makeMaterials(3, "P-384"))];
  authority = await makeAuthority();
});
beforeEach(useFakeTime);
afterEach(useRealTime);

const unknown = policy({ issuerName: "Unknown" });
const anotherSubject = policy({ issuerName: "Unknown", subject: "CN=another.example" });
const digiCert = policy({ issuerName: "DigiCert" });

const signer: Wanted["signer"] = { command: ["sign"] };

interface Attempt extends Settled {
  readonly run: TestRun;
}

/** One run to its end, in a vault, with what an earlier run left. */
async function runTo(
  vault: ModelVault,
  changes: Partial<Wanted> = {},
  { memory, run = testRun(vault) }: { memory?: Memory | undefined; run?: TestRun } = {},
): Promise<Attempt> {
  const what = wanted(changes);
  const start = beginning(what, markOf(what), memory, 0);
  return { ...(await inFakeTime(bring(start, run))), run };
}

/** What the state remembers after a run that was for `changes`. */
function remembered({ situation: s }: Settled): Memory {
  const seen = s.operation === undefined || s.operation === "absent" ? undefined : s.operation;
  return {
    incarnation,
    generation: s.mark.generation,
    request: seen && {
      requestId: seen.requestId,
      generation: s.mark.generation,
      unfinished: seen.status === "inProgress",
    },
  };
}

function certificateOf({ situation: s }: { situation: Situation }) {
  if (s.certificate === undefined || s.certificate === "absent") throw new Error("no certificate was seen");
  return s.certificate;
}

/** The first certificate of a PEM chain: DER in base64. */
const leafOf = (chain: string) => new X509Certificate(chain).raw.toString("base64");

const writes = (vault: ModelVault) => vault.calls.filter((call) => !call.startsWith("get"));

describe("bringing a certificate about from nothing", () => {
  test("at Self takes a lookup, the order, the looks and a read, and leaves no timer", async () => {
    const vault = new ModelVault(materials);
    const { failure, situation: s, run } = await runTo(vault);
    expect(failure).toBeUndefined();
    expect(vault.calls).toEqual([
      "getCertificate",
      "createCertificate",
      "getOperation",
      "getOperation",
      "getCertificate",
    ]);
    expect(certificateOf({ situation: s })).toMatchObject({ enabled: true, tags: ourTags() });
    expect(vault.versions).toBe(1);
    expect(run.warnings).toEqual([]);
    expect(timersLeft()).toBe(0);
  });

  test("shows while it waits for whom, since when and when it looks again", async () => {
    const vault = new ModelVault(materials);
    vault.behaviour.looks = 5;
    const { run } = await runTo(vault);
    expect(run.progress).toContain("waiting for Self, 4 s, next look in 1 s");
  });

  test("at issuer Unknown ends with a CSR, and does not wait", async () => {
    const vault = new ModelVault(materials);
    const { failure, reason, situation: s } = await runTo(vault, { policy: unknown });
    expect(failure).toBeUndefined();
    expect(reason).toBe("NotWaitedFor");
    expect(s.operation).toMatchObject({ status: "inProgress", csr: materials[0]?.csr });
    expect(vault.calls).toEqual(["getCertificate", "createCertificate"]);
  });

  test("at issuer Unknown fails where a chain is demanded, and the request is known", async () => {
    const vault = new ModelVault(materials);
    const { failure, situation: s } = await runTo(vault, { policy: unknown, waitForCompletion: true });
    expect(failure?.code).toBe("KVC_WAITING_FOR_CHAIN");
    expect(s.progress.accepted).toBe(true);
  });

  test("at an issuer that need not be waited for ends once the request is accepted", async () => {
    const vault = new ModelVault(materials);
    vault.behaviour.outcome = "never";
    const { failure } = await runTo(vault, { policy: digiCert, waitForCompletion: false });
    expect(failure).toBeUndefined();
    expect(vault.count("getOperation")).toBe(0);
  });

  test("keeps a certificate disabled where it is not to be used", async () => {
    const vault = new ModelVault(materials);
    await runTo(vault, { enabled: false });
    expect(vault.current?.enabled).toBe(false);
    expect(vault.count("updateCertificate")).toBe(0);
  });

  test("writes no mark where there is to be none", async () => {
    const vault = new ModelVault(materials);
    await runTo(vault, { ownershipTag: false, tags: { team: "web" } });
    expect(vault.current?.tags).toEqual({ team: "web" });
  });
});

describe("a chain for a request at issuer Unknown", () => {
  async function requested(wanted = unknown) {
    const vault = new ModelVault(materials);
    const first = await runTo(vault, { policy: wanted });
    vault.calls.length = 0;
    return { vault, memory: remembered(first) };
  }

  async function chainOf(material: Material | undefined): Promise<string> {
    if (material === undefined) throw new Error("no material");
    return authority.chainFor(material.keys);
  }

  test("is merged, leaf first and without its root, with our mark and no second order", async () => {
    const { vault, memory } = await requested();
    const chain = await chainOf(materials[0]);
    const { failure, situation: s } = await runTo(vault, { policy: unknown, chain }, { memory });
    expect(failure).toBeUndefined();
    expect(vault.calls).toEqual(["getCertificate", "getOperation", "mergeCertificate"]);
    expect(s).toMatchObject({ chain: { kind: "merged" }, operation: { status: "completed" } });
    expect(readMark(certificateOf({ situation: s }).tags)?.generation).toBe(s.mark.generation);
  });

  test("is taken for merged where a run that was killed has its merge carried out between look and merge", async () => {
    const { vault, memory } = await requested();
    const chain = await chainOf(materials[0]);
    vault.before("mergeCertificate", () => vault.merge({ x5c: [leafOf(chain)], tags: ourTags() }));
    const { failure, situation: s, run } = await runTo(vault, { policy: unknown, chain }, { memory });
    expect(failure).toBeUndefined();
    expect(s).toMatchObject({ chain: { kind: "merged" }, operation: { status: "completed" } });
    expect(vault.versions).toBe(1);
    expect(run.progress.at(-1)).toBe("chain merged");
  });

  test("is merged once another change of the request, which the vault names in a 409, has passed", async () => {
    const { vault, memory } = await requested();
    vault.fail("mergeCertificate", conflict("pendingConflict"));
    const chain = await chainOf(materials[0]);
    const { failure, situation: s } = await runTo(vault, { policy: unknown, chain }, { memory });
    expect(failure).toBeUndefined();
    expect(s.chain).toEqual({ kind: "merged" });
    expect(writes(vault)).toEqual(["mergeCertificate", "mergeCertificate"]);
  });

  test("has what it departs in from the policy told once, though the vault has the merge wait", async () => {
    const { vault, memory } = await requested(anotherSubject);
    vault.fail("mergeCertificate", conflict("pendingConflict"));
    const chain = await chainOf(materials[0]);
    const { failure, run } = await runTo(vault, { policy: anotherSubject, chain }, { memory });
    expect(failure).toBeUndefined();
    expect(vault.count("mergeCertificate")).toBe(2);
    expect(run.warnings).toEqual([expect.stringContaining("departs from policy.subject:")]);
  });

  test("has what it departs in from the policy told, though the order before it had to wait", async () => {
    const vault = new ModelVault(materials);
    vault.fail("createCertificate", conflict("pendingConflict"));
    const signed = await chainOf(materials[0]);
    const run = testRun(vault, { sign: () => Promise.resolve(signed) });
    const { failure } = await runTo(vault, { policy: anotherSubject, signer }, { run });
    expect(failure).toBeUndefined();
    expect(run.warnings).toEqual([expect.stringContaining("departs from policy.subject:")]);
  });

  test.each(["KVC_NOT_FOUND", "KVC_BAD_REQUEST", "KVC_FORBIDDEN"] as const)(
    "that is refused with %s tells of the request's end, where it was deleted between look and merge",
    async (code) => {
      const { vault, memory } = await requested();
      vault.before("mergeCertificate", () => {
        vault.pending = undefined;
        throw refused(code, 400);
      });
      const chain = await chainOf(materials[0]);
      const { failure } = await runTo(vault, { policy: unknown, chain }, { memory });
      expect(failure?.code).toBe("KVC_REQUEST_GONE");
      expect(writes(vault)).toEqual(["mergeCertificate"]);
    },
  );

  test("that a signer wrote is no failure where another run has merged its own meanwhile", async () => {
    const { vault, memory } = await requested();
    const [ours, theirs] = [await chainOf(materials[0]), await chainOf(materials[0])];
    vault.before("mergeCertificate", () => vault.merge({ x5c: [leafOf(theirs)], tags: ourTags() }));
    const run = testRun(vault, { sign: () => Promise.resolve(ours) });
    const { failure } = await runTo(vault, { policy: unknown, signer }, { memory, run });
    expect(failure).toBeUndefined();
    expect(vault.versions).toBe(1);
  });

  test("is merged by the run that has made the request, also where the vault has it wait", async () => {
    const { vault, memory } = await requested();
    const first = await runTo(vault, { policy: unknown, chain: await chainOf(materials[0]) }, { memory });
    vault.fail("mergeCertificate", conflict("pendingConflict"));
    const signed = await chainOf(materials[1]);
    const run = testRun(vault, { sign: () => Promise.resolve(signed) });
    const wish = { policy: unknown, signer, reissue: 2 };
    const { failure } = await runTo(vault, wish, { memory: remembered(first), run });
    expect(failure).toBeUndefined();
    expect(vault.count("createCertificate")).toBe(1);
    expect(vault.versions).toBe(2);
  });

  test("that is refused though its request waits as before is told in the service's words, and not sent again", async () => {
    const { vault, memory } = await requested();
    vault.fail("mergeCertificate", refused("KVC_BAD_REQUEST", 400));
    const { failure } = await runTo(
      vault,
      { policy: unknown, chain: await chainOf(materials[0]) },
      { memory },
    );
    expect(failure?.code).toBe("KVC_BAD_REQUEST");
    expect(writes(vault)).toEqual(["mergeCertificate"]);
  });

  test("is merged in the run that made the request, where it answers it already", async () => {
    const vault = new ModelVault(materials);
    const { failure } = await runTo(vault, { policy: unknown, chain: await chainOf(materials[0]) });
    expect(failure).toBeUndefined();
    expect(vault.versions).toBe(1);
  });

  test("is left alone once it is the current version", async () => {
    const { vault, memory } = await requested();
    const chain = await chainOf(materials[0]);
    const merged = await runTo(vault, { policy: unknown, chain }, { memory });
    vault.calls.length = 0;
    const again = await runTo(vault, { policy: unknown, chain }, { memory: remembered(merged) });
    expect(again.failure).toBeUndefined();
    expect(writes(vault)).toEqual([]);
  });

  test("for another key is refused before anything is sent, and the request lives on", async () => {
    const { vault, memory } = await requested();
    const chain = await chainOf(materials[1]);
    const { failure } = await runTo(vault, { policy: unknown, chain }, { memory });
    expect(failure?.code).toBe("KVC_CHAIN_WRONG_KEY");
    expect(writes(vault)).toEqual([]);
    expect(vault.pending?.operation.status).toBe("inProgress");
  });

  test("that belongs to no request and to no version is refused", async () => {
    const { vault, memory } = await requested();
    const merged = await runTo(vault, { policy: unknown, chain: await chainOf(materials[0]) }, { memory });
    const chain = await chainOf(materials[2]);
    const again = await runTo(vault, { policy: unknown, chain }, { memory: remembered(merged) });
    expect(again.failure?.code).toBe("KVC_CHAIN_WITHOUT_REQUEST");
  });

  test("of the current version does not stand in the way of a reissue", async () => {
    const { vault, memory } = await requested();
    const chain = await chainOf(materials[0]);
    const merged = await runTo(vault, { policy: unknown, chain }, { memory });
    const reissued = await runTo(
      vault,
      { policy: unknown, chain, reissue: 2 },
      { memory: remembered(merged) },
    );
    expect(reissued.failure).toBeUndefined();
    expect(reissued.reason).toBe("NotWaitedFor");
    expect(vault.pending?.operation.status).toBe("inProgress");
  });

  test("never reaches a log line or an error with a key in it", async () => {
    const { vault, memory } = await requested();
    const key = materials[0]?.keys.node.export({ type: "pkcs8", format: "pem" }) as string;
    const { failure, run } = await runTo(vault, { policy: unknown, chain: key }, { memory });
    expect(failure?.code).toBe("KVC_CHAIN_PRIVATE_KEY");
    const secret = key.split("\n")[1] ?? "";
    expect(JSON.stringify([failure?.message, run.progress, run.warnings])).not.toContain(secret);
  });
});

describe("a run after one that was interrupted", () => {
  test("goes on with the request of the placeholder that bears our mark, and orders no other", async () => {
    const vault = new ModelVault(materials);
    vault.behaviour.outcome = "never";
    await runTo(vault, {}, { run: testRun(vault, { timeoutMs: 5000 }) });
    vault.calls.length = 0;
    if (vault.pending !== undefined) vault.pending.outcome = "completed";
    const { failure } = await runTo(vault);
    expect(failure).toBeUndefined();
    expect(vault.count("createCertificate")).toBe(0);
    expect(vault.versions).toBe(1);
  });

  test("finds its version where the request has completed meanwhile, and writes nothing", async () => {
    const vault = new ModelVault(materials);
    vault.behaviour.outcome = "never";
    await runTo(vault, {}, { run: testRun(vault, { timeoutMs: 5000 }) });
    vault.end("completed");
    vault.calls.length = 0;
    const { failure } = await runTo(vault);
    expect(failure).toBeUndefined();
    expect(writes(vault)).toEqual([]);
  });

  test("orders once more where the earlier request has failed meanwhile", async () => {
    const vault = new ModelVault(materials);
    vault.behaviour.outcome = "failed";
    expect((await runTo(vault)).failure?.code).toBe("KVC_REQUEST_FAILED");
    vault.behaviour.outcome = "completed";
    const { failure } = await runTo(vault);
    expect(failure).toBeUndefined();
    expect(vault.count("createCertificate")).toBe(2);
    expect(vault.versions).toBe(1);
  });

  test("picks up a renewal of its own though the state was lost", async () => {
    const vault = new ModelVault(materials);
    const first = await runTo(vault, { policy: digiCert });
    const bigger = policy({ issuerName: "DigiCert", keyType: "EC", keyCurveName: "P-384" });
    vault.behaviour.outcome = "never";
    const memory = remembered(first);
    await runTo(vault, { policy: bigger }, { memory, run: testRun(vault, { timeoutMs: 5000 }) });
    if (vault.pending !== undefined) vault.pending.outcome = "completed";
    const { failure } = await runTo(vault, { policy: bigger }, { memory });
    expect(failure).toBeUndefined();
    expect(vault.versions).toBe(2);
    expect(vault.count("createCertificate")).toBe(3);
    expect(vault.current?.tags).toEqual(ourTags(wanted({ policy: bigger })));
  });

  test("looks before it orders again where the reply to the order was lost, and the order was accepted", async () => {
    const vault = new ModelVault(materials);
    vault.fail("createCertificate", replyLost(), { after: true });
    const { failure } = await runTo(vault);
    expect(failure).toBeUndefined();
    expect(vault.calls.slice(0, 4)).toEqual([
      "getCertificate",
      "createCertificate",
      "getCertificate",
      "getOperation",
    ]);
    expect(vault.count("createCertificate")).toBe(1);
  });

  test("orders again where the order was not accepted, but gives up after a second lost reply", async () => {
    const vault = new ModelVault(materials);
    vault.fail("createCertificate", replyLost());
    expect((await runTo(vault)).failure).toBeUndefined();
    const other = new ModelVault(materials);
    other.fail("createCertificate", replyLost());
    other.fail("createCertificate", replyLost());
    const { failure } = await runTo(other);
    expect(failure?.code).toBe("KVC_OUTCOME_UNKNOWN");
    expect(other.count("createCertificate")).toBe(2);
  });
});

describe("a version that there is", () => {
  async function existing(changes: Partial<Wanted> = {}) {
    const vault = new ModelVault(materials);
    const first = await runTo(vault, changes);
    vault.calls.length = 0;
    return { vault, memory: remembered(first), version: vault.current?.version };
  }

  test("stays without a single write where it fits", async () => {
    const { vault, memory, version } = await existing();
    const { failure, reason } = await runTo(vault, {}, { memory });
    expect({ failure, reason }).toEqual({ failure: undefined, reason: "Fits" });
    expect(vault.calls).toEqual(["getCertificate"]);
    expect(vault.current?.version).toBe(version);
  });

  test("is followed by another under the same name where reissue changes", async () => {
    const { vault, memory, version } = await existing();
    const { failure } = await runTo(vault, { reissue: "now" }, { memory });
    expect(failure).toBeUndefined();
    expect(vault.versions).toBe(2);
    expect(vault.current?.version).not.toBe(version);
  });

  test.each([
    ["its tags", { tags: { team: "web" } }, ["updateCertificate"]],
    ["its enabled flag", { enabled: false }, ["updateCertificate"]],
    [
      "its lifetime actions",
      { policy: policy({ lifetimeActions: [{ action: "EmailContacts", daysBeforeExpiry: 30 }] }) },
      ["updatePolicy"],
    ],
  ] as const)("is patched, and not made anew, where %s change", async (_, changes, expected) => {
    const { vault, memory, version } = await existing();
    const { failure } = await runTo(vault, changes, { memory });
    expect(failure).toBeUndefined();
    expect(writes(vault)).toEqual(expected);
    expect(vault.current?.version).toBe(version);
  });

  test("is renewed by Key Vault itself without a quarrel", async () => {
    const { vault, memory } = await existing();
    vault.seed(ourTags(), policy());
    const { failure } = await runTo(vault, {}, { memory });
    expect(failure).toBeUndefined();
    expect(writes(vault)).toEqual([]);
  });

  test("gets its default lifetime action back where the program no longer names one", async () => {
    const own = { policy: policy({ lifetimeActions: [{ action: "EmailContacts", daysBeforeExpiry: 30 }] }) };
    const { vault, memory } = await existing(own);
    const { failure } = await runTo(vault, {}, { memory });
    expect(failure).toBeUndefined();
    expect(vault.policy?.lifetimeActions).toEqual([{ action: "AutoRenew", lifetimePercentage: 80 }]);
  });

  test("keeps what a program without lifetime actions gets by default, also in a policy that drifted", async () => {
    const { vault, memory } = await existing();
    await vault.updatePolicy("web", { validityInMonths: 24 });
    const { failure } = await runTo(vault, {}, { memory });
    expect(failure).toBeUndefined();
    expect(vault.policy?.validityInMonths).toBe(12);
  });

  test("keeps its generation where a new one is refused", async () => {
    const { vault, memory } = await existing();
    vault.fail("createCertificate", refused("KVC_FORBIDDEN", 403));
    const { failure, situation: s } = await runTo(vault, { reissue: 2, tags: { team: "web" } }, { memory });
    expect(failure?.code).toBe("KVC_FORBIDDEN");
    expect(s.progress.accepted).toBe(false);
    expect(readMark(vault.current?.tags ?? {})?.generation).toBe(generationOf(wanted()));
  });
});

describe("a request that another policy supersedes", () => {
  test("is deleted and ordered anew where it waits for a chain", async () => {
    const vault = new ModelVault(materials);
    const first = await runTo(vault, { policy: unknown });
    const bigger = { ...unknown, keySize: 4096 };
    const { failure, run } = await runTo(vault, { policy: bigger }, { memory: remembered(first) });
    expect(failure).toBeUndefined();
    expect(writes(vault)).toEqual(["createCertificate", "deleteOperation", "createCertificate"]);
    expect(vault.pending?.operation.requestId).not.toBe(remembered(first).request?.requestId);
    expect(run.warnings).toEqual([]);
  });

  async function interrupted(vault: ModelVault, first: Partial<Wanted>): Promise<Memory> {
    const before = vault.behaviour.outcome;
    vault.behaviour.outcome = "never";
    const settled = await runTo(vault, first, { run: testRun(vault, { timeoutMs: 5000 }) });
    expect(settled.failure?.code).toBe("KVC_TIMED_OUT");
    vault.behaviour.outcome = before;
    vault.calls.length = 0;
    return remembered(settled);
  }

  test("is cancelled, its cancellation awaited, and then ordered anew at Self", async () => {
    const vault = new ModelVault(materials);
    const memory = await interrupted(vault, {});
    const { failure } = await runTo(vault, { policy: policy({ keySize: 4096 }) }, { memory });
    expect(failure).toBeUndefined();
    expect(writes(vault)).toEqual(["cancelOperation", "createCertificate"]);
    expect(vault.policy?.keySize).toBe(4096);
  });

  test.each(["ignored", "refused"] as const)(
    "is deleted where its cancellation is %s",
    async (cancellation) => {
      const vault = new ModelVault(materials);
      const memory = await interrupted(vault, { policy: digiCert });
      vault.behaviour.cancellation = cancellation;
      const changed = policy({ issuerName: "DigiCert", keySize: 4096 });
      const { failure, run } = await runTo(vault, { policy: changed }, { memory });
      expect(failure).toBeUndefined();
      expect(writes(vault)).toEqual(["cancelOperation", "deleteOperation", "createCertificate"]);
      expect(run.warnings).toHaveLength(1);
      expect(run.warnings[0]).toMatch(/issuer "DigiCert".*may still be issued and billed/);
      expect(run.warnings[0]).toContain(memory.request?.requestId);
    },
  );

  test("is let alone where it ended before its cancellation", async () => {
    const vault = new ModelVault(materials);
    const memory = await interrupted(vault, {});
    vault.before("cancelOperation", () => vault.end("completed"));
    const { failure } = await runTo(vault, { policy: policy({ keySize: 4096 }) }, { memory });
    expect(failure).toBeUndefined();
    expect(writes(vault)).toEqual(["cancelOperation", "createCertificate"]);
    expect(vault.versions).toBe(2);
  });

  test("leaves no order behind where the program goes back to the version that there is", async () => {
    const vault = new ModelVault(materials);
    const first = await runTo(vault);
    vault.behaviour.outcome = "never";
    const bigger = policy({ keySize: 4096 });
    const second = await runTo(
      vault,
      { policy: bigger },
      { memory: remembered(first), run: testRun(vault, { timeoutMs: 5000 }) },
    );
    const memory = { ...remembered(second), generation: generationOf(wanted()) };
    const { failure } = await runTo(vault, {}, { memory });
    expect(failure).toBeUndefined();
    expect(vault.pending?.operation.status).toBe("cancelled");
    expect(vault.versions).toBe(1);
    expect(vault.policy?.keySize).toBe(2048);
  });

  test("is deleted once more where the service is still changing it", async () => {
    const vault = new ModelVault(materials);
    const first = await runTo(vault, { policy: unknown });
    vault.fail("deleteOperation", conflict("pendingConflict"));
    const bigger = { ...unknown, keySize: 4096 };
    const { failure } = await runTo(vault, { policy: bigger }, { memory: remembered(first) });
    expect(failure).toBeUndefined();
    expect(vault.count("deleteOperation")).toBe(2);
  });
});

describe("a certificate of somebody else", () => {
  test.each([
    ["another resource", strangersTags, "KVC_NOT_OURS"],
    ["nobody", {}, "KVC_ALREADY_EXISTS"],
  ] as const)("that belongs to %s is left as it is", async (_, tags, code) => {
    const vault = new ModelVault(materials);
    vault.seed(tags, policy());
    const { failure, situation: s } = await runTo(vault);
    expect(failure?.code).toBe(code);
    expect(vault.calls).toEqual(["getCertificate"]);
    expect(s.progress.accepted).toBe(false);
  });

  test.each([
    ["another resource", strangersTags],
    ["nobody", {}],
  ])("that belongs to %s is taken over as it is where it fits, with adopt", async (_, tags) => {
    const vault = new ModelVault(materials);
    vault.seed(tags, policy());
    const { failure } = await runTo(vault, { adopt: true });
    expect(failure).toBeUndefined();
    expect(writes(vault)).toEqual(["updateCertificate"]);
    expect(vault.current?.tags).toEqual(ourTags());
    expect(vault.versions).toBe(1);
  });

  test("gets a new version with adopt where it does not fit", async () => {
    const vault = new ModelVault(materials);
    vault.seed(strangersTags, policy({ keySize: 4096 }));
    const { failure } = await runTo(vault, { adopt: true });
    expect(failure).toBeUndefined();
    expect(vault.versions).toBe(2);
    expect(vault.current?.tags).toEqual(ourTags());
  });

  test("that is being requested with another policy is not disturbed, though the name is ours", async () => {
    const vault = new ModelVault(materials);
    const first = await runTo(vault);
    vault.behaviour.outcome = "never";
    await vault.createCertificate("web", { policy: policy({ keySize: 3072 }) });
    vault.calls.length = 0;
    const { failure } = await runTo(vault, { reissue: 2 }, { memory: remembered(first) });
    expect(failure?.code).toBe("KVC_REQUEST_IN_PROGRESS");
    expect(writes(vault)).toEqual(["createCertificate"]);
    expect(vault.pending?.operation.status).toBe("inProgress");
  });
});

describe("an end that is not the wanted one", () => {
  test("failed: the issuer's words are in the error, and there was one order", async () => {
    const vault = new ModelVault(materials);
    vault.behaviour.outcome = "failed";
    const { failure, situation: s } = await runTo(vault, { policy: digiCert });
    expect(failure?.code).toBe("KVC_REQUEST_FAILED");
    expect(failure?.message).toContain("Request rejected: the domain is not validated");
    expect(s).toMatchObject({ operation: { status: "failed" }, progress: { accepted: true } });
    expect(vault.count("createCertificate")).toBe(1);
  });

  test("cancelled by somebody", async () => {
    const vault = new ModelVault(materials);
    vault.behaviour.outcome = "cancelled";
    expect((await runTo(vault)).failure?.code).toBe("KVC_REQUEST_CANCELLED");
    expect(vault.count("createCertificate")).toBe(1);
  });

  test("gone: somebody deleted the pending object", async () => {
    const vault = new ModelVault(materials);
    vault.behaviour.outcome = "never";
    vault.before("getOperation", () => (vault.pending = undefined));
    const { failure } = await runTo(vault);
    expect(failure?.code).toBe("KVC_REQUEST_GONE");
    expect(vault.count("createCertificate")).toBe(1);
  });

  test("a status that nobody knows", async () => {
    const vault = new ModelVault(materials);
    vault.before("getOperation", () => {
      if (vault.pending !== undefined) vault.pending.operation.status = "Paused";
    });
    const { failure } = await runTo(vault);
    expect(failure?.code).toBe("KVC_STATUS_UNKNOWN");
    expect(failure?.message).toContain("Paused");
  });

  test("the deadline: the request goes on without us", async () => {
    const vault = new ModelVault(materials);
    vault.behaviour.outcome = "never";
    const { failure, run } = await runTo(vault, {}, { run: testRun(vault, { timeoutMs: 60_000 }) });
    expect(failure?.code).toBe("KVC_TIMED_OUT");
    expect(failure?.retryable).toBe(true);
    expect(Date.now()).toBeLessThan(run.deadline.at + 1000);
    expect(timersLeft()).toBe(0);
  });

  test("the engine is gone: nothing more is written", async () => {
    const vault = new ModelVault(materials);
    vault.behaviour.outcome = "never";
    const run = testRun(vault);
    vault.before("getOperation", () => run.endEngine());
    const { failure } = await runTo(vault, {}, { run });
    expect(failure?.code).toBe("KVC_ENGINE_GONE");
    expect(writes(vault)).toEqual(["createCertificate"]);
    expect(timersLeft()).toBe(0);
  });

  test("a vault that cannot be reached: what is known is kept beside the failure", async () => {
    const vault = new ModelVault(materials);
    vault.fail("getOperation", unreachable());
    const { failure, situation: s } = await runTo(vault);
    expect(failure?.code).toBe("KVC_UNREACHABLE");
    expect(s).toMatchObject({ operation: { status: "inProgress" }, progress: { accepted: true } });
    expect(timersLeft()).toBe(0);
  });

  test("a failure of our own is told as one, and loses nothing", async () => {
    const vault = new ModelVault(materials);
    vault.fail("getOperation", new TypeError("a mistake in the code"));
    const { failure, situation: s } = await runTo(vault);
    expect(failure?.code).toBe("KVC_UNEXPECTED");
    expect(failure?.message).toContain("a mistake in the code");
    expect(s.progress.accepted).toBe(true);
  });
});

describe("a name that cannot be had", () => {
  test("is waited for while its purge goes on", async () => {
    const vault = new ModelVault(materials);
    await runTo(vault);
    await vault.deleteCertificate("web");
    vault.stage = "deleted";
    await vault.purgeDeletedCertificate("web");
    vault.calls.length = 0;
    const { failure, run } = await runTo(vault);
    expect(failure).toBeUndefined();
    expect(vault.count("createCertificate")).toBeGreaterThan(1);
    expect(run.progress.join()).toContain("waiting for the deletion of this name's certificate to end");
    expect(vault.versions).toBe(1);
  });

  test("is a failure with both remedies where it is soft-deleted", async () => {
    const vault = new ModelVault(materials);
    vault.seed(ourTags(), policy());
    vault.stage = "deleted";
    const { failure } = await runTo(vault, { onSoftDeleted: "fail" });
    expect(failure?.code).toBe("KVC_SOFT_DELETED");
    expect(failure?.remedy).toContain("recover or purge");
    expect(vault.stage).toBe("deleted");
  });

  test("is given up after ten minutes of deletion, with words for it", async () => {
    const vault = new ModelVault(materials);
    vault.stage = "beingDeleted";
    vault.behaviour.deletionLooks = Number.POSITIVE_INFINITY;
    await vault.getCertificate("web");
    for (let count = 0; count < 1000; count += 1) vault.fail("createCertificate", conflict("beingDeleted"));
    const { failure, situation: s } = await runTo(vault);
    expect(s.progress.pausedMs).toBeGreaterThanOrEqual(10 * 60 * 1000);
    expect(failure?.code).toBe("KVC_BUSY_TOO_LONG");
    expect(failure?.message).toContain("a deletion");
  });

  test("is given up at the deadline, where that is earlier", async () => {
    const vault = new ModelVault(materials);
    for (let count = 0; count < 1000; count += 1) vault.fail("createCertificate", conflict("beingDeleted"));
    const run = testRun(vault, { timeoutMs: 30_000 });
    const { failure } = await runTo(vault, {}, { run });
    expect(failure).toBeDefined();
    expect(Date.now()).toBeLessThanOrEqual(run.deadline.at + 2000);
  });

  test.each([
    ["nameTaken", "KVC_NAME_TAKEN"],
    ["unknown", "KVC_CONFLICT_UNKNOWN"],
  ] as const)("is a failure with the service's words for a conflict %s", async (kind, code) => {
    const vault = new ModelVault(materials);
    vault.fail("createCertificate", conflict(kind, "a secret has this name"));
    const { failure, situation: s } = await runTo(vault);
    expect(failure?.code).toBe(code);
    expect(failure?.message).toContain("a secret has this name");
    expect(s.progress.accepted).toBe(false);
  });

  test("is ordered again after a pause where the pending object was being changed", async () => {
    const vault = new ModelVault(materials);
    vault.fail("createCertificate", conflict("pendingConflict"));
    const { failure } = await runTo(vault);
    expect(failure).toBeUndefined();
    expect(vault.count("createCertificate")).toBe(2);
  });

  test("is no longer waited for when the engine is gone, and nothing more is written", async () => {
    const vault = new ModelVault(materials);
    const run = testRun(vault);
    vault.fail("createCertificate", conflict("beingDeleted"));
    setTimeout(() => run.endEngine(), 300);
    const { failure } = await runTo(vault, {}, { run });
    expect(failure?.code).toBe("KVC_ENGINE_GONE");
    expect(vault.count("createCertificate")).toBe(1);
    expect(timersLeft()).toBe(0);
  });

  test("is not ordered where the engine goes between the lookup and the order", async () => {
    const vault = new ModelVault(materials);
    const run = testRun(vault);
    vault.before("getCertificate", () => run.endEngine());
    const { failure, situation: s } = await runTo(vault, {}, { run });
    expect(failure?.code).toBe("KVC_ENGINE_GONE");
    expect(s.progress.accepted).toBe(false);
    expect(vault.pending).toBeUndefined();
  });

  test("that answers a conflict without a request each time is an error, and not a loop", async () => {
    const vault = new ModelVault(materials);
    for (let count = 0; count < 1000; count += 1)
      vault.fail("createCertificate", conflict("pendingInProgress"));
    const { failure } = await runTo(vault);
    expect(failure?.code).toBe("KVC_BUSY_TOO_LONG");
  });
});
