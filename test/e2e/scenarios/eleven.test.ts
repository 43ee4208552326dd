import { TestAuthority } from "../authority";
import { concerning, type Outcome, type StateResource, useEngine } from "../stack";
import { by, declared, issuers, refusal } from "./eleven-certificates";
import { addIssuers, meanwhile, orderBody, orderOf, said, statuses, writes } from "./helpers";
import { Project, without } from "./project";

const engine = useEngine();

type States = Readonly<Record<string, StateResource>>;

describe("each of the eleven scenarios of certificate creation", () => {
  let project: Project;
  let first: Outcome;
  let preview: Outcome;
  let second: Outcome;
  let third: Outcome;
  let after: { readonly first: States; readonly second: States; readonly third: States };
  let strangersRequest: string;

  const outputs = (states: States, name: string) => states[name]?.outputs ?? {};
  const requestOf = (name: string, nth = 0) => engine().vault.orders(name)[nth]?.requestId ?? "none";
  const polls = (outcome: Outcome, name: string) =>
    outcome.requests.filter(
      ({ method, path, authorized }) =>
        authorized && method === "GET" && path === `/certificates/${name}/pending`,
    );

  beforeAll(async () => {
    const { vault } = engine();
    await addIssuers(vault, issuers);
    const authority = await TestAuthority.create();
    project = (await Project.create(engine(), "eleven")).declare(declared);

    const up = project.up();
    await orderOf(vault, "deleted");
    await meanwhile(vault, "DELETE", "/certificates/deleted/pending");
    await orderOf(vault, "overwritten");
    await meanwhile(vault, "DELETE", "/certificates/overwritten/pending");
    const body = orderBody("SlowCA", "CN=by.hand");
    await meanwhile(vault, "POST", "/certificates/overwritten/create", body);
    strangersRequest = (await orderOf(vault, "overwritten", 2)).requestId;
    first = await up;
    const afterFirst = await project.stack.state();

    for (const issuer of ["SlowCA", "RefusingCA", "WordlessCA", "CancellingCA"])
      vault.control.setIssuer(issuer, { durationMs: 100 });
    vault.control.endOrder(requestOf("slow"), { outcome: "completed" });
    vault.control.endOrder(strangersRequest, { outcome: "completed" });
    const answer = async (name: string) => authority.sign(String(outputs(afterFirst, name)["csrPem"]));
    const changed = {
      ...declared,
      changed: { ...declared["changed"], policy: by("SlowCA", "changed", { validityInMonths: 6 }) },
      signed: { ...declared["signed"], chain: await answer("signed") },
      early: { ...declared["early"], chain: await answer("early") },
      manual: { ...declared["manual"], chain: await answer("manual") },
    };
    preview = await project.declare(changed).stack.preview();
    second = await project.up();
    const afterSecond = await project.stack.state();

    vault.control.endOrder(requestOf("early"), { outcome: "failed" });
    third = await project.declare(without(changed, "dropped", "stubborn", "deaf")).up();
    after = { first: afterFirst, second: afterSecond, third: await project.stack.state() };
  });

  test("1 create with a supported issuer: the policy is posted once, and the request's id is kept", () => {
    expect(writes(first, "issued")).toEqual(["POST /certificates/issued/create 202"]);
    expect(outputs(after.first, "issued")["requestId"]).toBe(requestOf("issued"));
    expect(statuses(engine().vault, "issued")).toEqual(["completed"]);
    expect(concerning(second, "issued")).toEqual([]);
  });

  test("2 a request in progress: it is polled by its id, shown live, and let go at the deadline with its id in the state", () => {
    const asked = polls(first, "slow");
    expect(asked.length).toBeGreaterThan(0);
    for (const { query } of asked) expect(query["request_id"]).toBe(requestOf("slow"));
    expect(first.text).toContain("waiting for SlowCA");
    expect(said(first, "slow", "error").join()).toContain("was to end within 2 s");
    expect(outputs(after.first, "slow")).toMatchObject({
      status: "inProgress",
      requestId: requestOf("slow"),
    });
    expect(said(preview, "slow")).toEqual([
      expect.stringMatching(/is in progress; up goes on with it and makes no other$/),
    ]);
  });

  test("3 a completed request: its certificate is read and gives the outputs, and no other order is made", async () => {
    expect(concerning(second, "slow")).toEqual([
      "GET /certificates/slow 200",
      "GET /certificates/slow/pending 200",
    ]);
    expect(outputs(after.second, "slow")).toMatchObject({
      status: "completed",
      requestId: requestOf("slow"),
      version: await engine().vault.version("slow"),
    });
    expect(statuses(engine().vault, "slow")).toEqual(["completed"]);
  });

  test("4 failed or cancelled: the CA's own words fail the up, and the next one makes one new order", () => {
    const { code, message } = refusal;
    expect(said(first, "refused", "error").join()).toContain(`it failed with "${code}: ${message}"`);
    expect(said(first, "wordless", "error").join()).toContain("it failed without an error");
    expect(said(first, "cancelled", "error").join()).toContain("it was cancelled");
    expect(outputs(after.first, "refused")).toMatchObject({ status: "failed", operationError: refusal });
    expect(outputs(after.first, "cancelled")).toMatchObject({ status: "cancelled" });

    for (const [name, what] of [
      ["refused", /failed \(DomainNotValidated: .*; up makes one new request$/],
      ["wordless", /failed; up makes one new request$/],
      ["cancelled", /was cancelled; up makes one new request$/],
    ] as const) {
      expect(outputs(after.first, name)["requestId"]).toBe(requestOf(name));
      expect(outputs(after.first, name)["csrPem"]).toMatch(/^-----BEGIN CERTIFICATE REQUEST-----/);
      expect(said(preview, name)).toEqual([expect.stringMatching(what)]);
      expect(writes(second, name)).toEqual([`POST /certificates/${name}/create 202`]);
      expect(outputs(after.second, name)).toMatchObject({ status: "completed", operationError: null });
    }
  });

  test("5 a pending object that is gone: it is noticed at the next poll, and the next up makes one new order", () => {
    expect(said(first, "deleted", "error").join()).toContain(
      `request ${requestOf("deleted")} at issuer "SlowCA" was to be in progress, but it is gone from the vault`,
    );
    expect(polls(first, "deleted").filter(({ status }) => status === 404).length).toBeLessThanOrEqual(2);
    expect(said(preview, "deleted")).toEqual([
      expect.stringMatching(/is no longer in the vault; up makes one new request unless/),
    ]);
    expect(writes(second, "deleted")).toEqual(["POST /certificates/deleted/create 202"]);
    expect(outputs(after.second, "deleted")).toMatchObject({ status: "completed" });
  });

  test("5 a pending object that is overwritten: the error names the lost request and what took its place", () => {
    const error = said(first, "overwritten", "error").join();
    expect(error).toContain(`request ${requestOf("overwritten")} at issuer "SlowCA"`);
    expect(error).toContain(`in its place stands request ${strangersRequest}`);
  });

  test("6 another version wanted while a request is in progress: the preview names it and what becomes of it, and up does that", () => {
    expect(preview.steps).toContainEqual({
      op: "update",
      resource: "changed",
      changed: ["policy.validityInMonths"],
    });
    expect(said(preview, "changed")).toEqual([
      expect.stringMatching(
        `^request ${requestOf("changed")} at issuer "SlowCA" of \\S+ is in progress and does not give what is wanted now; up cancels and deletes it, then makes a new request$`,
      ),
    ]);
    expect(writes(second, "changed")).toEqual([
      "PATCH /certificates/changed/pending 200",
      "POST /certificates/changed/create 202",
    ]);
    expect(statuses(engine().vault, "changed")).toEqual(["cancelled", "completed"]);
  });

  test("7 a chain for an issuer's request: merged once the issuer has failed, never tried while it works on it", () => {
    expect(said(preview, "signed")).toEqual([
      expect.stringMatching(/up merges the chain that is given if it answers the request/),
    ]);
    expect(writes(second, "signed")).toEqual(["POST /certificates/signed/pending/merge 201"]);
    expect(outputs(after.second, "signed")).toMatchObject({ status: "completed" });
    expect(engine().vault.orders("signed")).toHaveLength(1);

    expect(writes(second, "early")).toEqual([]);
    expect(outputs(after.second, "early")).toMatchObject({ status: "inProgress", version: null });
    expect(writes(third, "early")).toEqual(["POST /certificates/early/pending/merge 201"]);
    expect(outputs(after.third, "early")).toMatchObject({ status: "completed" });
    expect(engine().vault.orders("early")).toHaveLength(1);
  });

  test("8 a cancellation: asked for when the certificate is deleted, and waited for before the rest goes", () => {
    const lines = writes(third, "dropped");
    expect(lines.at(0)).toBe("PATCH /certificates/dropped/pending 200");
    expect(lines.at(-1)).toBe("DELETE /certificates/dropped 200");
    expect(statuses(engine().vault, "dropped")).toEqual(["cancelled"]);
    expect(said(third, "dropped")).toEqual([]);
    expect(after.third["dropped"]).toBeUndefined();
  });

  test("9 a pending object that cannot be cancelled: deleted, with a warning that its order may live on", async () => {
    expect(writes(third, "stubborn")).toEqual([
      "PATCH /certificates/stubborn/pending 403",
      "DELETE /certificates/stubborn/pending 200",
      "DELETE /certificates/stubborn 200",
    ]);
    // A delete knows no URN to put its lines under, so the warning stands in the stack's own row.
    const warnings = third.diagnostics.filter(({ severity }) => severity === "warning");
    expect(warnings.map(({ message }) => message)).toContainEqual(
      expect.stringMatching(
        `request ${requestOf("stubborn")} at issuer "StubbornCA" .*may still be issued and billed`,
      ),
    );
    expect(engine().vault.orders("stubborn")).toMatchObject([{ status: "inProgress", pendingDeleted: true }]);
    expect(await engine().vault.certificate("stubborn")).toBeUndefined();
  });

  test("9 a pending object whose cancellation never comes: deleted once that was waited for, with the same warning", async () => {
    expect(writes(third, "deaf")).toEqual([
      "PATCH /certificates/deaf/pending 200",
      "DELETE /certificates/deaf/pending 200",
      "DELETE /certificates/deaf 200",
    ]);
    expect(third.text).toContain(`request ${requestOf("deaf")} at issuer "DeafCA" was deleted`);
    expect(engine().vault.orders("deaf")).toMatchObject([
      { status: "inProgress", cancellationRequested: true, pendingDeleted: true },
    ]);
    expect(await engine().vault.certificate("deaf")).toBeUndefined();
  });

  test("10 create manually: a success that gives the CSR, and no version yet", () => {
    expect(said(first, "manual")).toEqual([]);
    expect(after.first["manual"]?.initErrors ?? []).toEqual([]);
    expect(writes(first, "manual")).toEqual(["POST /certificates/manual/create 202"]);
    expect(outputs(after.first, "manual")).toMatchObject({ status: "inProgress", version: null });
    expect(outputs(after.first, "manual")["csrPem"]).toMatch(/^-----BEGIN CERTIFICATE REQUEST-----/);
  });

  test("11 merge: the preview announces it, the chain is sent once, and it makes the version", async () => {
    expect(said(preview, "manual")).toEqual([
      expect.stringMatching(/waits for its chain; up checks and merges the one that is given$/),
    ]);
    expect(writes(second, "manual")).toEqual(["POST /certificates/manual/pending/merge 201"]);
    expect(outputs(after.second, "manual")).toMatchObject({
      status: "completed",
      version: await engine().vault.version("manual"),
    });
    expect(concerning(third, "manual")).toEqual([]);
  });

  test("leaves nothing to do: what has come to its end is not asked for in the last up", () => {
    expect(third.ok).toBe(true);
    expect(third.changes).toEqual({ update: 1, same: 10, delete: 3 });
  });
});
