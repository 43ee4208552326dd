import { getEventListeners } from "node:events";
import { isError, type KeyVaultCertificateError } from "../../../provider/errors/error";
import { bring } from "../../../provider/lifecycle/bring";
import { withinDeadline } from "../../../provider/lifecycle/deadline";
import { remove } from "../../../provider/lifecycle/removal";
import { beginning, type Memory } from "../../../provider/lifecycle/situation";
import type { Run } from "../../../provider/lifecycle/steps/step";
import type { CallOptions, VaultClient } from "../../../provider/vault/client";
import { inFakeTime, startOfTime, timersLeft, useFakeTime, useRealTime } from "../build/fake-time";
import { makeMaterials, type Material } from "../build/materials";
import { ModelVault } from "../build/model-vault";
import { type TestRun, testRun } from "../build/run";
import { incarnation, markOf, wanted } from "../build/situation";

let materials: Material[];

beforeAll(async () => {
  materials = await makeMaterials(2);
});
beforeEach(useFakeTime);
afterEach(useRealTime);

/** An answer that never comes: the call ends with its signal. */
const never = ({ signal }: CallOptions = {}) =>
  new Promise<never>((_, reject) => {
    signal?.addEventListener("abort", () => reject(signal.reason as Error));
  });

const note = { permission: "update", delayMs: 4000, attempt: 3, reason: "the vault is throttling" } as const;

/** The vault lets that call hang; before that it is told of as tried again, where a request is given. */
function hanging(vault: ModelVault, method: keyof VaultClient, request?: string): ModelVault {
  const hang = (...given: unknown[]) => {
    const options = given.at(-1) as CallOptions;
    if (request !== undefined) options.onRetry?.({ ...note, request });
    return never(options);
  };
  return Object.assign(vault, { [method]: hang });
}

const made: Memory = { incarnation, generation: "0", request: undefined };

async function brought(
  run: TestRun,
  { memory, tags }: { memory?: Memory; tags?: Record<string, string> } = {},
): Promise<KeyVaultCertificateError | undefined> {
  const what = wanted(tags === undefined ? {} : { tags });
  return (await inFakeTime(bring(beginning(what, markOf(what), memory, 0), run))).failure;
}

describe("a run that is given up in the middle of a call", () => {
  test("ends two seconds after its deadline, and leaves no timer and no listener", async () => {
    const run = testRun(hanging(new ModelVault(materials), "getCertificate"), { timeoutMs: 5000 });
    expect((await brought(run))?.code).toBe("KVC_TIMED_OUT");
    expect(Date.now() - startOfTime).toBe(7000);
    expect(timersLeft()).toBe(0);
    expect(getEventListeners(run.tools.engine.signal, "abort")).toHaveLength(0);
  });

  test("says the user's limit and what was not answered, and that nothing was ordered", async () => {
    const run = testRun(hanging(new ModelVault(materials), "getCertificate"), { timeoutMs: 5000 });
    expect((await brought(run))?.message).toMatch(
      /the create was to end within 5 s, but the vault has not answered the look at the certificate; run `pulumi up` again: nothing was ordered, and it begins anew; or allow more time with customTimeouts\.create \[KVC_TIMED_OUT\]$/,
    );
  });

  test("says that the credential has given no token, where that is what was waited for", async () => {
    const run = testRun(hanging(new ModelVault(materials), "getCertificate"), { timeoutMs: 5000 });
    const asking = { ...run, tools: { ...run.tools, tokenAwaited: () => true } };
    expect((await brought(asking))?.message).toContain(
      "but the credential has given no token for the look at the certificate;",
    );
  });

  test("says what the vault has answered so far, and that the rest is left to the next run", async () => {
    const vault = new ModelVault(materials);
    await brought(testRun(vault));
    hanging(vault, "updateCertificate", "PATCH /certificates/web/1");
    const run = testRun(vault, { timeoutMs: 2000, option: "update" });
    expect((await brought(run, { memory: made, tags: { a: "1" } }))?.message).toMatch(
      /the update was to end within 2 s, but the change of the certificate's attributes and tags did not come through: the vault is throttling \(PATCH \/certificates\/web\/1, 3 attempts\); run `pulumi up` again: it looks at what is there and does what is left, within customTimeouts\.update;/,
    );
  });

  test("says that the next run goes on with the request that was made", async () => {
    const run = testRun(hanging(new ModelVault(materials), "getOperation"), { timeoutMs: 2000 });
    // A wait ends by the deadline itself, a look that is no part of one is given up.
    const { message = "" } = (await brought(run)) ?? {};
    expect(message).toContain("it goes on with the same request, within customTimeouts.update");
  });

  test("forgets the attempts of a call that has ended", async () => {
    const vault = new ModelVault(materials);
    const first = vault.getCertificate.bind(vault);
    vault.getCertificate = (name, options) => {
      options?.onRetry?.({ ...note, request: "GET /certificates/web" });
      return first(name, options);
    };
    hanging(vault, "createCertificate");
    const run = testRun(vault, { timeoutMs: 2000 });
    expect((await brought(run))?.message).toContain("but the vault has not answered the order;");
  });

  test("says that it was still at work, where no call is under way any more", async () => {
    const run = testRun(new ModelVault(materials), { timeoutMs: 2000 });
    const what = wanted();
    const ended = withinDeadline(beginning(what, markOf(what), undefined, 0), run, async (bounded) => {
      await bounded.tools.vault.getCertificate("web", bounded.call);
      return never(bounded.call);
    });
    ended.catch(() => undefined);
    await expect(inFakeTime(ended)).rejects.toThrow("but it was still at work;");
  });

  test("of a delete says to run the same command again", async () => {
    const run = testRun(hanging(new ModelVault(materials), "getCertificate"), {
      timeoutMs: 2000,
      option: "delete",
    });
    const what = wanted();
    const failure = await inFakeTime(remove(beginning(what, markOf(what), made, 0), run, { purge: false }));
    expect(failure?.message).toMatch(
      /the delete was to end within 2 s, but the vault has not answered the look at the certificate; run the same command again: it goes on from here;/,
    );
  });
});

describe("a run whose engine goes away", () => {
  test("ends its call at once, and says what it was", async () => {
    const run = testRun(hanging(new ModelVault(materials), "getCertificate"));
    setTimeout(() => run.endEngine(), 1000);
    expect((await brought(run))?.message).toMatch(
      /the Pulumi engine went away while the look at the certificate was under way, .*\[KVC_ENGINE_GONE\]$/,
    );
    expect(Date.now() - startOfTime).toBe(1000);
    expect(timersLeft()).toBe(0);
    expect(getEventListeners(run.tools.engine.signal, "abort")).toHaveLength(0);
  });

  test("before its first call makes none that goes on", async () => {
    const run = testRun(new ModelVault(materials));
    run.endEngine();
    const what = wanted();
    const start = beginning(what, markOf(what), undefined, 0);
    const reason = await withinDeadline(start, run, ({ call }) =>
      Promise.resolve(call.signal?.reason as unknown),
    );
    expect(isError(reason, "KVC_ENGINE_GONE")).toBe(true);
  });
});

describe("the deadline of a run whose machine's clock is set", () => {
  test.each([
    ["forwards", 600_000],
    ["back", -600_000],
  ])("%s by minutes is as far away as before", async (_, byMs) => {
    let [set, passed] = [0, 0];
    const run = testRun(new ModelVault(materials), { timeoutMs: 60_000 });
    const clock = () => startOfTime + set + passed;
    const tools = { ...run.tools, clock, steadyClock: () => passed };
    const what = wanted();
    const start = beginning(what, markOf(what), undefined, 0);
    await withinDeadline(start, { ...run, tools }, (bounded: Run) => {
      passed = 20_000;
      set = byMs;
      expect(bounded.deadline.at - clock()).toBe(40_000);
      expect(clock() - bounded.deadline.startedAt).toBe(20_000);
      expect(bounded.call.deadline).toBe(bounded.deadline.at);
      return Promise.resolve();
    });
  });
});
