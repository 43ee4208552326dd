import { TestAuthority } from "../authority";
import { type Declared, ecPolicy } from "../programs";
import { concerning, type Outcome, type StateResource, useEngine } from "../stack";
import { csrOf, mergeByHand, said, statuses, writes } from "./helpers";
import { Project } from "./project";

const engine = useEngine();

const manual = (name: string, rest: Declared = {}): Declared => ({
  policy: ecPolicy("Unknown", `CN=${name}.example.com`),
  ...rest,
});

const names = ["portal", "both", "lost", "older", "foreign", "renewed"];

type States = Readonly<Record<string, StateResource>>;

describe("certificates that are signed outside the vault", () => {
  let project: Project;
  const chains: Record<string, string> = {};
  let preview: Outcome;
  const ups: Outcome[] = [];
  const states: States[] = [];
  let betweenVersion: string | undefined;
  let newRequest: string | undefined;

  const up = async (declared: Record<string, Declared>): Promise<Outcome> => {
    const outcome = await project.declare(declared).up();
    ups.push(outcome);
    states.push(await project.stack.state());
    return outcome;
  };
  const outputs = (nth: number, name: string) => states[nth]?.[name]?.outputs ?? {};

  beforeAll(async () => {
    const { vault } = engine();
    const authority = await TestAuthority.create();
    const chainFor = async (name: string) => authority.sign(await csrOf(vault, name));
    const begunWith = {
      ...Object.fromEntries(names.map((name) => [name, manual(name)])),
      awaited: manual("awaited", { waitForCompletion: true }),
    };
    project = await Project.create(engine(), "manual");
    await up(begunWith);

    for (const name of [...names, "awaited"]) chains[name] = await chainFor(name);
    await mergeByHand(vault, "portal", chains["portal"] ?? "");
    await mergeByHand(vault, "both", chains["both"] ?? "");
    await vault.byHand("DELETE", "/certificates/lost/pending");
    ups.push(await project.stack.refresh());
    states.push(await project.stack.state());

    const answered = (name: string, chain = chains[name] ?? "") => manual(name, { chain });
    const second = {
      ...begunWith,
      both: answered("both"),
      older: manual("older", { reissue: "again" }),
      foreign: answered("foreign", await authority.issue("CN=foreign.example.com")),
      renewed: answered("renewed"),
      awaited: { ...answered("awaited"), waitForCompletion: true },
    };
    preview = await project.declare(second).stack.preview();
    await up(second);
    newRequest = vault.orders("lost")[1]?.requestId;

    const third = {
      ...second,
      older: manual("older", { reissue: "again", chain: chains["older"] ?? "" }),
      foreign: answered("foreign"),
      renewed: { ...answered("renewed"), reissue: "2027" },
    };
    await up(third);
    betweenVersion = await vault.version("renewed");
    await up({
      ...third,
      older: manual("older", { reissue: "again", chain: await chainFor("older") }),
      renewed: { ...answered("renewed", await chainFor("renewed")), reissue: "2027" },
    });
  });

  const versionAfter = (nth: number, name: string) => outputs(nth, name)["version"];
  const begun = 0;
  const afterRefresh = 1;
  const afterSecond = 2;
  const afterThird = 3;
  const atTheEnd = 4;

  test("a merge in the portal is found by a refresh, and leaves nothing to do", async () => {
    expect(outputs(begun, "portal")).toMatchObject({ status: "inProgress", version: null });
    expect(outputs(afterRefresh, "portal")).toMatchObject({
      status: "completed",
      version: await engine().vault.version("portal"),
    });
    expect(concerning(ups[afterSecond] as Outcome, "portal")).toEqual([]);
  });

  test("a chain that was merged in the portal is merged already, and no error", () => {
    const second = ups[afterSecond] as Outcome;
    expect(said(second, "both")).toEqual([]);
    expect(writes(second, "both")).toEqual([]);
    expect(outputs(afterSecond, "both")).toMatchObject({
      status: "completed",
      version: versionAfter(afterRefresh, "both"),
    });
  });

  test("a request that was deleted in the portal is made anew, once, as the preview says", () => {
    expect(said(preview, "lost")).toEqual([
      expect.stringMatching(
        /is no longer in the vault; up makes one new request unless the certificate fits/,
      ),
    ]);
    expect(writes(ups[afterSecond] as Outcome, "lost")).toEqual(["POST /certificates/lost/create 202"]);
    expect(statuses(engine().vault, "lost")).toEqual(["deleted", "inProgress"]);
    expect(outputs(afterSecond, "lost")).toMatchObject({ status: "inProgress", requestId: newRequest });
    expect(outputs(afterSecond, "lost")["csrPem"]).not.toBe(outputs(begun, "lost")["csrPem"]);
  });

  test("a chain for an older request is refused before anything is written, and one for the new request is merged", () => {
    const third = ups[afterThird] as Outcome;
    expect(said(third, "older", "error").join()).toContain("[KVC_CHAIN_WRONG_KEY]");
    expect(writes(third, "older")).toEqual([]);
    expect(outputs(afterThird, "older")).toMatchObject({ status: "inProgress", version: null });
    expect(writes(ups[atTheEnd] as Outcome, "older")).toEqual(["POST /certificates/older/pending/merge 201"]);
    expect(statuses(engine().vault, "older")).toEqual(["deleted", "completed"]);
  });

  test("a chain for another key is refused before any merge call, with both keys, and its request waits on", () => {
    const second = ups[afterSecond] as Outcome;
    expect(said(second, "foreign", "error").join()).toMatch(
      /chain must hold a certificate for the key of the pending request .* but it holds "CN=foreign\.example\.com"/,
    );
    expect(writes(second, "foreign")).toEqual([]);
    expect(writes(ups[afterThird] as Outcome, "foreign")).toEqual([
      "POST /certificates/foreign/pending/merge 201",
    ]);
    expect(engine().vault.orders("foreign")).toHaveLength(1);
  });

  test("reissue makes a new CSR in one up and a new version in the next, and the old version stays current between", async () => {
    const old = versionAfter(afterSecond, "renewed");
    expect(outputs(afterThird, "renewed")).toMatchObject({ status: "inProgress", version: old });
    expect(betweenVersion).toBe(old);
    expect(outputs(afterThird, "renewed")["csrPem"]).not.toBe(outputs(afterSecond, "renewed")["csrPem"]);
    expect(outputs(atTheEnd, "renewed")).toMatchObject({
      status: "completed",
      version: await engine().vault.version("renewed"),
    });
    expect(versionAfter(atTheEnd, "renewed")).not.toBe(old);
    expect(engine().vault.orders("renewed")).toHaveLength(2);
  });

  test("waitForCompletion fails the up that only has the CSR, and is content once the chain is merged", () => {
    expect(said(ups[begun] as Outcome, "awaited", "error").join()).toMatch(
      /\(waitForCompletion\), but it waits for a signed chain; have the csrPem output signed/,
    );
    expect(outputs(begun, "awaited")).toMatchObject({ status: "inProgress", version: null });
    expect(outputs(begun, "awaited")["csrPem"]).toMatch(/^-----BEGIN CERTIFICATE REQUEST-----/);
    expect(said(ups[afterSecond] as Outcome, "awaited", "error")).toEqual([]);
    expect(writes(ups[afterSecond] as Outcome, "awaited")).toEqual([
      "POST /certificates/awaited/pending/merge 201",
    ]);
  });

  test("ends with nothing to do: the chains stay in the program, and nothing is asked of the vault", async () => {
    const again = await project.up();
    expect(again.changes).toEqual({ same: names.length + 1 });
    expect(again.requests).toEqual([]);
    expect(again.diagnostics).toEqual([]);
  });
});
