import { type Declared, ecPolicy } from "../programs";
import { type Outcome, useEngine } from "../stack";
import { addIssuers, orderByHand, said, statuses, until, writes } from "./helpers";
import { Project } from "./project";

const engine = useEngine();

type OnConflict = Declared["onConflict"];

/** A request of our own in the way: what the value does, and how its issuer takes a cancellation. */
const own: readonly [name: string, onConflict: OnConflict, issuer: string][] = [
  ["own-waits", "wait", "SlowCA"],
  ["own-cancels", "cancel", "SlowCA"],
  ["own-deletes", "delete", "SlowCA"],
  ["own-fails", "fail", "SlowCA"],
  ["own-decides", undefined, "SlowCA"],
  ["own-ignored", undefined, "IgnoringCA"],
  ["own-insists", "cancel", "IgnoringCA"],
  ["own-refused400", undefined, "Refusing400CA"],
  ["own-refused403", undefined, "Refusing403CA"],
  ["own-unyielding", "cancel", "Refusing403CA"],
];

/** A request of somebody else in the way, made by hand for a certificate that is ours. */
const others: readonly [name: string, onConflict: OnConflict, issuer: string][] = [
  ["other-waits", "wait", "SlowCA"],
  ["other-cancels", "cancel", "SlowCA"],
  ["other-deletes", "delete", "SlowCA"],
  ["other-fails", "fail", "SlowCA"],
  ["other-decides", undefined, "SlowCA"],
  ["other-unyielding", "cancel", "Refusing400CA"],
];

function declared(months: number): Record<string, Declared> {
  const entry = (name: string, onConflict: OnConflict, issuer: string): Declared => ({
    policy: ecPolicy(issuer, `CN=${name}.example.com`, { validityInMonths: months }),
    ...(onConflict === undefined ? {} : { onConflict }),
  });
  const briefly = (name: string) => ({
    customTimeouts: { create: "1s", update: name === "own-insists" ? "3s" : "1m" },
  });
  return Object.fromEntries([
    ...own.map(([name, onConflict, issuer]) => [
      name,
      { ...entry(name, onConflict, issuer), options: briefly(name) },
    ]),
    ...others.map(([name, onConflict]) => [name, entry(name, onConflict, "ContosoCA")]),
  ]) as Record<string, Declared>;
}

/** New names, each taken by somebody else's request. */
const taken: Record<string, Declared> = {
  "taken-plain": {},
  "taken-deleting": { onConflict: "delete" },
  "taken-adopted": { onConflict: "delete", adopt: true },
};
for (const [name, args] of Object.entries(taken))
  taken[name] = { ...args, policy: ecPolicy("ContosoCA", `CN=${name}.example.com`) };

const planted: Declared = { policy: ecPolicy("ContosoCA", "CN=planted.example.com") };

describe("onConflict, when a new version is wanted while a request is in progress", () => {
  let project: Project;
  let preview: Outcome;
  let up: Outcome;
  const request = (name: string, nth = 0) => engine().vault.orders(name)[nth]?.requestId ?? "none";
  const failure = (name: string) => said(up, name, "error").join();
  const ended = async (name: string, nth: number) => {
    const lookedAt = `GET /certificates/${name}/pending 200`;
    const { vault } = engine();
    const looks = () => vault.traffic().filter((line) => line === lookedAt).length;
    const before = looks();
    await until(() => (looks() > before + 1 ? true : undefined));
    vault.control.endOrder(request(name, nth), { outcome: "completed" });
  };

  beforeAll(async () => {
    const { vault } = engine();
    const issuers = {
      SlowCA: { outcome: "inProgress" },
      IgnoringCA: { outcome: "inProgress", cancellation: "ignored" },
      Refusing400CA: { outcome: "inProgress", cancellation: "refused400" },
      Refusing403CA: { outcome: "inProgress", cancellation: "refused403" },
    } as const;
    await addIssuers(vault, issuers);
    vault.control.setIssuer("ContosoCA", { durationMs: 50 });
    project = (await Project.create(engine(), "on-conflict")).declare(declared(12));
    await project.up();
    for (const [name, , issuer] of others) await orderByHand(vault, name, issuer);
    for (const name of Object.keys(taken)) await orderByHand(vault, name, "SlowCA");
    vault.control.plant("key", "planted");

    // A request that is made from now on is done at once; what an issuer does about a cancellation stays.
    for (const [issuer, behaviour] of Object.entries(issuers))
      vault.control.setIssuer(issuer, { ...behaviour, outcome: "completed", durationMs: 50 });
    preview = await project.declare({ ...declared(6), ...taken, planted }).stack.preview();

    const running = project.up();
    const cancelled = () => vault.orders("own-ignored")[0]?.cancellationRequested === true;
    // What is waited for comes to its end only once somebody waits.
    await Promise.all([
      ended("own-waits", 0),
      ended("other-waits", 1),
      until(() => (cancelled() ? true : undefined)).then(() =>
        vault.control.endOrder(request("own-ignored"), { outcome: "completed" }),
      ),
    ]);
    up = await running;
  });

  test.each([
    ["own-waits", "up waits until it ends, then makes a new request"],
    ["own-cancels", "up cancels it, then makes a new request"],
    ["own-deletes", "up deletes it (its issuer may still issue and bill it), then makes a new request"],
    ["own-fails", "up fails, as onConflict says"],
    ["own-decides", "up cancels and deletes it, then makes a new request"],
  ])("%s: the preview names request, issuer and since when, and says what up does", (name, does) => {
    expect(preview.steps).toContainEqual({
      op: "update",
      resource: name,
      changed: ["policy.validityInMonths"],
    });
    const [line, ...more] = said(preview, name);
    expect(more).toEqual([]);
    expect(line).toMatch(
      new RegExp(
        `^request ${request(name)} at issuer "SlowCA" of \\S+Z is in progress and does not give what is wanted now; `,
      ),
    );
    expect(line?.endsWith(does)).toBe(true);
  });

  test.each([
    ["own-waits", ["POST create 202"], ["completed", "completed"]],
    ["own-cancels", ["PATCH pending 200", "POST create 202"], ["cancelled", "completed"]],
    ["own-deletes", ["DELETE pending 200", "POST create 202"], ["inProgress", "completed"]],
    ["own-fails", [], ["inProgress"]],
    ["own-decides", ["PATCH pending 200", "POST create 202"], ["cancelled", "completed"]],
    ["other-waits", ["POST create 409", "POST create 202"], ["completed", "completed", "completed"]],
    [
      "other-cancels",
      ["POST create 409", "PATCH pending 200", "POST create 202"],
      ["completed", "cancelled", "completed"],
    ],
    [
      "other-deletes",
      ["POST create 409", "DELETE pending 200", "POST create 202"],
      ["completed", "inProgress", "completed"],
    ],
    ["other-fails", ["POST create 409"], ["completed", "inProgress"]],
    ["other-decides", ["POST create 409"], ["completed", "inProgress"]],
  ])("%s: asks the vault for exactly that, and makes one new order at most", (name, asked, orders) => {
    expect(writes(up, name).map((line) => line.replace(`/certificates/${name}/`, ""))).toEqual(asked);
    expect(statuses(engine().vault, name)).toEqual(orders);
  });

  test.each([
    ["own-ignored", ["PATCH pending 200", "POST create 202"], ["completed", "completed"]],
    [
      "own-refused400",
      ["PATCH pending 400", "DELETE pending 200", "POST create 202"],
      ["inProgress", "completed"],
    ],
    [
      "own-refused403",
      ["PATCH pending 403", "DELETE pending 200", "POST create 202"],
      ["inProgress", "completed"],
    ],
  ])("%s: a cancellation that does not come is followed by what else makes way", (name, asked, orders) => {
    expect(writes(up, name).map((line) => line.replace(`/certificates/${name}/`, ""))).toEqual(asked);
    expect(statuses(engine().vault, name)).toEqual(orders);
  });

  test.each([["own-insists"], ["own-unyielding"], ["other-unyielding"]])(
    "%s: cancel alone never deletes, and the error says that the issuer did not cancel",
    (name) => {
      expect(failure(name)).toContain('was to be cancelled (onConflict: "cancel"), but its issuer did not');
      expect(failure(name)).toContain('set onConflict to "delete"');
      expect(writes(up, name).filter((line) => /^DELETE| 202$/.test(line))).toEqual([]);
      expect(engine().vault.orders(name).at(-1)).toMatchObject({
        status: "inProgress",
        pendingDeleted: false,
      });
    },
  );

  test.each([
    ["own-deletes", 0],
    ["own-refused400", 0],
    ["own-refused403", 0],
    ["other-deletes", 1],
  ])("%s: a deleted request is warned of, as its issuer may still issue and bill it", (name, nth) => {
    expect(said(up, name, "warning")).toEqual([
      expect.stringMatching(
        `^certificate "${name}": request ${request(name, nth)} at issuer "\\w+" .*may still be issued and billed$`,
      ),
    ]);
  });

  test("own-fails: the error says since when the request is there", () => {
    expect(failure("own-fails")).toMatch(/at issuer "SlowCA" is since \S+Z, and it belongs to this resource/);
  });

  test.each([
    ["other-fails", 1],
    ["other-decides", 1],
  ])("%s: the error names the request, whose it is, and what to do", (name, nth) => {
    expect(failure(name)).toMatch(
      new RegExp(
        `none is in progress, but request ${request(name, nth)} at issuer "SlowCA" is since \\S+Z at the latest, and it belongs to somebody else`,
      ),
    );
    expect(failure(name)).toContain("wait until it ends, or cancel or delete it where it was made");
    expect(failure(name)).toContain("[KVC_REQUEST_IN_PROGRESS]");
  });

  test.each(["taken-plain", "taken-deleting"])(
    "%s: a stranger's request for a new name is refused without adopt, whatever onConflict says, and not touched",
    (name) => {
      expect(failure(name)).toContain("set adopt: true");
      expect(writes(up, name)).toEqual([]);
      expect(engine().vault.orders(name)).toMatchObject([{ status: "inProgress", pendingDeleted: false }]);
    },
  );

  test("taken-adopted: with adopt it makes way as onConflict says, and one new order is made", () => {
    expect(
      writes(up, "taken-adopted").map((line) => line.replace("/certificates/taken-adopted/", "")),
    ).toEqual(["DELETE pending 200", "POST create 202"]);
    expect(statuses(engine().vault, "taken-adopted")).toEqual(["inProgress", "completed"]);
  });

  test("planted: a key that belongs to no certificate is a conflict that only its owner can resolve", () => {
    expect(failure("planted")).toContain("[KVC_NAME_TAKEN]");
    expect(failure("planted")).toContain("delete that key or secret, or choose another certificateName");
    expect(writes(up, "planted")).toEqual(["POST /certificates/planted/create 409"]);
  });

  test("own-fails: the error says that the request belongs to this resource", () => {
    expect(failure("own-fails")).toContain("it belongs to this resource");
  });

  test("other-decides: the error does not say that somebody else's request belongs to this resource", () => {
    expect(failure("other-decides")).toContain("[KVC_REQUEST_IN_PROGRESS]");
    expect(failure("other-decides")).toContain("it belongs to somebody else than this resource");
  });
});
