import { inputs } from "../build/inputs";
import { strangersPolicy } from "../build/history-deeds";
import { strangersTags } from "../build/situation";
import { useVault } from "../build/use-vault";

const start = useVault(6);

/** A certificate whose request is not waited for, and in whose place a stranger's version stands by now. */
async function overtaken() {
  const { vault, engine } = start();
  vault.behaviour.outcome = "never";
  await engine.up(inputs({ waitForCompletion: false }));
  vault.deletePending();
  vault.hasPending = true;
  vault.seed(strangersTags, strangersPolicy);
  vault.behaviour.outcome = "completed";
  return { vault, engine };
}

describe("a request that is gone, with a stranger's version in its place", () => {
  test("is told once where that is to be taken over, and the next run goes on", async () => {
    const { vault, engine } = await overtaken();
    const program = inputs({ adopt: true });
    expect((await engine.up(program)).error?.message).toContain("[KVC_REQUEST_GONE]");
    expect((await engine.up(program)).error).toBeUndefined();
    expect(engine.resource?.outputs["version"]).toBe(vault.current?.version);
    expect(vault.versions).toBe(2);
  });

  test("leaves that version out of the outputs where it is not to be touched", async () => {
    const { vault, engine } = start();
    await engine.up(inputs());
    const { version } = engine.resource?.outputs ?? {};
    vault.behaviour.outcome = "never";
    const program = inputs({ reissue: 1, waitForCompletion: false });
    await engine.up(program);
    vault.before("getOperation", () => {
      vault.deletePending();
      vault.seed(strangersTags, strangersPolicy);
    });
    const waiting = inputs({ reissue: 1 });
    expect((await engine.up(waiting)).error?.message).toContain("[KVC_REQUEST_GONE]");
    expect(engine.resource?.outputs).toMatchObject({ version });
    expect((await engine.up(waiting)).error?.message).toContain("[KVC_NOT_OURS]");
    expect(vault.current?.tags).toEqual(strangersTags);
  });
});
