import { bring } from "../../../provider/lifecycle/bring";
import { generationOf } from "../../../provider/lifecycle/generation";
import { beginning, type Memory } from "../../../provider/lifecycle/situation";
import type { Wanted } from "../../../provider/lifecycle/wanted";
import { policy } from "../build/certificate";
import { inFakeTime, startOfTime, useFakeTime, useRealTime } from "../build/fake-time";
import { makeMaterials, type Material } from "../build/materials";
import { ModelVault } from "../build/model-vault";
import { testRun } from "../build/run";
import { incarnation, markOf, ourTags, wanted } from "../build/situation";

// Every certificate and CSR of these materials is for CN=web.contoso.com, whatever policy the vault has stored.
let materials: Material[];

beforeAll(async () => {
  materials = await makeMaterials(4);
});
beforeEach(useFakeTime);
afterEach(useRealTime);

const other = { policy: policy({ subject: "CN=other.contoso.com" }) };

async function runTo(vault: ModelVault, changes: Partial<Wanted> = {}, memory?: Memory) {
  const what = wanted(changes);
  const run = testRun(vault);
  const start = beginning(what, markOf(what), memory, startOfTime);
  return { ...(await inFakeTime(bring(start, run))), run };
}

/** A state that knows a version which somebody has replaced since. */
const outlived = (what: Wanted): Memory => ({
  incarnation,
  generation: generationOf(what),
  version: "f".repeat(32),
});

describe("a version that nobody vouches for", () => {
  test("is kept where its content is what is wanted, and marked", async () => {
    const vault = new ModelVault(materials);
    vault.seed({}, policy());
    expect((await runTo(vault, {}, outlived(wanted()))).failure).toBeUndefined();
    expect(vault.count("createCertificate")).toBe(0);
    expect(vault.current?.tags).toEqual(ourTags());
  });

  test("is replaced where its content is not, though the stored policy is what is wanted", async () => {
    const vault = new ModelVault(materials);
    vault.seed({}, other.policy);
    await runTo(vault, other, outlived(wanted(other)));
    expect(vault.count("createCertificate")).toBe(1);
  });

  test("is the state's to vouch for where the state knows this very version", async () => {
    const vault = new ModelVault(materials);
    vault.seed({}, other.policy);
    const memory = { ...outlived(wanted(other)), version: vault.current?.version };
    await runTo(vault, other, memory);
    expect(vault.count("createCertificate")).toBe(0);
  });

  test("is adopted only where its content is what is wanted", async () => {
    const vault = new ModelVault(materials);
    vault.seed({}, other.policy);
    await runTo(vault, { ...other, adopt: true });
    expect(vault.count("createCertificate")).toBe(1);
  });
});

describe("a request that nobody vouches for", () => {
  const begun = (what: Partial<Wanted>) => {
    const vault = new ModelVault(materials);
    vault.seed(ourTags(wanted()), policy());
    vault.request({ policy: wanted(what).policy, tags: {}, enabled: true });
    return vault;
  };
  const memory: Memory = { incarnation, generation: generationOf(wanted()) };

  test("is resumed where its CSR is for what is wanted", async () => {
    const same = { policy: policy({ validityInMonths: 6 }) };
    const vault = begun(same);
    expect((await runTo(vault, same, memory)).failure).toBeUndefined();
    expect(vault.requests).toHaveLength(1);
  });

  test("is in the way where its CSR is for another subject, though the stored policy is what is wanted", async () => {
    const { failure } = await runTo(begun(other), other, memory);
    expect(failure?.code).toBe("KVC_REQUEST_IN_PROGRESS");
    expect(failure?.message).toContain("a run of it that was killed");
  });
});

describe("a version that lags behind its request", () => {
  test("is waited for: the one before it is not taken for it", async () => {
    const vault = new ModelVault(materials);
    await runTo(vault);
    const stale = await vault.getCertificate("web");
    const reissued = { reissue: 1 };
    const memory: Memory = { incarnation, generation: generationOf(wanted()), version: stale?.version };
    const answer = vault.getCertificate.bind(vault);
    let lag = 3;
    vault.getCertificate = async (...args) => {
      const now = await answer(...args);
      if (now?.version === stale?.version || lag === 0) return now;
      lag -= 1;
      return stale;
    };
    const { failure, situation: s, run } = await runTo(vault, reissued, memory);
    expect(failure).toBeUndefined();
    expect(lag).toBe(0);
    expect(s.certificate).toMatchObject({ version: vault.current?.version });
    expect(run.progress.join()).toContain("waiting for its version to show");
  });
});

describe("a renewal that is due by the state", () => {
  const renewal = { daysBeforeExpiry: 30 };
  const day = 86_400;
  const renewedBy = (daysLeft: number, tags: Record<string, string>) => {
    const vault = new ModelVault(materials);
    vault.seed(tags, policy());
    const now = startOfTime / 1000;
    if (vault.current !== undefined)
      Object.assign(vault.current, { notBefore: now - 60 * day, expiresOn: now + daysLeft * day });
    return vault;
  };
  const due = async (vault: ModelVault) => {
    const what = wanted({ renewal });
    const mark = markOf(what, { generation: generationOf(what, 1) });
    const start = beginning(what, mark, outlived(what), startOfTime);
    return inFakeTime(bring(start, testRun(vault)));
  };

  test.each([
    ["by this resource", ourTags()],
    ["by somebody else, without tags", {}],
  ])("is not ordered where the vault was renewed meanwhile %s", async (_, tags) => {
    const vault = renewedBy(300, tags);
    expect((await due(vault)).failure).toBeUndefined();
    expect(vault.count("createCertificate")).toBe(0);
  });

  test("is ordered where the version that there is now is due as well", async () => {
    const vault = renewedBy(10, ourTags());
    await due(vault);
    expect(vault.count("createCertificate")).toBe(1);
  });
});

describe("an order that rests on an old look", () => {
  /** A run on a machine that stands still for 600 ms after each of the first `pauses` looks. */
  async function standingStill(pauses: number, meanwhile: (vault: ModelVault) => void = () => undefined) {
    const vault = new ModelVault(materials);
    const look = vault.getCertificate.bind(vault);
    let [looks, told, stood] = [0, 0, 0];
    vault.getCertificate = async (...args) => {
      const seen = await look(...args);
      looks += 1;
      if (looks === 1) meanwhile(vault);
      return seen;
    };
    const run = testRun(vault);
    // The first reading after a look is the look's own.
    const clock = () => {
      const now = Date.now() + stood;
      if (looks > told && looks <= pauses) [told, stood] = [looks, stood + 600];
      return now;
    };
    const start = beginning(wanted(), markOf(wanted()), undefined, startOfTime);
    const bounded = { ...run, tools: { ...run.tools, clock } };
    const { failure } = await inFakeTime(bring(start, bounded));
    return { vault, looks, failure };
  }

  test("is made only after another look: a second run may have been faster", async () => {
    const faster = (vault: ModelVault) => vault.seed(ourTags(), policy());
    const { vault, looks, failure } = await standingStill(1, faster);
    expect({ failure, looks }).toEqual({ failure: undefined, looks: 2 });
    expect(vault.count("createCertificate")).toBe(0);
  });

  test("is made all the same where the machine stands still after each look", async () => {
    const { vault, failure } = await standingStill(Number.POSITIVE_INFINITY);
    expect(failure).toBeUndefined();
    expect(vault.count("createCertificate")).toBe(1);
  });
});
