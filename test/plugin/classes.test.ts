import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { TestAuthority } from "../e2e/authority";
import { useBench } from "./bench";
import type { Properties } from "./plugin-client";
import type { PluginProcess } from "./plugin-process";
import { sdks } from "./programs";
import { certificate, checked, createResource, policy } from "./resource";

const unknown = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";
const textOf = (className: string) =>
  `exports.handler = () => require("pulumi-keyvault-certificates/provider").${className};`;
const csrPolicy = { subject: "CN=www.example.com", keyType: "EC" };

describe.each(sdks)("the classes in the plugin process, $sdk", ({ program }) => {
  const bench = useBench(program);
  let plugin: PluginProcess;
  let authority: TestAuthority;

  beforeAll(async () => {
    plugin = await bench.start();
    authority = await TestAuthority.create();
  });

  /** What the class `CertificateRequest` sends. */
  const request = (name: string, more: Properties = {}): Properties =>
    certificate(bench.emulator, name, {
      __provider: textOf("CertificateRequest"),
      policy: csrPolicy,
      ...more,
    });

  /** What the class `CertificateMerge` sends for a request with these outputs. */
  function merge(name: string, outputs: Properties, more: Properties = {}): Properties {
    const { vaultUrl, certificateName } = certificate(bench.emulator, name);
    const { requestId, __mark } = outputs;
    const handedOn = { vaultUrl, certificateName, requestId, __mark };
    return { __provider: textOf("CertificateMerge"), __owner: "aaaabbbbccccdddd", ...handedOn, ...more };
  }

  test.each(["Certificate", "CertificateRequest", "CertificateMerge"])(
    "the text of a %s loads, and its properties are those of its class",
    async (className) => {
      const { failures } = await plugin.rpc.check({ __provider: textOf(className), nonsense: 1 });
      expect(failures.map(({ reason }) => reason)).toContain(
        `nonsense: is no property of a ${className}: remove it or correct its spelling`,
      );
    },
  );

  test("a request and its merge share what a process has: one challenge and one token for both", async () => {
    const { rpc } = await bench.start();
    const before = bench.emulator.control.stats();
    const made = await createResource(rpc, request("shared"));
    expect(made.outputs).toMatchObject({ status: "inProgress", version: null, certificateName: "shared" });
    const chain = await authority.sign(made.outputs["csrPem"] as string);
    const merged = await createResource(rpc, merge("shared", made.outputs, { chain, tags: { team: "web" } }));
    expect(merged.id).toBe(made.id);
    expect(merged.outputs).toMatchObject({ status: "completed", requestId: made.outputs["requestId"] });
    expect(merged.outputs["certificatePem"]).toMatch(/^-----BEGIN CERTIFICATE-----\n/);
    for (const { inputs, outputs } of [made, merged]) {
      const echo = Object.fromEntries(Object.keys(inputs).map((key) => [key, outputs[key]]));
      expect(echo).toEqual(inputs);
      expect(await rpc.diff(made.id, outputs, inputs)).toEqual({ changes: "DIFF_NONE", replaces: [] });
    }
    expect(bench.emulator.control.stats()).toMatchObject({
      challenges: before.challenges + 1,
      tokens: before.tokens + 1,
    });
    const seen = await rpc.read(made.id, made.outputs);
    expect(seen.outputs).toMatchObject({
      csrPem: made.outputs["csrPem"],
      __mark: made.outputs["__mark"],
      status: "completed",
      version: merged.outputs["version"],
    });
    expect(seen.inputs).toEqual(made.inputs);
    expect((await rpc.read(merged.id, merged.outputs)).outputs).toEqual(merged.outputs);
  });

  test("a merge is checked while its request is only planned, and changes with it", async () => {
    const planned = { requestId: unknown, __mark: unknown };
    const inputs = await checked(plugin.rpc, merge("planned", planned, { chain: unknown }));
    expect(inputs).toMatchObject({ versionlessSecretId: `${bench.emulator.url}/secrets/planned` });
  });

  test("a delete of the merge leaves the certificate, and that of the request takes it", async () => {
    const { rpc } = plugin;
    const made = await createResource(rpc, request("left"));
    const chain = await authority.sign(made.outputs["csrPem"] as string);
    const merged = await createResource(rpc, merge("left", made.outputs, { chain }));
    await rpc.delete(merged.id, merged.outputs);
    expect((await rpc.read(made.id, made.outputs)).id).toBe(made.id);
    await rpc.delete(made.id, made.outputs);
    expect((await rpc.read(made.id, made.outputs)).id).toBe("");
  });

  (process.platform === "win32" ? test.skip : test)(
    "a signer is run by the real process, and what it is told by the program's secrets stays with it",
    async () => {
      const folder = mkdtempSync(join(tmpdir(), "signer-"));
      try {
        const script = join(folder, "sign.sh");
        writeFileSync(script, '#!/bin/sh\ncat > /dev/null\necho "token $TOKEN refused" >&2\nexit 3\n');
        chmodSync(script, 0o755);
        const signer = { command: [script], env: { TOKEN: "planted-4711" } };
        const news = certificate(bench.emulator, "signed", { policy: policy("Unknown"), signer });
        const error = await plugin.rpc.create(await checked(plugin.rpc, news)).then(
          () => new Error("it was to fail"),
          (reason: unknown) => reason as Error,
        );
        expect(error.message).toContain("KVC_SIGNER_FAILED");
        expect(error.message).not.toContain("planted-4711");
      } finally {
        rmSync(folder, { recursive: true, force: true });
      }
    },
  );
});
