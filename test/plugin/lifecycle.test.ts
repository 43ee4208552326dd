import type { ServiceError } from "@grpc/grpc-js";
import { useBench } from "./bench";
import type { InitFailure, PluginClient, Properties } from "./plugin-client";
import type { PluginProcess } from "./plugin-process";
import { sdks } from "./programs";
import { certificate, checked, createResource, policy, registerIssuer } from "./resource";

describe.each(sdks)("the life of a certificate in the plugin process, $sdk", ({ program }) => {
  const bench = useBench(program);
  let plugin: PluginProcess;
  let rpc: PluginClient;

  beforeAll(async () => {
    plugin = await bench.start();
    ({ rpc } = plugin);
    bench.emulator.control.setIssuer("Self", { durationMs: 0 });
    await registerIssuer(bench.emulator, "ContosoCA");
  });

  const ordersOf = (name: string) =>
    bench.emulator.control.orders().filter((order) => order.certificateName === name);

  /** Creates what does not get to its end: what the engine then keeps. */
  async function failToCreate(news: Properties): Promise<InitFailure & { inputs: Properties; text: string }> {
    const inputs = await checked(rpc, news);
    const error = await rpc.create(inputs).then(
      () => Promise.reject(new Error("the create was to fail")),
      (reason: unknown) => reason as ServiceError,
    );
    const failure = rpc.initFailureOf(error);
    if (failure === undefined) throw error;
    return { ...failure, inputs, text: error.details };
  }

  test("a create answers with the id of no version, and outputs that are plain", async () => {
    const { id, outputs } = await createResource(rpc, certificate(bench.emulator, "plain"));
    expect(id).toBe(`${bench.emulator.url}/certificates/plain`);
    expect(JSON.parse(JSON.stringify(outputs))).toEqual(outputs);
    expect(outputs).toMatchObject({ status: "completed", certificateName: "plain" });
    expect(outputs["certificatePem"]).toMatch(/^-----BEGIN CERTIFICATE-----\n/);
  });

  test("of a completed certificate nothing is null but the failure that there was not", async () => {
    const { outputs } = await createResource(rpc, certificate(bench.emulator, "no-nulls"));
    const nulls = Object.keys(outputs).filter((name) => outputs[name] === null);
    expect(nulls.sort()).toEqual(["operationError", "statusDetails"]);
  });

  test("the outputs echo the checked inputs exactly, spelling and order included", async () => {
    const news = certificate(bench.emulator, "echo", {
      vaultUrl: `${bench.emulator.url}/`,
      tags: { b: "2", a: "" },
      policy: policy("self", { enhancedKeyUsage: ["1.3.6.1.5.5.7.3.2", "1.3.6.1.5.5.7.3.1"] }),
      reissue: { list: [1, "two", null], nested: { empty: {} } },
      timeouts: { create: "1m" },
    });
    const { inputs, outputs } = await createResource(rpc, news);
    const echo = Object.fromEntries(Object.keys(inputs).map((name) => [name, outputs[name]]));
    expect(JSON.stringify(echo)).toBe(JSON.stringify(inputs));
  });

  test("after a create, a read gives the same outputs and the same inputs", async () => {
    const { id, inputs, outputs } = await createResource(rpc, certificate(bench.emulator, "reread"));
    expect(await rpc.read(id, outputs)).toEqual({ id, outputs, inputs });
  });

  test("a certificate that is gone is read as gone, and its delete is no failure", async () => {
    const { id, outputs } = await createResource(rpc, certificate(bench.emulator, "gone"));
    await rpc.delete(id, outputs);
    expect((await rpc.read(id, outputs)).id).toBe("");
    await rpc.delete(id, outputs);
  });

  test("an error keeps its message and its code, and nothing exists that the engine should keep", async () => {
    bench.emulator.control.plant("key", "taken");
    const inputs = await checked(rpc, certificate(bench.emulator, "taken"));
    const error = await rpc.create(inputs).catch((reason: unknown) => reason as ServiceError);
    expect(error).toMatchObject({
      details: expect.stringMatching(
        /^certificate "taken" in vault http\S+: the name must be free, .* \[KVC_NAME_TAKEN\]$/,
      ),
    });
    expect(rpc.initFailureOf(error as ServiceError)).toBeUndefined();
  });

  test("a request that its issuer refuses is an init error with id, reasons and properties", async () => {
    bench.emulator.control.setIssuer("ContosoCA", {
      durationMs: 0,
      outcome: "failed",
      error: { code: "Declined", message: "the domain is not yours" },
    });
    const failure = await failToCreate(
      certificate(bench.emulator, "refused", { policy: policy("ContosoCA") }),
    );
    expect(failure.id).toBe(`${bench.emulator.url}/certificates/refused`);
    expect(failure.reasons).toEqual([failure.text]);
    expect(failure.text).toMatch(/"Declined: the domain is not yours".* \[KVC_REQUEST_FAILED\]$/);
    expect(failure.properties).toMatchObject({ ...failure.inputs, status: "failed", certificatePem: null });
  });

  test("an update goes on from the properties of an init error, and makes one new request", async () => {
    bench.emulator.control.setIssuer("ContosoCA", { durationMs: 0, outcome: "failed" });
    const news = certificate(bench.emulator, "again", { policy: policy("ContosoCA") });
    const { id, properties, inputs } = await failToCreate(news);
    bench.emulator.control.setIssuer("ContosoCA", { durationMs: 0 });
    expect(await rpc.diff(id, properties, await checked(rpc, news, inputs))).toEqual({
      changes: "DIFF_SOME",
      replaces: [],
    });
    const { outputs } = await rpc.update(id, properties, inputs);
    expect(outputs).toMatchObject({ ...inputs, status: "completed", operationError: null });
    expect(ordersOf("again")).toHaveLength(2);
  });

  test("after a deadline, an update follows the request that the create made and makes no other", async () => {
    bench.emulator.control.setIssuer("ContosoCA", { outcome: "inProgress" });
    const news = certificate(bench.emulator, "slow", {
      policy: policy("ContosoCA"),
      timeouts: { create: "1500ms" },
    });
    const { id, properties, inputs, text } = await failToCreate(news);
    expect(text).toContain("customTimeouts.create [KVC_TIMED_OUT]");
    const [order] = ordersOf("slow");
    bench.emulator.control.endOrder(order?.requestId ?? "", { outcome: "completed" });
    const { outputs } = await rpc.update(id, properties, inputs);
    expect(outputs).toMatchObject({ status: "completed", requestId: order?.requestId });
    expect(ordersOf("slow")).toHaveLength(1);
    expect((await rpc.diff(id, outputs, inputs)).changes).toBe("DIFF_NONE");
  });

  test("an init error of an update echoes the old inputs, as those are what the engine keeps", async () => {
    bench.emulator.control.setIssuer("ContosoCA", { durationMs: 0 });
    const old = await createResource(
      rpc,
      certificate(bench.emulator, "changed", { policy: policy("ContosoCA") }),
    );
    bench.emulator.control.setIssuer("ContosoCA", { durationMs: 0, outcome: "failed" });
    const wanted = policy("ContosoCA", { subject: "CN=other.example" });
    const news = await checked(rpc, certificate(bench.emulator, "changed", { policy: wanted }), old.inputs);
    const error = await rpc
      .update(old.id, old.outputs, news)
      .catch((reason: unknown) => reason as ServiceError);
    expect(rpc.initFailureOf(error as ServiceError)?.properties).toMatchObject({
      ...old.inputs,
      certificateId: old.outputs["certificateId"],
      status: "failed",
    });
  });

  test("a change that its issuer refused can be taken back, and then nothing is left to do", async () => {
    const news = certificate(bench.emulator, "regretted");
    const old = await createResource(rpc, news);
    bench.emulator.control.setIssuer("ContosoCA", { durationMs: 0, outcome: "failed" });
    const refused = await checked(rpc, { ...news, policy: policy("ContosoCA") }, old.inputs);
    const error: unknown = await rpc.update(old.id, old.outputs, refused).catch((reason: unknown) => reason);
    const { properties = {} } = rpc.initFailureOf(error as ServiceError) ?? {};
    const { outputs } = await rpc.update(old.id, properties, await checked(rpc, news, old.inputs));
    expect(outputs["version"]).toBe(old.outputs["version"]);
    expect((await rpc.diff(old.id, outputs, old.inputs)).changes).toBe("DIFF_NONE");
  });

  test("what an init error leaves can be deleted", async () => {
    bench.emulator.control.setIssuer("ContosoCA", { durationMs: 0, outcome: "failed" });
    const { id, properties } = await failToCreate(
      certificate(bench.emulator, "unwanted", { policy: policy("ContosoCA") }),
    );
    await rpc.delete(id, properties);
    expect((await rpc.read(id, properties)).id).toBe("");
  });
});
