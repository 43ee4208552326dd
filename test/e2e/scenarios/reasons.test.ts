import { TestAuthority } from "../authority";
import { type Declared, ecPolicy } from "../programs";
import { type Outcome, type StateResource, useEngine } from "../stack";
import { addIssuers, meanwhile, orderOf, said, statuses, writes } from "./helpers";
import { type PreviewDigest, Project } from "./project";

const engine = useEngine();

const day = 86_400_000;
const date = (ms: number) => new Date(ms).toISOString().slice(0, 10);

const by = (issuer: string, name: string, months = 12) =>
  ecPolicy(issuer, `CN=${name}.example.com`, { validityInMonths: months });
const briefly = { customTimeouts: { create: "2s" } };

const declared: Record<string, Declared> = {
  failed: { policy: by("RefusingCA", "failed") },
  cancelled: { policy: by("CancellingCA", "cancelled") },
  gone: { policy: by("SlowCA", "gone") },
  conflict: { policy: by("SlowCA", "conflict"), options: briefly },
  unfinished: { policy: by("SlowCA", "unfinished"), options: briefly },
  renewal: {
    policy: {
      ...by("ContosoCA", "renewal"),
      lifetimeActions: [{ action: "EmailContacts", daysBeforeExpiry: 30 }],
    },
    renewal: { daysBeforeExpiry: 30 },
  },
  chain: { policy: by("Unknown", "chain") },
  quiet: { policy: by("ContosoCA", "quiet") },
};
const names = Object.keys(declared).filter((name) => name !== "quiet");

describe("what the state asks for", () => {
  let project: Project;
  let preview: Outcome;
  let digest: PreviewDigest;
  let up: Outcome;
  let after: Readonly<Record<string, StateResource>>;
  let expiresOn: number;
  let oldVersion: string | undefined;
  const request = (name: string) => engine().vault.orders(name)[0]?.requestId ?? "none";

  beforeAll(async () => {
    const { vault } = engine();
    await addIssuers(vault, {
      SlowCA: { outcome: "inProgress" },
      RefusingCA: { outcome: "failed", durationMs: 50, error: { code: "Refused", message: "not today" } },
      CancellingCA: { outcome: "cancelled", durationMs: 50 },
    });
    project = (await Project.create(engine(), "reasons")).declare(declared);
    const first = project.up();
    await orderOf(vault, "gone");
    await meanwhile(vault, "DELETE", "/certificates/gone/pending");
    await first;

    for (const issuer of ["SlowCA", "RefusingCA", "CancellingCA"])
      vault.control.setIssuer(issuer, { durationMs: 50 });
    vault.control.endOrder(request("unfinished"), { outcome: "completed" });
    expiresOn = Date.now() + 10 * day;
    oldVersion = await vault.version("renewal");
    await makeOlder("renewal");
    const csr = String((await project.stack.resource("chain")).outputs["csrPem"]);
    project.declare({
      ...declared,
      conflict: { ...declared["conflict"], policy: by("SlowCA", "conflict", 6) },
      chain: { ...declared["chain"], chain: await (await TestAuthority.create()).sign(csr) },
    });
    preview = await project.stack.preview();
    digest = await project.previewJson();
    up = await project.up();
    after = await project.stack.state();
  });

  /** The state says that the version ends soon; what a policy can ask for lasts a month at least. */
  async function makeOlder(name: string): Promise<void> {
    const exported = await project.stack.stack.exportStack();
    const { resources } = exported.deployment as { resources: { urn: string; outputs: object }[] };
    const found = resources.find(({ urn }) => urn.endsWith(`::${name}`));
    const [notBefore, end] = [expiresOn - 90 * day, expiresOn].map((ms) => new Date(ms).toISOString());
    Object.assign(found?.outputs ?? {}, { notBefore, expiresOn: end });
    await project.stack.stack.importStack(exported);
  }

  const lines = (name: string): RegExp => {
    const made = `^request ${request(name)} at issuer "\\w+" of \\S+Z`;
    const due = `\\(30 days before ${date(expiresOn)}, since ${date(expiresOn - 30 * day)}\\)`;
    const says: Readonly<Record<string, string>> = {
      failed: `${made} failed \\(Refused: not today\\); up makes one new request$`,
      cancelled: `${made} was cancelled; up makes one new request$`,
      gone: `${made} is no longer in the vault; up makes one new request unless the certificate fits by then$`,
      conflict: `${made} is in progress and does not give what is wanted now; up cancels and deletes it, then makes a new request$`,
      unfinished: `${made} is in progress; up goes on with it and makes no other$`,
      renewal: `^renewal is due ${due}; up requests a new version at issuer "ContosoCA", and the current one stays in use until it is issued$`,
      chain: `${made} waits for its chain; up checks and merges the one that is given$`,
    };
    return new RegExp(says[name] ?? "nothing is said of this one");
  };

  test.each(names)("%s: one line in the row of the preview", (name) => {
    expect(said(preview, name)).toEqual([expect.stringMatching(lines(name))]);
    expect(preview.steps).toContainEqual(expect.objectContaining({ op: "update", resource: name }));
  });

  test.each(names)("%s: one line in `preview --json`", (name) => {
    const found = (digest.diagnostics ?? []).filter(({ message }) => lines(name).test(message.trimEnd()));
    expect(found).toMatchObject([{ severity: "info" }]);
  });

  test("nothing is said of what is as it should be, and the preview asks nothing of the vault", () => {
    expect(said(preview, "quiet")).toEqual([]);
    expect(digest.diagnostics).toHaveLength(names.length);
    expect(digest.changeSummary).toEqual({ same: 2, update: names.length });
    expect(preview.requests).toEqual([]);
  });

  test.each([
    ["failed", ["POST create 202"], ["failed", "completed"]],
    ["cancelled", ["POST create 202"], ["cancelled", "completed"]],
    ["gone", ["POST create 202"], ["inProgress", "completed"]],
    ["conflict", ["PATCH pending 200", "POST create 202"], ["cancelled", "completed"]],
    ["unfinished", [], ["completed"]],
    ["renewal", ["POST create 202"], ["completed", "completed"]],
    ["chain", ["POST pending/merge 201"], ["completed"]],
  ])("%s: the up that follows does exactly that", async (name, asked, orders) => {
    expect(up.ok).toBe(true);
    expect(writes(up, name).map((line) => line.replace(`/certificates/${name}/`, ""))).toEqual(asked);
    expect(statuses(engine().vault, name)).toEqual(orders);
    expect(after[name]?.outputs).toMatchObject({
      status: "completed",
      version: await engine().vault.version(name),
    });
  });

  test("renewal: the version is a new one, and the next preview has nothing to say", async () => {
    expect(await engine().vault.version("renewal")).not.toBe(oldVersion);
    const again = await project.stack.preview();
    expect(again.changes).toEqual({ same: names.length + 1 });
    expect(again.diagnostics).toEqual([]);
  });
});
