import { certificates, ecPolicy } from "./programs";
import { type TestStack, useEngine } from "./stack";

const engine = useEngine();

const policy = ecPolicy("Self", "CN=shared.example.com");
const shared = (adopt?: true) =>
  certificates({ mine: { certificateName: "shared", policy, ...(adopt === undefined ? {} : { adopt }) } });

const writes = (traffic: readonly string[]) => traffic.filter((line) => !line.startsWith("GET"));

describe("a certificate of another stack", () => {
  let owner: TestStack;
  let stranger: TestStack;
  let version: string | undefined;

  beforeAll(async () => {
    owner = await engine().stack("owner", certificates({ shared: { policy } }));
    await owner.up();
    version = await engine().vault.version("shared");
    stranger = await engine().stack("stranger", shared());
  });

  test("is refused with what to do, and not touched", async () => {
    const up = await stranger.up();
    expect(up.ok).toBe(false);
    expect(up.text).toContain("choose another certificateName, or set adopt: true to take it over");
    expect(writes(up.traffic)).toEqual([]);
    expect(await stranger.state()).toEqual({});
    expect(await engine().vault.version("shared")).toBe(version);
  });

  test("is taken over with adopt: true, without a new version where it fits", async () => {
    const up = await stranger.up(shared(true));
    const { outputs } = await stranger.resource("mine");
    expect(up.ok).toBe(true);
    expect(outputs).toMatchObject({ status: "completed", version });
    expect(writes(up.traffic)).toEqual([`PATCH /certificates/shared/${String(version)} 200`]);
    expect((await stranger.up()).changes).toEqual({ same: 1 });
  });

  test("is left alone by the stack that owned it, whose refresh lets it go with a warning", async () => {
    const refreshed = await owner.refresh();
    expect(writes(refreshed.traffic)).toEqual([]);
    expect(await owner.state()).toEqual({});
    expect(refreshed.text).toMatch(/belongs to another owner/);
    expect(await engine().vault.version("shared")).toBe(version);
  });
});

describe("a stack whose certificate was taken over", () => {
  test("destroys without it, and says so", async () => {
    const owner = await engine().stack("late-owner", certificates({ late: { policy } }));
    await owner.up();
    const taken = await engine().stack("late-stranger", certificates({ late: { policy, adopt: true } }));
    await taken.up();
    const destroyed = await owner.destroy();
    expect(destroyed.ok).toBe(true);
    expect(destroyed.text).toMatch(/is left alone: its tag names another owner/);
    expect(writes(destroyed.traffic)).toEqual([]);
    expect(await engine().vault.certificate("late")).toBeDefined();
  });
});

describe("a certificate that was made by hand", () => {
  test("is refused, and with adopt: true given a new version where it does not fit", async () => {
    const { vault } = engine();
    await vault.byHand("POST", "/certificates/hand/create", {
      policy: {
        issuer: { name: "Self" },
        x509_props: { subject: "CN=hand.example.com" },
        key_props: { kty: "EC" },
      },
    });
    while ((await vault.certificate("hand"))?.cer === undefined)
      await new Promise((done) => setTimeout(done, 50));
    const before = await vault.version("hand");

    const stack = await engine().stack("by-hand", certificates({ hand: { policy } }));
    const refused = await stack.up();
    expect(refused.ok).toBe(false);
    expect(refused.text).toContain("set adopt: true");
    expect(writes(refused.traffic)).toEqual([]);

    const adopted = await stack.up(certificates({ hand: { policy, adopt: true } }));
    expect(adopted.ok).toBe(true);
    expect(writes(adopted.traffic)).toEqual(["POST /certificates/hand/create 202"]);
    expect(await vault.version("hand")).not.toBe(before);
    expect((await stack.resource("hand")).outputs["version"]).toBe(await vault.version("hand"));
  });
});
