import { useBench } from "./bench";
import { nobody } from "./engine";
import { sdks } from "./programs";
import { certificate, checked, createResource, policy, registerIssuer } from "./resource";

describe.each(sdks)("what the plugin process writes on stdout and stderr, $sdk", ({ program }) => {
  const bench = useBench(program);
  const silence = { stdout: "", stderr: "" };

  beforeAll(async () => {
    bench.emulator.control.setIssuer("Self", { durationMs: 0 });
    await registerIssuer(bench.emulator, "ContosoCA");
  });

  test.each([
    ["with an engine that takes log lines", () => bench.engine.address],
    ["with nobody at the engine's address", () => nobody],
  ])("nothing in a whole life that succeeds, %s", async (_, address) => {
    const plugin = await bench.start({ engine: address() });
    const { rpc } = plugin;
    const news = certificate(bench.emulator, `life-${address().replace(/\W/g, "-")}`);
    const { id, inputs, outputs } = await createResource(rpc, news);
    expect((await rpc.diff(id, outputs, await checked(rpc, news, inputs))).changes).toBe("DIFF_NONE");
    const changed = await checked(rpc, { ...news, tags: { a: "1" } }, inputs);
    const updated = await rpc.update(id, outputs, changed);
    expect(updated.outputs).toMatchObject({ tags: { a: "1" }, version: outputs["version"] });
    await rpc.delete(id, (await rpc.read(id, updated.outputs)).outputs);
    expect(await plugin.stop()).toEqual(silence);
  });

  test("nothing of inputs with mistakes", async () => {
    const plugin = await bench.start();
    const { failures } = await plugin.rpc.check(certificate(bench.emulator, "a.b"));
    expect(failures).toHaveLength(1);
    expect(await plugin.stop()).toEqual(silence);
  });

  test("nothing of a failing create or update: the engine shows the error itself", async () => {
    const plugin = await bench.start();
    const { rpc } = plugin;
    const made = await createResource(rpc, certificate(bench.emulator, "well"));
    bench.emulator.control.plant("key", "taken");
    await expect(createResource(rpc, certificate(bench.emulator, "taken"))).rejects.toThrow("KVC_NAME_TAKEN");
    bench.emulator.control.setIssuer("ContosoCA", { durationMs: 0, outcome: "failed" });
    const news = certificate(bench.emulator, "well", { policy: policy("ContosoCA") });
    await expect(rpc.update(made.id, made.outputs, await checked(rpc, news, made.inputs))).rejects.toThrow(
      "KVC_REQUEST_FAILED",
    );
    expect(await plugin.stop()).toEqual(silence);
  });

  // The SDK itself prints what check, diff, read and delete throw, as `${error}: ${error.stack}`, and the engine shows that beside the error.
  test.each(["read", "delete"] as const)("of a failing %s one line and no stack", async (call) => {
    const plugin = await bench.start({ environment: { ARM_USE_OIDC: "true" } });
    const { rpc } = plugin;
    const inputs = await checked(rpc, certificate(bench.emulator, "unread"));
    const outputs = { ...inputs, status: "completed" };
    const failing = call === "read" ? rpc.read("id", outputs) : rpc.delete("id", outputs);
    await expect(failing).rejects.toThrow(/ARM_USE_OIDC is set without .* \[KVC_CREDENTIAL_FAILED\]$/);
    const { stdout, stderr } = await plugin.stop();
    expect(stdout).toBe("");
    expect(stderr).toMatch(/^.*KVC_CREDENTIAL_FAILED.*\n$/);
  });
});
