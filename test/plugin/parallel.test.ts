import { useBench } from "./bench";
import { identityOf } from "./resource";
import { sdks } from "./programs";
import { certificate, createResource } from "./resource";

describe.each(sdks)("parallel calls on one plugin process, $sdk", ({ program }) => {
  const bench = useBench(program);
  const names = (count: number, prefix: string) =>
    Array.from({ length: count }, (_, index) => `${prefix}-${index}`);

  test("the first calls, made at once, all see the configuration", async () => {
    bench.emulator.control.setIssuer("Self", { durationMs: 0 });
    // The environment alone asks for a federated identity without a token; only the configuration takes that back.
    const plugin = await bench.start({
      environment: { ...identityOf(bench.emulator), ARM_USE_OIDC: "true" },
      configuration: { "azure-native:useOidc": "false" },
    });
    const inputs = names(3, "first").map((name) => ({ ...certificate(bench.emulator, name), enabled: true }));
    const made = await Promise.all(inputs.map((input) => plugin.rpc.create(input)));
    expect(made.map(({ outputs }) => outputs["status"])).toEqual(["completed", "completed", "completed"]);
  });

  test("without that configuration the same calls fail for want of a token", async () => {
    const plugin = await bench.start({
      environment: { ...identityOf(bench.emulator), ARM_USE_OIDC: "true" },
    });
    await expect(createResource(plugin.rpc, certificate(bench.emulator, "no-token"))).rejects.toMatchObject({
      details: expect.stringMatching(/ARM_USE_OIDC is set without .* \[KVC_CREDENTIAL_FAILED\]$/),
    });
  });

  test("20 creates at once cost one challenge and one token, and each of them 3 requests and its polls", async () => {
    const { control } = bench.emulator;
    const plugin = await bench.start();
    control.reset();
    control.setIssuer("Self", { durationMs: 1500 });
    const wanted = names(20, "many");
    const made = await Promise.all(
      wanted.map((name) => createResource(plugin.rpc, certificate(bench.emulator, name))),
    );
    expect(made.map(({ outputs }) => outputs["status"])).toEqual(wanted.map(() => "completed"));
    expect(control.stats()).toMatchObject({ challenges: 1, tokens: 1 });
    const requestsOf = (name: string) =>
      control
        .requests()
        .filter(({ path }) => path.startsWith(`/certificates/${name}/`) || path === `/certificates/${name}`)
        .map(({ method, path }) => `${method} ${path.replace(`/certificates/${name}`, "")}`);
    for (const name of wanted) {
      const [lookup, order, ...rest] = requestsOf(name);
      expect([lookup, order, rest.pop()]).toEqual(["GET ", "POST /create", "GET "]);
      expect(new Set(rest)).toEqual(new Set(["GET /pending"]));
      expect(rest.length).toBeLessThanOrEqual(3);
    }
  });
});
