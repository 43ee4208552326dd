import type { RecordedRequest } from "keyvault-certificates-emulator";
import { TestAuthority } from "../authority";
import { ecPolicy } from "../programs";
import { said, statuses } from "../scenarios/helpers";
import { type Certificates, Project } from "../scenarios/project";
import { type Outcome, type StateResource, useEngine } from "../stack";
import { type Disturbed, failing, huge, passing } from "./disturbed";
import { Elsewhere } from "./elsewhere";

const engine = useEngine();

// A proxy would answer for the host that does not exist.
for (const name of ["HTTP_PROXY", "HTTPS_PROXY", "http_proxy", "https_proxy"]) {
  Reflect.deleteProperty(process.env, name);
}

/** The writes for a certificate, as `POST create 202`; with a `!` where the vault has carried it out. */
function writesOf({ requests }: Outcome, name: string): string[] {
  const prefix = `/certificates/${name}`;
  const own = ({ method, path }: RecordedRequest) =>
    method !== "GET" && (path === prefix || path.startsWith(`${prefix}/`));
  return requests
    .filter(own)
    .map(
      ({ method, path, status, carriedOut }) =>
        `${method} ${path.slice(prefix.length + 1)} ${status}${carriedOut ? "!" : ""}`,
    );
}

const opOf = ({ steps }: Outcome, name: string) => steps.find(({ resource }) => resource === name)?.op;

function declare(name: string, { timeout }: Pick<Disturbed, "timeout">): Certificates[string] {
  const limits = timeout === undefined ? {} : { create: timeout, update: timeout };
  return { policy: ecPolicy("Self", `CN=${name}.example.com`), options: { customTimeouts: limits } };
}

/** Each line of a row, and the one that is expected in its place. */
function expectLines(lines: readonly string[], says: readonly RegExp[] = []): void {
  expect(lines).toEqual(says.map((line) => expect.stringMatching(line) as string));
}

describe("what goes wrong between a program and its vault", () => {
  let elsewhere: Elsewhere;
  let project: Project;
  let first: Outcome;
  let second: Outcome;
  let third: Outcome;
  let kept: Readonly<Record<string, StateResource>>;
  let declared: Certificates;

  beforeAll(async () => {
    elsewhere = await Elsewhere.start();
    const { control } = engine().vault;
    const disturbed = { ...passing, ...failing(elsewhere.url), huge };
    for (const [name, { rule }] of Object.entries(disturbed)) {
      control.faults.add({ name, ...rule, path: `/certificates/${name}${rule.path ?? "**"}` });
    }
    declared = {
      ...Object.fromEntries(Object.entries(disturbed).map(([name, one]) => [name, declare(name, one)])),
      "to-merge": { policy: ecPolicy("Unknown", "CN=to-merge.example.com") },
    };
    const nowhere = { vaultUrl: "https://no-such-vault.invalid", ...declare("no-host", { timeout: "3s" }) };
    project = (await Project.create(engine(), "faults")).declare({ ...declared, "no-host": nowhere });
    first = await project.up();
    kept = await project.stack.state();

    control.faults.clear();
    const merges = "/certificates/to-merge/pending/merge";
    control.faults.add({ path: merges, times: 1, when: "after", effect: { reset: true } });
    // And this machine's clock is ten minutes behind the vault's from now on.
    control.clock.advance(10 * 60_000);
    const chain = await (await TestAuthority.create()).sign(String(kept["to-merge"]?.outputs["csrPem"]));
    declared = { ...declared, "to-merge": { policy: ecPolicy("Unknown", "CN=to-merge.example.com"), chain } };
    second = await project.declare(declared).up();
    third = await project.up();
  });

  afterAll(() => elsewhere.close());

  test.each(Object.entries(passing))("%s passes, and leaves one order", (name, { says, shows = "" }) => {
    expect(kept[name]?.outputs).toMatchObject({ status: "completed" });
    expect(statuses(engine().vault, name)).toEqual(["completed"]);
    expectLines(said(first, name), says);
    const row = first.text.split("\n").filter((line) => line.includes(`Certificate ${name} creating`));
    expect(row.join("\n")).toContain(shows);
    expect(opOf(second, name)).toBe("same");
  });

  test.each(Object.entries(failing("")))(
    "%s fails and says what to do; the next up is its create",
    (name, { says }) => {
      expectLines(said(first, name), says);
      expect(Object.keys(kept)).not.toContain(name);
      expect(opOf(second, name)).toBe("create");
      expect(writesOf(second, name)).toEqual(["POST create 202!"]);
      expect(statuses(engine().vault, name)).toEqual(["completed"]);
    },
  );

  test.each(Object.entries({ ...passing, ...failing(""), huge }))(
    "%s: no write is repeated that may have been carried out",
    (name, { writes }) => {
      expect(writesOf(first, name)).toEqual(writes);
    },
  );

  test("a reply over the limit fails a create after its order, and the next up goes on with that order", () => {
    expectLines(said(first, "huge", "error"), huge.says);
    expect(kept["huge"]?.outputs).toMatchObject({ status: "inProgress" });
    expect(opOf(second, "huge")).toBe("update");
    expect(writesOf(second, "huge")).toEqual([]);
    expect(statuses(engine().vault, "huge")).toEqual(["completed"]);
  });

  test("a host without an address is waited for, visibly, and then is an error with the next step", () => {
    expectLines(said(first, "no-host"), [
      /^waiting for the vault's host name to get an address \(.*no-such-vault\.invalid.*\), since [\d:]+, retried until [\d:]+ UTC$/,
      /the vault's host name has no address .*; check the vault URL; a vault that was made just now takes some minutes to get its name \[KVC_HOST_UNRESOLVED\]$/,
    ]);
  });

  test("a merge whose reply is lost is looked up, and not made again", () => {
    expect(writesOf(second, "to-merge")).toEqual(["POST pending/merge reset!"]);
    expect(statuses(engine().vault, "to-merge")).toEqual(["completed"]);
  });

  test("neither a redirect nor a challenge leads a token elsewhere", () => {
    expect(elsewhere.calls).toEqual([]);
  });

  test("with the faults gone everything comes to its end, also by a clock that is minutes behind the vault's", async () => {
    expect(second.diagnostics.filter(({ severity }) => severity === "error")).toEqual([]);
    const states = Object.values(await project.stack.state());
    expect(states).toHaveLength(Object.keys(declared).length);
    expect(new Set(states.map(({ outputs }) => outputs["status"]))).toEqual(new Set(["completed"]));
    expect(third.changes).toEqual({ same: states.length });
    expect(third.requests).toEqual([]);
  });

  test("where no token can be had, the credential's own words are said, and nothing is asked of the vault", async () => {
    const { control } = engine().vault;
    control.faults.add({ endpoint: "identity", effect: { status: 400 } });
    project.declare({ ...declared, throttled: { ...declare("throttled", {}), tags: { a: "1" } } });
    const failed = await project.up();
    expectLines(said(failed, "throttled"), [
      /a token for https:\/\/vault\.azure\.net\/\.default .* is needed, but: .*A fault rule of the emulator answered this request\..*; sign in \(`az login`\), or set AZURE_\* or ARM_\* for an identity of that tenant \[KVC_CREDENTIAL_FAILED\]$/,
    ]);
    expect(failed.traffic).toEqual([]);
    control.faults.clear();
    const up = await project.up();
    expect(up.ok).toBe(true);
    expect(writesOf(up, "throttled")).toEqual([expect.stringMatching(/^PATCH [0-9a-f]{32} 200!$/)]);
  });
});
