import { useBench } from "./bench";
import type { PluginProcess } from "./plugin-process";
import { sdks } from "./programs";
import { certificate, checked, createResource, policy, providerText, type Resource } from "./resource";

const unknown = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

const pathOf = ({ reason }: { reason: string }) => reason.split(": ")[0];

describe.each(sdks)("check and diff in the plugin process, $sdk", ({ program }) => {
  const bench = useBench(program);
  let plugin: PluginProcess;
  let made: Resource;

  beforeAll(async () => {
    plugin = await bench.start();
    bench.emulator.control.setIssuer("Self", { durationMs: 0 });
    made = await createResource(plugin.rpc, certificate(bench.emulator, "made"));
  });

  test("every mistake comes through at once, the property's path as the first word of its reason", async () => {
    const { failures } = await plugin.rpc.check(
      certificate(bench.emulator, "a.b", {
        policy: policy("Self", { keySize: 1024, subjectAlternativeNames: { dnsNames: ["ok.example", "*"] } }),
        enabld: true,
      }),
    );
    expect(failures.map(pathOf).sort()).toEqual([
      "certificateName",
      "enabld",
      "policy.keySize",
      "policy.keySize",
      "policy.subjectAlternativeNames.dnsNames[1]",
    ]);
    expect(failures.find((failure) => pathOf(failure) === "certificateName")?.reason).toBe(
      'certificateName: must be 1 to 127 letters, digits and dashes (the service allows no dots, for example), got "a.b"',
    );
  });

  test("no mistake names a property to the engine, which would print its value", async () => {
    const { failures } = await plugin.rpc.check(certificate(bench.emulator, "a.b", { enabled: "yes" }));
    expect(failures.map(({ property }) => property)).toEqual(["", ""]);
  });

  test("a null where an object is expected is a mistake of the program, not a crash", async () => {
    const { failures } = await plugin.rpc.check(
      certificate(bench.emulator, "nulls", { policy: null, tags: null, vaultUrl: null }),
    );
    expect(failures.map(pathOf).sort()).toEqual(["policy", "tags", "vaultUrl"]);
  });

  test("the checked inputs are the program's, without the URN and with the ids that a preview can know", async () => {
    const news = certificate(bench.emulator, "known");
    const { __urn, ...kept } = news;
    expect(__urn).toBeDefined();
    expect(await checked(plugin.rpc, news)).toEqual({
      ...kept,
      enabled: true,
      versionlessId: `${bench.emulator.url}/certificates/known`,
      versionlessSecretId: `${bench.emulator.url}/secrets/known`,
    });
  });

  test("what is unknown in a preview passes, and leaves the ids exactly unknown", async () => {
    const inputs = await checked(
      plugin.rpc,
      certificate(bench.emulator, "later", { vaultUrl: unknown, policy: unknown }),
    );
    expect(inputs).toMatchObject({ versionlessId: unknown, versionlessSecretId: unknown });
  });

  test("the provider's text stays the constant that every state holds", async () => {
    expect((await checked(plugin.rpc, certificate(bench.emulator, "text")))["__provider"]).toBe(providerText);
  });

  test.each([
    ["nothing changed", {}, "DIFF_NONE", []],
    ["a policy changed", { policy: policy("Self", { validityInMonths: 3 }) }, "DIFF_UNKNOWN", []],
    ["only what a delete reads changed", { purgeOnDelete: true }, "DIFF_UNKNOWN", []],
    ["the name changed", { certificateName: "other" }, "DIFF_UNKNOWN", ["certificateName"]],
    ["the name changed its case", { certificateName: "MADE" }, "DIFF_UNKNOWN", []],
    ["the vault is unknown", { vaultUrl: unknown }, "DIFF_UNKNOWN", []],
  ])("diff answers what the engine reads: %s", async (_, more, changes, replaces) => {
    const news = await checked(plugin.rpc, certificate(bench.emulator, "made", more), made.inputs);
    expect(await plugin.rpc.diff(made.id, made.outputs, news)).toEqual({ changes, replaces });
  });
});
