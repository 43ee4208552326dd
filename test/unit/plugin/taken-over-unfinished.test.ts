import { inputs } from "../build/inputs";
import { replyLost } from "../build/model-errors";
import { useVault } from "../build/use-vault";

const start = useVault(3);

/** The live certificate is the one that the state names. */
function expectLive({ vault, engine }: ReturnType<typeof start>): void {
  expect(vault.current?.cer).toBeDefined();
  expect(engine.resource?.outputs["version"]).toBe(vault.current?.version);
  expect(vault.count("deleteCertificate")).toBe(0);
}

describe("a replacement of a create that did not get to its end", () => {
  async function timedOutTwice() {
    const { vault, engine } = start();
    vault.behaviour.outcome = "never";
    engine.timeoutMs = 20_000;
    for (const step of [() => engine.up(inputs()), () => engine.replace(inputs())])
      expect((await step()).error?.message).toContain("[KVC_TIMED_OUT]");
    engine.timeoutMs = undefined;
    expect(engine.replaced).toHaveLength(1);
    return { vault, engine };
  }

  test.each([["before", true] as const, ["after", false] as const])(
    "keeps what the first one's request gives %s a refresh, and deletes only what it replaced",
    async (_, seen) => {
      const parts = await timedOutTwice();
      const { vault, engine } = parts;
      if (seen) vault.end("completed");
      await engine.refresh();
      if (!seen) vault.end("completed");
      expect((await engine.up(inputs())).error).toBeUndefined();
      expectLive(parts);
      expect([engine.replaced, vault.requests.length]).toEqual([[], 1]);
      expect(engine.preview(inputs()).step).toBe("same");
    },
  );

  test("keeps what the first one's request gives where it was replaced twice", async () => {
    const parts = await timedOutTwice();
    const { vault, engine } = parts;
    engine.timeoutMs = 20_000;
    expect((await engine.replace(inputs())).error?.message).toContain("[KVC_TIMED_OUT]");
    engine.timeoutMs = undefined;
    vault.end("completed");
    await engine.refresh();
    expect((await engine.up(inputs())).error).toBeUndefined();
    expectLive(parts);
    expect([engine.replaced, vault.requests.length]).toEqual([[], 1]);
  });

  test("keeps it where nobody knows whether the mark was replaced before it came", async () => {
    const { vault, engine } = start();
    vault.behaviour.outcome = "never";
    engine.timeoutMs = 20_000;
    await engine.up(inputs());
    engine.timeoutMs = undefined;
    vault.fail("updateCertificate", replyLost(), { after: true });
    expect((await engine.replace(inputs())).error?.message).toContain("[KVC_OUTCOME_UNKNOWN]");
    vault.end("completed");
    await engine.refresh();
    expect((await engine.up(inputs())).error).toBeUndefined();
    expectLive({ vault, engine });
  });

  test("puts its own mark on what came of it, so that a destroy deletes that", async () => {
    const { vault, engine } = start();
    const program = inputs({ waitForCompletion: false });
    vault.behaviour.outcome = "never";
    await engine.up(program);
    await engine.replace(program);
    await engine.replace(program);
    vault.end("completed");
    await engine.refresh();
    await engine.up(program);
    expectLive({ vault, engine });
    await engine.destroy();
    expect(vault.current).toBeUndefined();
  });

  test("keeps it where nobody knows whether the mark was replaced, and somebody has taken it away since", async () => {
    const parts = start();
    const { vault, engine } = parts;
    await engine.up(inputs());
    vault.fail("updateCertificate", replyLost(), { after: true });
    expect((await engine.replace(inputs())).error?.message).toContain("[KVC_OUTCOME_UNKNOWN]");
    const { current } = vault;
    if (current === undefined) throw new Error("there is no certificate");
    current.tags = {};
    await engine.refresh();
    expect((await engine.up(inputs())).error).toBeUndefined();
    expectLive(parts);
    expect(engine.replaced).toEqual([]);
  });
});

const recovering = inputs({ onSoftDeleted: "recover" });

async function deletedBySomebody() {
  const parts = start();
  await parts.engine.up(recovering);
  parts.vault.deleteNow();
  return parts;
}

/** Recovered by now, it outlives a refresh and the delete of what was replaced. */
async function expectKept(parts: ReturnType<typeof start>) {
  const { vault, engine } = parts;
  expect(engine.replaced).toHaveLength(1);
  vault.stage = "live";
  await engine.refresh();
  expect((await engine.up(recovering)).error).toBeUndefined();
  expectLive(parts);
  expect([engine.replaced, vault.requests.length]).toEqual([[], 1]);
}

describe("a replacement whose order may have been made, beside what somebody has soft-deleted", () => {
  async function orderLost() {
    const parts = await deletedBySomebody();
    const { vault, engine } = parts;
    vault.fail("createCertificate", replyLost(10 * 60_000));
    expect((await engine.replace(recovering)).error?.message).toContain("[KVC_OUTCOME_UNKNOWN]");
    return parts;
  }

  test("keeps that where an update recovers it, and does not get to its end either", async () => {
    const parts = await orderLost();
    const { vault, engine } = parts;
    vault.behaviour.deletionLooks = 100;
    engine.timeoutMs = 10_000;
    expect((await engine.up(recovering)).error?.message).toContain("[KVC_BUSY_TOO_LONG]");
    engine.timeoutMs = undefined;
    await expectKept(parts);
  });

  test("keeps that where somebody recovers it", async () => {
    await expectKept(await orderLost());
  });
});

describe("a replacement that recovers what somebody has soft-deleted, and does not get to its end", () => {
  test("keeps it where the recovery outlasts the deadline", async () => {
    const parts = await deletedBySomebody();
    const { vault, engine } = parts;
    vault.behaviour.deletionLooks = 100;
    engine.timeoutMs = 10_000;
    expect((await engine.replace(recovering)).error?.message).toContain("[KVC_BUSY_TOO_LONG]");
    engine.timeoutMs = undefined;
    await expectKept(parts);
  });

  test("keeps it where the reply to the recovery is lost, and it outlasts the deadline", async () => {
    const parts = await deletedBySomebody();
    const { vault, engine } = parts;
    vault.behaviour.deletionLooks = 100;
    vault.fail("recoverDeletedCertificate", replyLost(), { after: true });
    engine.timeoutMs = 10_000;
    expect((await engine.replace(recovering)).error?.message).toContain("[KVC_BUSY_TOO_LONG]");
    engine.timeoutMs = undefined;
    await expectKept(parts);
  });

  test("keeps it where the reply to the recovery is lost for longer than a run waits", async () => {
    const parts = await deletedBySomebody();
    const { vault, engine } = parts;
    vault.fail("recoverDeletedCertificate", replyLost(10 * 60_000), { after: true });
    expect((await engine.replace(recovering)).error?.message).toContain("[KVC_OUTCOME_UNKNOWN]");
    await expectKept(parts);
  });
});
