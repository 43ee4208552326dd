import { said, statuses } from "../scenarios/helpers";
import { type Certificates, Project } from "../scenarios/project";
import { type Outcome, useEngine } from "../stack";
import { ecPolicy } from "../programs";

const engine = useEngine();

const briefly = { update: "2s", delete: "2s" };
const declare = (
  name: string,
  tags: Record<string, string> = {},
  limits: object = briefly,
): Certificates => ({
  [name]: {
    policy: ecPolicy("Self", `CN=${name}.example.com`),
    tags,
    options: { customTimeouts: limits },
  },
});

/** Longer than any deadline here. */
const hang = { effect: { delayMs: 20_000 } };
const doesWhatIsLeft =
  "run `pulumi up` again: it looks at what is there and does what is left, within customTimeouts\\.update; " +
  "or allow more time at once with customTimeouts\\.update \\[KVC_TIMED_OUT\\]$";

describe("a deadline that passes in the middle of a call", () => {
  let project: Project;
  let disturbed: Outcome;
  let removal: Outcome;
  let tokenless: Outcome;
  let last: Outcome;

  beforeAll(async () => {
    const { control } = engine().vault;
    const stays = { ...declare("patched"), ...declare("throttled") };
    project = (await Project.create(engine(), "deadlines")).declare({ ...stays, ...declare("removed") });
    await project.up();

    const changed = { ...declare("patched", { a: "1" }), ...declare("throttled", { a: "1" }) };
    const looked = declare("looked", {}, { create: "2s" });
    control.faults.add({ path: "/certificates/looked", authorized: true, ...hang });
    control.faults.add({ path: "/certificates/patched/*", method: "PATCH", ...hang });
    const refuse = { refuse: "Throttled" } as const;
    control.faults.add({ path: "/certificates/throttled/*", method: "PATCH", effect: refuse });
    disturbed = await project.declare({ ...changed, ...declare("removed"), ...looked }).up();

    control.faults.clear();
    control.faults.add({ path: "/certificates/removed", method: "DELETE", ...hang });
    removal = await project.declare({ ...changed, ...looked }).up();

    control.faults.clear();
    control.faults.add({ endpoint: "identity", ...hang });
    const again = { ...changed, ...declare("patched", { a: "2" }), ...looked };
    tokenless = await project.declare(again).up();

    control.faults.clear();
    last = await project.up();
  });

  /** The error that stands in a certificate's row. */
  const errorOf = (outcome: Outcome, name: string) => said(outcome, name, "error").join("\n");

  test("of a look names the look and the user's limit, and says that nothing was ordered", () => {
    expect(errorOf(disturbed, "looked")).toMatch(
      /the create was to end within 2 s, but the vault has not answered the look at the certificate; run `pulumi up` again: nothing was ordered, and it begins anew; or allow more time with customTimeouts\.create \[KVC_TIMED_OUT\]$/,
    );
    expect(statuses(engine().vault, "looked")).toEqual(["completed"]);
  });

  test("of a change names the change, and leaves it to the next up", () => {
    expect(errorOf(disturbed, "patched")).toMatch(
      new RegExp(
        `the update was to end within 2 s, but the vault has not answered the change of the certificate's attributes and tags; ${doesWhatIsLeft}`,
      ),
    );
  });

  test("of a change that the vault throttles names that, the request and the attempts", () => {
    expect(errorOf(disturbed, "throttled")).toMatch(
      new RegExp(
        `the update was to end within 2 s, but the change of the certificate's attributes and tags did not come through: the vault is throttling \\(PATCH /certificates/throttled/\\w+, \\d attempts?\\); ${doesWhatIsLeft}`,
      ),
    );
  });

  test("of a deletion names the deletion, and the command to run again", () => {
    expect(errorOf(removal, "removed")).toMatch(
      /the delete was to end within 2 s, but the vault has not answered the certificate's deletion; run the same command again: it goes on from here; or allow more time with customTimeouts\.delete \[KVC_TIMED_OUT\]/,
    );
  });

  test("of a token names the credential", () => {
    expect(errorOf(tokenless, "patched")).toMatch(
      /the update was to end within 2 s, but the credential has given no token for the look at the certificate; run `pulumi up` again: it looks at what is there/,
    );
    // What was held in the runs before ends whenever it does.
    expect(tokenless.traffic.filter((line) => line.startsWith("GET /certificates/patched"))).toEqual([]);
  });

  test("is made up for by the next up", async () => {
    expect(last.diagnostics.filter(({ severity }) => severity === "error")).toEqual([]);
    expect(Object.keys(await project.stack.state()).sort()).toEqual(["looked", "patched", "throttled"]);
    expect((await engine().vault.certificate("patched"))?.tags).toMatchObject({ a: "2" });
    expect(await engine().vault.certificate("removed")).toBeUndefined();
  });
});
