import { KeyVaultCertificateError } from "../../../provider/errors/error";
import { idempotencyKey } from "../../../provider/signers/environment";
import type { SignerRequest, SignerRun } from "../../../provider/signers/request";
import type { Tools } from "../../../provider/lifecycle/tools";
import type { PlainObject } from "../../../provider/plugin/plain";
import { certificateName, vaultUrl } from "../build/certificate";
import { startOfTime, useFakeTime, useRealTime } from "../build/fake-time";
import { withPolicy } from "../build/inputs";
import { makeMaterials, type Material } from "../build/materials";
import { ModelEngine } from "../build/model-engine";
import { replyLost } from "../build/model-errors";
import { type ModelStack, modelStacks } from "../build/model-stack";
import { ModelVault } from "../build/model-vault";

let materials: Material[];
let ca: ModelStack;

beforeAll(async () => {
  materials = await makeMaterials(4);
  ca = (await modelStacks(materials))();
});
beforeEach(useFakeTime);
afterEach(useRealTime);

const signer = { command: ["./sign.sh", "--days", "90"], env: { TOKEN: "secret" } };
const program = (others: Record<string, unknown> = {}, policy: Record<string, unknown> = {}): PlainObject =>
  withPolicy({ issuerName: "Unknown", ...policy }, { signer, ...others });

/** A resource with a signer that knows every key of the vault. */
function start() {
  const vault = new ModelVault(materials);
  const engine = new ModelEngine(vault);
  const asked: { request: SignerRequest; run: SignerRun }[] = [];
  const answers: Tools["sign"][] = [];
  const signs: Tools["sign"] = ({ csrPem }) => Promise.resolve(ca.chainOfPem(csrPem));
  engine.sign = (request, run) => {
    asked.push({ request, run });
    return (answers.shift() ?? signs)(request, run);
  };
  return { vault, engine, asked, answers };
}

type Parts = ReturnType<typeof start>;

async function made(given: PlainObject = program()): Promise<Parts> {
  const parts = start();
  const { error } = await parts.engine.up(given);
  if (error !== undefined) throw error;
  parts.vault.calls.length = 0;
  parts.asked.length = 0;
  return parts;
}

function outputsOf({ engine }: Parts): PlainObject {
  if (engine.resource === undefined) throw new Error("there is no resource");
  return engine.resource.outputs;
}

const fails: Tools["sign"] = ({ signer: { command } }) => {
  const details = { program: command[0], stderr: ["no quota"], ending: { exitCode: 3 } };
  throw new KeyVaultCertificateError("KVC_SIGNER_FAILED", { vaultUrl, certificateName }, details);
};

/** Gives the chain for the key of a request that this one is not. */
const givesAnother = (index: number): Tools["sign"] => {
  return () => Promise.resolve(ca.chainOf(materials[index]?.csr ?? ""));
};

async function expectQuiet({ vault, engine, asked }: Parts, given: PlainObject): Promise<void> {
  asked.length = 0;
  vault.calls.length = 0;
  expect(engine.preview(given)).toMatchObject({
    step: "same",
    diff: { reason: undefined, notice: undefined },
  });
  expect(engine.echoes).toBe(true);
  await engine.up(given);
  expect(vault.calls).toEqual([]);
  expect(asked).toEqual([]);
}

describe("a certificate with a signer", () => {
  test("is there after one up from nothing, its signer asked once, with the CSR and what it is for", async () => {
    const parts = start();
    expect((await parts.engine.up(program())).error).toBeUndefined();
    expect(parts.vault.calls).toEqual(["getCertificate", "createCertificate", "mergeCertificate"]);
    const { csrPem, requestId } = outputsOf(parts);
    expect(parts.asked.map(({ request }) => request)).toEqual([
      { signer, csrPem, requestId, vaultUrl, certificateName, policy: program()["policy"] },
    ]);
    expect(outputsOf(parts)).toMatchObject({ status: "completed", version: parts.vault.current?.version });
    expect(parts.engine.run?.progress).toEqual([
      expect.stringContaining("./sign.sh signs the CSR of request") as string,
      "signed, and the chain merged",
    ]);
    await expectQuiet(parts, program());
  });

  test("is not asked by a preview or a refresh, nor by an up that changes something else", async () => {
    const parts = await made();
    parts.engine.preview(program({ reissue: 2 }));
    await parts.engine.refresh();
    await parts.engine.up(program({ tags: { team: "web" } }));
    await parts.engine.up(program({ tags: { team: "web" }, purgeOnDelete: true }));
    expect(parts.asked).toEqual([]);
    await expectQuiet(parts, program({ tags: { team: "web" }, purgeOnDelete: true }));
  });

  test("makes no request where only the signer changes", async () => {
    const parts = await made();
    const other = program({ signer: { command: ["./other.sh"] } });
    expect(await parts.engine.up(other)).toMatchObject({ step: "update" });
    expect(parts.vault.calls).toEqual([]);
    expect(parts.asked).toEqual([]);
    await expectQuiet(parts, other);
  });

  test("has an hour where customTimeouts does not say, and hands on what is left of it, but for the merge", async () => {
    const parts = await made();
    parts.engine.timeoutMs = undefined;
    const { engine, asked } = parts;
    await engine.up(program({ reissue: 2 }));
    const [first] = asked;
    expect((first?.run.deadlineMs ?? 0) - startOfTime).toBe(60 * 60_000 - 10_000);
    await engine.up(program({ reissue: 3, timeouts: { update: "20s" } }));
    expect((asked[1]?.run.deadlineMs ?? 0) - startOfTime).toBe(18_000);
  });

  test("shows what it says, line by line", async () => {
    const parts = start();
    parts.answers.push(({ csrPem }, { onLine }) => {
      onLine("asks the CA");
      return Promise.resolve(ca.chainOfPem(csrPem));
    });
    await parts.engine.up(program());
    expect(parts.engine.run?.progress).toContain("asks the CA");
  });

  test.each([
    ["reissue", program({ reissue: 2 })],
    ["another policy", program({}, { keySize: 4096 })],
  ])(
    "has a new version within one up for %s, and the old one is current until the merge",
    async (_, next) => {
      const parts = await made();
      const before = parts.vault.current?.version;
      parts.answers.push(({ csrPem }) => {
        expect(parts.vault.current?.version).toBe(before);
        return Promise.resolve(ca.chainOfPem(csrPem));
      });
      expect((await parts.engine.up(next)).error).toBeUndefined();
      expect(parts.vault.calls.filter((call) => !call.startsWith("get"))).toEqual([
        "createCertificate",
        "mergeCertificate",
      ]);
      expect(parts.asked).toHaveLength(1);
      expect(parts.vault.versions).toBe(2);
      await expectQuiet(parts, next);
      await parts.engine.refresh();
      await expectQuiet(parts, next);
    },
  );

  test("renews unattended: a due renewal is announced, and one up requests, has signed and merges", async () => {
    const given = program({ renewal: { daysBeforeExpiry: 30 } });
    const parts = await made(given);
    jest.setSystemTime(startOfTime + 61 * 86_400_000);
    expect(parts.engine.preview(given).diff).toMatchObject({
      changes: true,
      reason: { reason: "RenewalDue" },
    });
    expect((await parts.engine.up(given)).error).toBeUndefined();
    expect(parts.asked).toHaveLength(1);
    expect(parts.vault.versions).toBe(2);
    await expectQuiet(parts, given);
  });
});

describe("a signer that fails", () => {
  test("is an init error; the preview says what up will do, and up asks again for the same request", async () => {
    const parts = start();
    parts.answers.push(fails);
    const { error } = await parts.engine.up(program());
    expect(error?.message).toMatch(
      /ended with 3.*"no quota".*asks it again for the same request \[KVC_SIGNER_FAILED\]$/,
    );
    expect(outputsOf(parts)).toMatchObject({ status: "inProgress", version: null });
    expect(parts.engine.resource?.initErrors).toEqual([error?.message]);
    expect(parts.engine.preview(program()).diff).toMatchObject({
      changes: true,
      notice: expect.stringContaining("up asks signer.command for it and merges what it gives") as string,
    });
    expect((await parts.engine.up(program())).error).toBeUndefined();
    const [first, second] = parts.asked.map(({ request }) => request);
    expect(second).toEqual(first);
    expect(first && second && idempotencyKey(first) === idempotencyKey(second)).toBe(true);
    expect(parts.vault.count("createCertificate")).toBe(1);
    await expectQuiet(parts, program());
  });

  test("leaves the version before in use, and the next up goes on", async () => {
    const parts = await made();
    const before = outputsOf(parts);
    const next = program({ reissue: 2 });
    parts.answers.push(fails, fails);
    for (let attempt = 0; attempt < 2; attempt += 1)
      expect((await parts.engine.up(next)).error?.message).toContain("KVC_SIGNER_FAILED");
    expect(outputsOf(parts)).toMatchObject({ status: "inProgress", version: before["version"] });
    await parts.engine.refresh();
    expect(parts.engine.preview(next).diff?.reason?.reason).toBe("SignerToAsk");
    expect((await parts.engine.up(next)).error).toBeUndefined();
    expect(new Set(parts.asked.map(({ request }) => request.requestId)).size).toBe(1);
    expect(parts.vault.count("createCertificate")).toBe(1);
    await expectQuiet(parts, next);
  });

  test("is asked no more where the program takes it away, and its request waits for a chain", async () => {
    const parts = start();
    parts.answers.push(fails);
    await parts.engine.up(program());
    const manual = withPolicy({ issuerName: "Unknown" });
    expect((await parts.engine.up(manual)).error).toBeUndefined();
    await expectQuiet(parts, manual);
    const chain = ca.chainOf(materials[0]?.csr ?? "");
    const merged = withPolicy({ issuerName: "Unknown" }, { chain });
    expect((await parts.engine.up(merged)).error).toBeUndefined();
    expect(outputsOf(parts)["status"]).toBe("completed");
    await expectQuiet(parts, merged);
  });

  test("with another program has its new CSR signed, and the old request is no more", async () => {
    const parts = start();
    parts.answers.push(fails);
    await parts.engine.up(program());
    const next = program({}, { keySize: 4096 });
    expect(parts.engine.preview(next).diff?.notice).toContain("up deletes it, then makes a new request");
    expect((await parts.engine.up(next)).error).toBeUndefined();
    expect(new Set(parts.asked.map(({ request }) => request.requestId)).size).toBe(2);
    await expectQuiet(parts, next);
  });
});

describe("what a signer gives", () => {
  test.each([
    ["a chain for another key", givesAnother(1), "KVC_CHAIN_WRONG_KEY"],
    ["what is no chain", () => Promise.resolve("<html>login</html>"), "KVC_CHAIN_FOREIGN"],
  ] as const)("is refused by its own code where it is %s, and the request stays", async (_, answer, code) => {
    const parts = start();
    parts.answers.push(answer);
    expect((await parts.engine.up(program())).error?.message).toContain(`[${code}]`);
    expect(parts.vault.count("mergeCertificate")).toBe(0);
    expect(parts.vault.pending?.inProgress).toBe(true);
    expect(parts.asked).toHaveLength(1);
    expect((await parts.engine.up(program())).error).toBeUndefined();
    expect(parts.vault.count("createCertificate")).toBe(1);
    await expectQuiet(parts, program());
  });

  test("is refused where it is the chain of the version before", async () => {
    const parts = await made();
    parts.answers.push(givesAnother(0));
    const next = program({ reissue: 2 });
    const { error } = await parts.engine.up(next);
    expect(error?.message).toContain("KVC_CHAIN_WRONG_KEY");
    expect(error?.message).toContain("the key of the current version");
    expect((await parts.engine.up(next)).error).toBeUndefined();
    expect(parts.vault.versions).toBe(2);
    await expectQuiet(parts, next);
  });

  test.each(["nothing", "a version"])(
    "is merged once over %s though the reply to the merge is lost, and the signer is not asked again",
    async (over) => {
      const parts = over === "nothing" ? start() : await made();
      const next = program({ reissue: 2 });
      parts.vault.fail("mergeCertificate", replyLost(), { after: true });
      expect((await parts.engine.up(next)).error).toBeUndefined();
      expect(parts.asked).toHaveLength(1);
      expect(parts.vault.count("mergeCertificate")).toBe(1);
      expect(outputsOf(parts)).toMatchObject({ status: "completed", version: parts.vault.current?.version });
      await expectQuiet(parts, next);
    },
  );

  test("is merged though the request for it was lost", async () => {
    const parts = start();
    parts.vault.fail("mergeCertificate", replyLost());
    expect((await parts.engine.up(program())).error).toBeUndefined();
    expect(parts.vault.versions).toBe(1);
    await expectQuiet(parts, program());
  });

  test("is found by the next up where the one before was killed after the merge", async () => {
    const parts = await made();
    const before = parts.engine.resource;
    const next = program({ reissue: 2 });
    await parts.engine.up(next);
    parts.engine.resource = before;
    parts.asked.length = 0;
    expect((await parts.engine.up(next)).error).toBeUndefined();
    expect(parts.asked).toEqual([]);
    expect(parts.vault.versions).toBe(2);
    await expectQuiet(parts, next);
  });

  test.each([true, false])(
    "is found so with one key for all versions too, with ownershipTag %s",
    async (ownershipTag) => {
      const [one] = materials;
      if (one === undefined) throw new Error("no material");
      const authority = (await modelStacks([one]))();
      const vault = new ModelVault([one]);
      const engine = new ModelEngine(vault);
      let asked = 0;
      engine.sign = () => {
        asked += 1;
        return Promise.resolve(
          asked === 1 ? authority.chainOf(one.csr) : authority.ca.chainFromElsewhere(one.csr),
        );
      };
      const keyed = (reissue: number) => program({ ownershipTag, reissue }, { reuseKey: true });
      await engine.up(keyed(1));
      const { resource } = engine;
      await engine.up(keyed(2));
      engine.resource = resource;
      expect((await engine.up(keyed(2))).error).toBeUndefined();
      expect([vault.versions, asked, vault.requests.length]).toEqual([2, 2, 2]);
    },
  );

  test("is asked for again with the same key where the up was killed between signing and merge", async () => {
    const parts = await made();
    const before = parts.engine.resource;
    const next = program({ reissue: 2 });
    parts.answers.push(fails);
    await parts.engine.up(next);
    parts.engine.resource = before;
    expect((await parts.engine.up(next)).error).toBeUndefined();
    const [first, second] = parts.asked.map(({ request }) => idempotencyKey(request));
    expect(second).toBe(first);
    expect(parts.vault.requests).toHaveLength(2);
    await expectQuiet(parts, next);
  });
});

describe("a signer that is cut off", () => {
  /** As a run of a command: it lasts until it is called off, and then fails with the reason. */
  const lasts: Tools["sign"] = (_, { signal }) =>
    new Promise((_resolve, reject) => {
      const end = () => reject(signal.reason as Error);
      if (signal.aborted) end();
      signal.addEventListener("abort", end);
    });

  test("because the engine is gone writes nothing more, and the next up asks again", async () => {
    const parts = start();
    parts.answers.push((request, run) => {
      setTimeout(() => parts.engine.run?.endEngine(), 1000);
      return lasts(request, run);
    });
    expect((await parts.engine.up(program())).error?.message).toContain("KVC_ENGINE_GONE");
    expect(parts.vault.count("mergeCertificate")).toBe(0);
    expect(outputsOf(parts)).toMatchObject({ status: "inProgress" });
    expect((await parts.engine.up(program())).error).toBeUndefined();
    expect(parts.vault.count("createCertificate")).toBe(1);
    await expectQuiet(parts, program());
  });

  test("by the deadline, though it does not heed it, ends all the same, and the request is kept", async () => {
    const parts = start();
    parts.engine.timeoutMs = 5000;
    parts.answers.push(lasts);
    const { error } = await parts.engine.up(program());
    expect(error?.message).toContain("KVC_TIMED_OUT");
    expect(Date.now() - startOfTime).toBeLessThan(10_000);
    expect(outputsOf(parts)["status"]).toBe("inProgress");
    parts.engine.timeoutMs = undefined;
    expect((await parts.engine.up(program())).error).toBeUndefined();
    expect(parts.vault.count("createCertificate")).toBe(1);
  });
});
