import type { PlainObject } from "../../../provider/plugin/plain";
import { startOfTime, useFakeTime, useRealTime } from "../build/fake-time";
import { inputs, withPolicy } from "../build/inputs";
import { makeMaterials, type Material } from "../build/materials";
import { ModelEngine } from "../build/model-engine";
import { modelStacks, program } from "../build/model-stack";
import { ModelVault } from "../build/model-vault";

let materials: Material[];

beforeAll(async () => {
  materials = await makeMaterials(6);
});
beforeEach(useFakeTime);
afterEach(useRealTime);

const renewal = { daysBeforeExpiry: 30 };
const days = (count: number) => jest.setSystemTime(startOfTime + count * 86_400_000);
const writes = (vault: ModelVault) => vault.calls.filter((call) => !call.startsWith("get"));

async function made(given: PlainObject) {
  const vault = new ModelVault(materials);
  const engine = new ModelEngine(vault);
  const { error } = await engine.up(given);
  if (error !== undefined) throw error;
  return { vault, engine };
}

/** A certificate with a request in progress for its second version. */
async function reissuing(others: Record<string, unknown>) {
  const parts = await made(inputs(others));
  const { vault, engine } = parts;
  vault.behaviour.outcome = "never";
  engine.timeoutMs = 20_000;
  expect((await engine.up(inputs({ ...others, reissue: 2 }))).error?.message).toContain("[KVC_TIMED_OUT]");
  engine.timeoutMs = undefined;
  vault.behaviour.outcome = "completed";
  vault.calls.length = 0;
  return parts;
}

const noticeOf = (engine: ModelEngine, given: PlainObject) => engine.preview(given).diff?.notice;

describe("what a preview says that up does", () => {
  test("is what it does: a renewal that failed is ordered once more", async () => {
    const given = inputs({ renewal });
    const { vault, engine } = await made(given);
    days(80);
    vault.behaviour.outcome = "failed";
    expect((await engine.up(given)).error?.message).toContain("[KVC_REQUEST_FAILED]");
    vault.behaviour.outcome = "completed";
    vault.calls.length = 0;
    expect(noticeOf(engine, given)).toMatch(/ failed \(.*\); up makes one new request$/);
    expect((await engine.up(given)).error).toBeUndefined();
    expect(writes(vault)).toEqual(["createCertificate"]);
  });

  test("is what it does: a renewal whose request was deleted by hand is ordered once more", async () => {
    const stack = (await modelStacks(materials))();
    const given = program({ renewal });
    await stack.up(given);
    await stack.refresh();
    days(61);
    stack.caFails = true;
    await stack.up(given);
    stack.caFails = false;
    stack.vault.deletePending();
    await stack.refresh();
    const gone = "is no longer in the vault; up makes one new request unless the certificate fits by then";
    expect(stack.preview(given).request.diff?.notice).toContain(gone);
    stack.vault.calls.length = 0;
    const { request, merge } = await stack.up(given);
    expect([request.error, merge?.error]).toEqual([undefined, undefined]);
    expect(writes(stack.vault)).toEqual(["createCertificate", "mergeCertificate"]);
  });

  test("is what it does: a request in the way of a renewal that is due makes way for one", async () => {
    const { vault, engine } = await reissuing({ renewal });
    days(80);
    expect(noticeOf(engine, inputs({ renewal }))).toMatch(
      /; up cancels and deletes it, then makes a new request$/,
    );
    expect((await engine.up(inputs({ renewal }))).error).toBeUndefined();
    expect(writes(vault)).toEqual(["cancelOperation", "createCertificate"]);
  });

  test("is what it does: a request in the way of nothing is ended, and the version stays", async () => {
    const { vault, engine } = await reissuing({});
    const live = vault.current?.version;
    expect(noticeOf(engine, inputs())).toMatch(/; up cancels and deletes it, and keeps the current version$/);
    expect((await engine.up(inputs())).error).toBeUndefined();
    expect([vault.count("createCertificate"), vault.current?.version]).toEqual([0, live]);
  });

  test.each([
    ["was issued", "completed", ["createCertificate"], 3] as const,
    ["was not issued", "cancelled", [], 1] as const,
  ])(
    "is what it does with a request that is waited for and %s, where the version was wanted back",
    async (_, outcome, written, versions) => {
      const { vault, engine } = await reissuing({ onConflict: "wait" });
      const back = inputs({ onConflict: "wait" });
      expect(noticeOf(engine, back)).toMatch(
        /; up waits until it ends, and makes a new request if it was issued$/,
      );
      vault.before("getOperation", () =>
        vault.before("getOperation", () => {
          vault.end(outcome);
        }),
      );
      expect((await engine.up(back)).error).toBeUndefined();
      expect(writes(vault)).toEqual(written);
      expect(vault.versions).toBe(versions);
    },
  );

  test("is said once: a new CSR that waits for its chain beside the version before is no news in the next preview", async () => {
    const stack = (await modelStacks(materials))();
    const manual = (others: Record<string, unknown>) => withPolicy({ issuerName: "Unknown" }, others);
    const { vault, engine } = await made(manual({}));
    const chain = stack.chainOf(vault.pending?.operation.csr ?? "");
    await engine.up(manual({ chain }));
    const next = manual({ chain, reissue: 2 });
    expect(noticeOf(engine, next)).toContain("up makes a new CSR for a new version");
    expect((await engine.up(next)).error).toBeUndefined();
    expect(engine.preview(next)).toMatchObject({ step: "same", diff: { notice: undefined } });
  });

  test("is what it does with a request that waits for a chain: nobody works on it, so it is deleted", async () => {
    const onConflict = "cancel";
    const { vault, engine } = await made(withPolicy({ issuerName: "Unknown" }, { onConflict }));
    const other = withPolicy({ issuerName: "Unknown", keySize: 4096 }, { onConflict });
    expect(noticeOf(engine, other)).toMatch(/; up deletes it, then makes a new request$/);
    vault.calls.length = 0;
    expect((await engine.up(other)).error).toBeUndefined();
    expect(writes(vault)).toEqual(["deleteOperation", "createCertificate"]);
  });
});
