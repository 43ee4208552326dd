import { certificates, ecPolicy } from "./programs";
import { type TestStack, useEngine } from "./stack";

const engine = useEngine();

describe("a request that outlasts its deadline", () => {
  const program = certificates({
    slow: {
      policy: ecPolicy("ContosoCA", "CN=slow.example.com"),
      options: { customTimeouts: { create: "1s" } },
    },
  });
  let stack: TestStack;
  let requestId: string;

  beforeAll(async () => {
    engine().vault.control.setIssuer("ContosoCA", { outcome: "inProgress" });
    stack = await engine().stack("deadline", program);
  });

  test("fails with what was waited for and what to do, and is kept in the state", async () => {
    const up = await stack.up();
    const { id, outputs, initErrors = [] } = await stack.resource("slow");
    requestId = String(outputs["requestId"]);
    expect(up.ok).toBe(false);
    expect(id).toBe(`${engine().vault.url}/certificates/slow`);
    expect(outputs).toMatchObject({ status: "inProgress", version: null });
    expect(initErrors).toHaveLength(1);
    expect(initErrors[0]).toContain(`request ${requestId} at issuer "ContosoCA"`);
    expect(initErrors[0]).toContain("run `pulumi up` again: it goes on with the same request");
    expect(initErrors[0]).toContain("customTimeouts.create");
    expect(up.text).toContain(initErrors[0]);
  });

  test("is said by the preview to be gone on with", async () => {
    const preview = await stack.preview();
    expect(preview.changes).toEqual({ update: 1 });
    expect(preview.diagnostics).toContainEqual({
      severity: "info",
      resource: "slow",
      message: expect.stringMatching(
        `request ${requestId} at issuer "ContosoCA".* is in progress; up goes on with it and makes no other`,
      ) as string,
    });
    expect(preview.requests).toEqual([]);
  });

  test("is still known to be unfinished after a refresh, which forgets the failure", async () => {
    const refreshed = await stack.refresh();
    expect(refreshed.ok).toBe(true);
    expect((await stack.resource("slow")).initErrors ?? []).toEqual([]);
    const preview = await stack.preview();
    expect(preview.changes).toEqual({ update: 1 });
    expect(preview.diagnostics).toHaveLength(1);
  });

  test("is gone on with by the next up, which makes no second order", async () => {
    const { vault } = engine();
    vault.control.endOrder(requestId, { outcome: "completed" });
    const up = await stack.up();
    const { outputs } = await stack.resource("slow");
    expect(up.ok).toBe(true);
    expect(outputs).toMatchObject({ status: "completed", requestId });
    expect(vault.orders("slow")).toHaveLength(1);
    expect(up.traffic.filter((line) => line.startsWith("POST"))).toEqual([]);
  });

  test("leaves nothing to do once it is completed", async () => {
    const up = await stack.up();
    expect(up.changes).toEqual({ same: 1 });
    expect(up.requests).toEqual([]);
  });
});

describe("a request that its issuer refuses", () => {
  const words = {
    code: "DomainNotValidated",
    message: "refused.example.com was not validated within 30 days",
  };
  const program = certificates({ refused: { policy: ecPolicy("ContosoCA", "CN=refused.example.com") } });
  let stack: TestStack;

  beforeAll(async () => {
    engine().vault.control.setIssuer("ContosoCA", { outcome: "failed", durationMs: 100, error: words });
    stack = await engine().stack("refused", program);
  });

  test("fails with the issuer's own words, and is kept in the state", async () => {
    const up = await stack.up();
    const { outputs, initErrors = [] } = await stack.resource("refused");
    expect(up.ok).toBe(false);
    expect(up.text).toContain(`${words.code}: ${words.message}`);
    expect(initErrors[0]).toContain(`${words.code}: ${words.message}`);
    expect(outputs).toMatchObject({ status: "failed", operationError: words });
  });

  test("is said by the preview to be made once more", async () => {
    const preview = await stack.preview();
    expect(preview.changes).toEqual({ update: 1 });
    expect(preview.diagnostics.map(({ message }) => message)).toEqual([
      expect.stringMatching(/failed .*DomainNotValidated.*; up makes one new request$/),
    ]);
  });

  test("is made once more by an up that fails too: one order in each", async () => {
    expect((await stack.up()).ok).toBe(false);
    expect(engine().vault.orders("refused")).toMatchObject([{ status: "failed" }, { status: "failed" }]);
  });

  test("is made anew, exactly once, by the up that succeeds", async () => {
    const { vault } = engine();
    vault.control.setIssuer("ContosoCA", { durationMs: 100 });
    const up = await stack.up();
    const { outputs } = await stack.resource("refused");
    expect(up.ok).toBe(true);
    expect(vault.orders("refused").map(({ status }) => status)).toEqual(["failed", "failed", "completed"]);
    expect(outputs).toMatchObject({ status: "completed", operationError: null });
    expect(outputs["requestId"]).toBe(vault.orders("refused").at(-1)?.requestId);
  });

  test("leaves nothing to do once it has succeeded", async () => {
    expect((await stack.up()).changes).toEqual({ same: 1 });
  });
});

describe("a new version that its issuer refuses", () => {
  test("fails the update, keeps the version that there was, and is made once more by the next up", async () => {
    const { vault } = engine();
    const months = (validityInMonths: number) =>
      certificates({
        update: { policy: ecPolicy("ContosoCA", "CN=update.example.com", { validityInMonths }) },
      });
    const stack = await engine().stack("refused-update", months(12));
    await stack.up();
    const before = await stack.resource("update");

    vault.control.setIssuer("ContosoCA", { outcome: "failed", durationMs: 100 });
    const failed = await stack.up(months(6));
    const after = await stack.resource("update");
    expect(failed.ok).toBe(false);
    expect(after.outputs).toMatchObject({ status: "failed", version: before.outputs["version"] });

    const preview = await stack.preview();
    expect(preview.steps).toEqual([
      { op: "update", resource: "update", changed: ["policy.validityInMonths"] },
    ]);
    expect(preview.diagnostics).toHaveLength(1);

    vault.control.setIssuer("ContosoCA", { durationMs: 100 });
    expect((await stack.up()).ok).toBe(true);
    expect(vault.orders("update").map(({ status }) => status)).toEqual(["completed", "failed", "completed"]);
    expect((await stack.up()).changes).toEqual({ same: 1 });
  });
});
