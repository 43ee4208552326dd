import type { RecordedRequest } from "keyvault-certificates-emulator";
import { type Declared, ecPolicy } from "../programs";
import { type Outcome, type StateResource, useEngine } from "../stack";
import { orderByHand, said, until, writes } from "./helpers";
import { Project, without } from "./project";

const engine = useEngine();

const policy = (name: string, validityInMonths = 12) =>
  ecPolicy("Self", `CN=${name}.example.com`, { validityInMonths });

const declared = (
  onSoftDeleted: Partial<Record<string, Declared["onSoftDeleted"]>>,
  months: Partial<Record<string, number>> = {},
): Record<string, Declared> =>
  Object.fromEntries(
    ["fits", "differs", "purged", "kept", "protected"].map((name) => {
      const value = onSoftDeleted[name];
      return [
        name,
        { policy: policy(name, months[name]), ...(value === undefined ? {} : { onSoftDeleted: value }) },
      ];
    }),
  );

const isRefusedOrder = ({ path, status }: RecordedRequest) =>
  path === "/certificates/fits/create" && status === 409;

describe("onSoftDeleted", () => {
  let project: Project;
  let up: Outcome;
  let protectedUp: Outcome;
  let quickUp: Outcome;
  let before: Readonly<Record<string, StateResource>>;
  const versions: Record<string, string | undefined> = {};
  let oldStatus: Readonly<Record<string, number>>;
  let state: Readonly<Record<string, StateResource>>;

  const statusOfVersion = async (name: string) => {
    const path = `/certificates/${name}/${String(before[name]?.outputs["version"])}`;
    return (await engine().vault.byHand("GET", path)).status;
  };
  const deletedStatus = async (name: string) =>
    (await engine().vault.byHand("GET", `/deletedcertificates/${name}`)).status;
  const untilDeleted = (name: string) =>
    until(async () => ((await deletedStatus(name)) === 200 ? true : undefined));

  beforeAll(async () => {
    const { vault } = engine();
    vault.control.setIssuer("Self", { durationMs: 50 });
    for (const name of ["stranger", "adopted"]) {
      await orderByHand(vault, name, "Self");
      await until(async () => (await vault.certificate(name))?.cer);
      await vault.byHand("DELETE", `/certificates/${name}`);
    }
    project = (await Project.create(engine(), "on-soft-deleted")).declare(declared({}));
    await project.up();
    before = await project.stack.state();
    await project.stack.destroy();
    for (const name of ["fits", "differs", "purged", "kept", "protected"]) await untilDeleted(name);

    const rest = without(declared({ purged: "purge", kept: "fail" }, { differs: 6 }), "protected");
    const strangers = {
      stranger: { policy: policy("stranger") },
      adopted: { policy: policy("adopted"), adopt: true },
    };
    up = await project.declare({ ...rest, ...strangers }).up();
    state = await project.stack.state();
    for (const name of ["differs", "purged", "adopted"]) versions[name] = await vault.version(name);
    oldStatus = {
      differs: await statusOfVersion("differs"),
      purged: await statusOfVersion("purged"),
    };

    // The name is still being deleted when the next up begins, and for a while after.
    const { fits } = declared({});
    vault.control.setTiming({ deleteMs: 600_000, recoverMs: 1000 });
    await project.stack.destroy();
    const refused = () => vault.requests().filter(isRefusedOrder).length;
    const refusedBefore = refused();
    const running = project.declare({ fits: fits ?? {} }).up();
    await until(() => (refused() > refusedBefore + 1 ? true : undefined));
    vault.control.clock.advance(600_000);
    quickUp = await running;

    vault.control.setVault({ recoveryLevel: "Recoverable" });
    const purge = declared({ protected: "purge" });
    protectedUp = await project.declare({ fits: fits ?? {}, protected: purge["protected"] ?? {} }).up();
  });

  const written = (outcome: Outcome, name: string) =>
    writes(outcome, name).map((line) => line.replace(/certificates\/[\w-]+/, "certificates"));

  test("recover, the default, takes back a certificate that fits without a new order", () => {
    expect(written(up, "fits").slice(0, 2)).toEqual([
      "POST /certificates/create 409",
      "POST /deletedcertificates/recover 200",
    ]);
    expect(said(up, "fits")).toEqual(["recovering the soft-deleted certificate of this name"]);
    expect(engine().vault.orders("fits")).toHaveLength(1);
    expect(state["fits"]?.outputs).toMatchObject({
      status: "completed",
      version: before["fits"]?.outputs["version"],
    });
  });

  test("recover gives a certificate that does not fit a new version by one order", () => {
    expect(written(up, "differs")).toEqual([
      "POST /certificates/create 409",
      "POST /deletedcertificates/recover 200",
      // The mark of this create, before anything that could fail.
      expect.stringMatching(/^PATCH \/certificates\/\w+ 200$/),
      "POST /certificates/create 202",
    ]);
    expect(state["differs"]?.outputs).toMatchObject({ status: "completed", version: versions["differs"] });
    expect(versions["differs"]).not.toBe(before["differs"]?.outputs["version"]);
    expect(oldStatus["differs"]).toBe(200);
  });

  test("purge makes the name free, waits for that, and begins anew", () => {
    const lines = written(up, "purged");
    expect(lines.slice(0, 2)).toEqual(["POST /certificates/create 409", "DELETE /deletedcertificates 204"]);
    expect(lines.filter((line) => line.endsWith(" 202"))).toEqual(["POST /certificates/create 202"]);
    expect(state["purged"]?.outputs).toMatchObject({ status: "completed", version: versions["purged"] });
    expect(oldStatus["purged"]).toBe(404);
  });

  test("fail leaves the deleted certificate alone, and says since when it is deleted and what to do", async () => {
    expect(written(up, "kept")).toEqual(["POST /certificates/create 409"]);
    expect(said(up, "kept", "error").join()).toMatch(
      /a certificate deleted on \S+Z can still be recovered \(onSoftDeleted: "fail"\); recover or purge it, or set onSoftDeleted/,
    );
    expect(state["kept"]).toBeUndefined();
    expect(await deletedStatus("kept")).toBe(200);
  });

  test("a stranger's deleted certificate is refused and not touched", async () => {
    expect(written(up, "stranger")).toEqual(["POST /certificates/create 409"]);
    expect(said(up, "stranger", "error").join()).toMatch(/must be this resource's own .* or set adopt: true/);
    expect(state["stranger"]).toBeUndefined();
    expect(await deletedStatus("stranger")).toBe(200);
  });

  test("a stranger's deleted certificate is recovered with adopt: true, and given a version that fits", () => {
    expect(written(up, "adopted")).toEqual([
      "POST /certificates/create 409",
      "POST /deletedcertificates/recover 200",
      "POST /certificates/create 202",
    ]);
    expect(state["adopted"]?.outputs).toMatchObject({ status: "completed", version: versions["adopted"] });
  });

  test("a name whose deletion and recovery are still going on is waited for, visibly", async () => {
    expect(quickUp.ok).toBe(true);
    expect(quickUp.text).toContain("waiting for the deletion of this name's certificate to end");
    expect(quickUp.text).toContain("waiting for the recovered certificate to appear");
    expect(engine().vault.orders("fits")).toHaveLength(1);
    expect(await engine().vault.version("fits")).toBe(before["fits"]?.outputs["version"]);
  });

  test("purge in a vault with purge protection asks for no purge, and says until when the name is taken", async () => {
    expect(written(protectedUp, "protected")).toEqual(["POST /certificates/create 409"]);
    expect(said(protectedUp, "protected", "error").join()).toMatch(
      /its vault is protected \(Recoverable\) until \S+Z; set onSoftDeleted to "recover"/,
    );
    expect(await deletedStatus("protected")).toBe(200);
  });
});
