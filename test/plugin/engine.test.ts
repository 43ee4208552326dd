import { once } from "node:events";
import { type AddressInfo, createServer } from "node:net";
import { setTimeout as delay } from "node:timers/promises";
import { useBench } from "./bench";
import { Engine, nobody } from "./engine";
import { sdks } from "./programs";
import { certificate, checked, createResource, policy, registerIssuer, urnOf } from "./resource";

describe.each(sdks)("the plugin process and its engine, $sdk", ({ program }) => {
  const bench = useBench(program);
  const writes = () =>
    bench.emulator.control
      .requests()
      .filter(({ method }) => method !== "GET")
      .map(({ method, path }) => `${method} ${path}`);
  const exitOf = (ended: Promise<number | null>, withinMs: number) =>
    Promise.race([ended, delay(withinMs, "still running", { ref: false })]);

  beforeAll(async () => {
    await registerIssuer(bench.emulator, "ContosoCA");
  });

  test("a wait shows live in the resource's row, second by second, and is kept nowhere", async () => {
    bench.emulator.control.setIssuer("Self", { durationMs: 2500 });
    const plugin = await bench.start();
    await createResource(plugin.rpc, certificate(bench.emulator, "watched"));
    const lines = bench.engine.lines.slice(0, 2);
    const row = { severity: "INFO", urn: urnOf("watched"), ephemeral: true };
    expect(lines).toMatchObject([row, row]);
    const seconds = lines.map(({ message }) =>
      Number(/^waiting for Self, (\d) s, next look in 1 s$/.exec(message)?.[1]),
    );
    // A busy machine starts to count late.
    expect(seconds).toEqual([seconds[0], Number(seconds[0]) + 1]);
    expect(bench.engine.lines.every(({ ephemeral }) => ephemeral)).toBe(true);
  });

  test("why an unchanged resource is updated is said in its row, and stays", async () => {
    bench.emulator.control.setIssuer("ContosoCA", { durationMs: 0, outcome: "failed" });
    const plugin = await bench.start();
    const news = certificate(bench.emulator, "explained", { policy: policy("ContosoCA") });
    const inputs = await checked(plugin.rpc, news);
    const error: unknown = await plugin.rpc.create(inputs).catch((reason: unknown) => reason);
    const failure = plugin.rpc.initFailureOf(error as Parameters<typeof plugin.rpc.initFailureOf>[0]);
    await plugin.rpc.diff(failure?.id ?? "", failure?.properties ?? {}, inputs);
    expect(bench.engine.lines.at(-1)).toEqual({
      severity: "INFO",
      message: expect.stringMatching(/ failed .*; up makes one new request$/),
      urn: urnOf("explained"),
      ephemeral: false,
    });
  });

  test("where nobody listens at the engine's address everything works, without a word", async () => {
    bench.emulator.control.setIssuer("Self", { durationMs: 2500 });
    const plugin = await bench.start({ engine: nobody });
    const { outputs } = await createResource(plugin.rpc, certificate(bench.emulator, "unwatched"));
    expect(outputs["status"]).toBe("completed");
    expect(await plugin.stop()).toEqual({ stdout: "", stderr: "" });
  });

  test("an engine that takes the connection and never answers holds nothing up", async () => {
    const mute = createServer((socket) => void socket.resume()).unref();
    await once(mute.listen(0, "127.0.0.1"), "listening");
    const { port } = mute.address() as AddressInfo;
    const plugin = await bench.start({ engine: `127.0.0.1:${port}` });
    try {
      const inputs = await checked(plugin.rpc, certificate(bench.emulator, "muted"));
      // A state with something to say of it.
      const outputs = { ...inputs, status: "failed", requestId: "0" };
      expect((await plugin.rpc.diff("id", outputs, inputs)).changes).toBe("DIFF_SOME");
    } finally {
      await plugin.stop();
      mute.close();
    }
  });

  test("when the engine is gone in mid-wait, nothing more is written to the vault and the process exits", async () => {
    const { control } = bench.emulator;
    // The next steps after the cancellation would be to delete the request and to order another.
    control.setIssuer("ContosoCA", { outcome: "inProgress", cancellationMs: 2500 });
    const engine = await Engine.start(bench.program);
    const plugin = await bench.start({ engine: engine.address });
    const news = { policy: policy("ContosoCA"), waitForCompletion: false };
    const made = await createResource(plugin.rpc, certificate(bench.emulator, "orphaned", news));
    const other = { ...news, policy: policy("ContosoCA", { subject: "CN=other.example" }) };
    const changed = await checked(plugin.rpc, certificate(bench.emulator, "orphaned", other), made.inputs);
    control.clearRequests();
    const update = plugin.rpc.update(made.id, made.outputs, changed);
    update.catch(() => undefined);
    await engine.line(({ message }) => message.includes("to cancel,"));
    const before = writes();
    expect(before).toContain("PATCH /certificates/orphaned/pending");
    engine.kill();
    expect(await exitOf(plugin.ended, 10_000)).toBe(1);
    await expect(update).rejects.toThrow();
    expect(writes()).toEqual(before);
  });

  test("when the engine is gone and nothing is under way, the process exits too", async () => {
    const engine = await Engine.start(bench.program);
    const plugin = await bench.start({ engine: engine.address });
    await checked(plugin.rpc, certificate(bench.emulator, "previewed"));
    engine.kill();
    expect(await exitOf(plugin.ended, 10_000)).toBe(1);
  });
});
