import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { TestAuthority } from "../authority";
import { type Declared, ecPolicy } from "../programs";
import { type Outcome, type StateResource, useEngine } from "../stack";
import { addIssuers, meanwhile, orderOf, said, statuses, writes } from "./helpers";
import { type PreviewDigest, Project } from "./project";

const engine = useEngine();

type Outputs = Record<string, unknown>;

const day = 86_400_000;
const date = (ms: number) => new Date(ms).toISOString().slice(0, 10);

const by = (issuer: string, name: string, months = 12) =>
  ecPolicy(issuer, `CN=${name}.example.com`, { validityInMonths: months });
const briefly = { customTimeouts: { create: "2s" } };

/** Where the signer looks for its chain. */
const answer = join(mkdtempSync(join(tmpdir(), "signer-")), "chain.pem");
afterAll(() => rmSync(dirname(answer), { recursive: true, force: true }));

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
  signer: {
    policy: by("Unknown", "signer"),
    // It has nothing to answer with yet; `outcome` tells the program of the second up.
    signer: {
      command: ["node", "-e", 'process.stdout.write(require("fs").readFileSync(process.argv[1]))', answer],
    },
  },
  notwaited: { policy: by("SlowCA", "notwaited"), waitForCompletion: false },
  strange: { policy: by("ContosoCA", "strange") },
  outdated: { policy: by("ContosoCA", "outdated") },
  halfway: { policy: by("ContosoCA", "halfway") },
  older: { policy: by("ContosoCA", "older") },
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
    for (const name of ["unfinished", "notwaited"])
      vault.control.endOrder(request(name), { outcome: "completed" });
    expiresOn = Date.now() + 10 * day;
    oldVersion = await vault.version("renewal");
    await makeOlder("renewal");
    await alter("strange", () => ({ status: "Paused" }));
    await alter("outdated", inState({ generation: "ffffffffffffffff" }));
    await alter("halfway", inState({ wanted: "ffffffffffffffff" }));
    await alter("older", inState({ schema: 0 }));
    const authority = await TestAuthority.create();
    const csrOf = async (name: string) => String((await project.stack.resource(name)).outputs["csrPem"]);
    writeFileSync(answer, await authority.sign(await csrOf("signer")));
    project.declare({
      ...declared,
      conflict: { ...declared["conflict"], policy: by("SlowCA", "conflict", 6) },
      chain: { ...declared["chain"], chain: await authority.sign(await csrOf("chain")) },
    });
    preview = await project.stack.preview();
    digest = await project.previewJson();
    up = await project.up();
    after = await project.stack.state();
  });

  /** The state says that the version ends soon; what a policy can ask for lasts a month at least. */
  async function makeOlder(name: string): Promise<void> {
    const [notBefore, end] = [expiresOn - 90 * day, expiresOn].map((ms) => new Date(ms).toISOString());
    await alter(name, () => ({ notBefore, expiresOn: end }));
  }

  /** What an earlier run, another release or a service to come has left in the state. */
  async function alter(name: string, change: (outputs: Outputs) => object): Promise<void> {
    const exported = await project.stack.stack.exportStack();
    const { resources } = exported.deployment as { resources: { urn: string; outputs?: Outputs }[] };
    const outputs = resources.find(({ urn }) => urn.endsWith(`::${name}`))?.outputs;
    if (outputs === undefined) throw new Error(`the state has no ${name}`);
    Object.assign(outputs, change(outputs));
    await project.stack.stack.importStack(exported);
  }

  const inState = (changes: object) => (outputs: Outputs) => ({
    __state: { ...(outputs["__state"] as object), ...changes },
  });

  const lines = (name: string): RegExp => {
    const made = `^request ${request(name)} at issuer "\\w+" of \\S+Z`;
    const due = `\\(30 days before ${date(expiresOn)}, since ${date(expiresOn - 30 * day)}\\)`;
    const says: Readonly<Record<string, string>> = {
      failed: `${made} failed \\(Refused: not today\\); up makes one new request$`,
      cancelled: `${made} was cancelled; up makes one new request$`,
      gone: `${made} is no longer in the vault; up makes one new request unless the certificate fits by then$`,
      conflict: `${made} is in progress and does not give what is wanted now; up cancels and deletes it, then makes a new request$`,
      unfinished: `${made} is in progress; up goes on with it and makes no other$`,
      renewal: `^renewal is due ${due}; up requests a new version at issuer "ContosoCA", and the current version stays in use until then$`,
      chain: `${made} waits for its chain; up checks and merges the one that is given$`,
      signer: `${made} waits for its chain; up asks signer.command for it and merges what it gives$`,
      notwaited: `${made} was in progress when it was last looked at; up looks at it once and does not wait \\(waitForCompletion: false\\)$`,
      strange: `${made} has the unknown status "Paused"; up looks at it again$`,
      outdated:
        '^the current version was made for something else; up requests a new version at issuer "ContosoCA"$',
      halfway: "^the last update did not get to its end; up brings the certificate to what the program says$",
      older: "^the state is of an older release; up rewrites it without a request to the vault$",
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
    ["signer", ["POST pending/merge 201"], ["completed"]],
    ["notwaited", [], ["completed"]],
    ["strange", [], ["completed"]],
    // Only its state was altered: up finds by the mark that the version is what is wanted, and orders none.
    ["outdated", [], ["completed"]],
    ["halfway", [], ["completed"]],
    ["older", [], ["completed"]],
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
