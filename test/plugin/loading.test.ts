import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { useBench } from "./bench";
import type { PluginClient } from "./plugin-client";
import { sdks } from "./programs";
import { certificate, checked, createResource, providerText } from "./resource";

/** The real handlers in a process that notes what it loads, CommonJS and ES modules alike, and tells it when asked to read. */
const recordingText = `exports.handler = () => {
  const loaded = new Set();
  require("node:module").registerHooks({ load: (url, context, next) => { loaded.add(url); return next(url, context); } });
  const { Certificate } = require("pulumi-keyvault-certificates/provider");
  return { ...Certificate, read: (id) => ({ id, props: { loaded: [...loaded] } }) };
};`;

/** The same process, telling how many milliseconds the parts of the provider take to load, each after those before it. */
const timingText = `exports.handler = () => {
  const entry = require.resolve("pulumi-keyvault-certificates/provider");
  const load = require("node:module").createRequire(entry);
  const times = {};
  const time = async (name, work) => {
    const start = performance.now();
    await work();
    times[name] = Math.round(performance.now() - start);
  };
  return {
    read: async (id) => {
      await time("entry", () => load(entry).Certificate);
      await time("check", () => load("./plugin/check/check.js"));
      await time("diff", () => load("./plugin/diff.js"));
      await time("create", () => { load("./plugin/online/online.js"); load("./plugin/session.js"); });
      await time("x509", () => load("./x509/library.js").library());
      await time("identity", () => load("@azure/identity"));
      return { id, props: times };
    },
  };
};`;

const heavy = ["undici", "@azure/identity", "@azure/core-rest-pipeline", "p-wait-for"];
const oldNode = findOldNode();

describe.each(sdks)("what the plugin process loads, $sdk", ({ program }) => {
  const bench = useBench(program);

  /** The packages that have been loaded since the provider was, without Node's own modules and the SDK's. */
  async function loadedBy(rpc: PluginClient): Promise<Set<string>> {
    const { outputs } = await rpc.read("id", { __provider: recordingText });
    const packages = (outputs["loaded"] as string[]).map((url) => packageOf(url));
    return new Set(packages.filter((name) => name !== undefined));
  }

  beforeAll(() => {
    bench.emulator.control.setIssuer("Self", { durationMs: 0 });
  });

  test("check and diff load zod and nothing else, and a create at Self all but the X.509 library", async () => {
    const { rpc } = await bench.start();
    const news = certificate(bench.emulator, "loads", { __provider: recordingText });
    const inputs = await checked(rpc, news);
    await rpc.diff("id", { ...inputs, status: "completed" }, inputs);
    expect([...(await loadedBy(rpc))].sort()).toEqual(["pulumi-keyvault-certificates", "zod"]);
    await createResource(rpc, news);
    const loaded = [...(await loadedBy(rpc))];
    expect(loaded).toEqual(expect.arrayContaining(heavy));
    expect(loaded).not.toContain("@peculiar/x509");
  });

  test("the time that loading takes is told", async () => {
    const { rpc } = await bench.start();
    const { outputs } = await rpc.read("id", { __provider: timingText });
    const times = ["entry", "check", "diff", "create", "x509", "identity"].map((part) => {
      expect(outputs[part]).toEqual(expect.any(Number));
      return `${part} ${String(outputs[part])} ms`;
    });
    process.stdout.write(`loading in the plugin process: ${times.join(", ")}\n`);
  });

  (oldNode === undefined ? test.skip : test)(
    `an old Node is refused in words before anything dies of it${oldNode === undefined ? " (skipped: no Node older than 22.19 on PATH)" : ""}`,
    async () => {
      const { rpc } = await bench.start(oldNode === undefined ? {} : { node: oldNode.path });
      const expected = `pulumi-keyvault-certificates needs Node 22.19 or newer, and the Pulumi engine runs it with Node ${oldNode?.version ?? ""}`;
      const news = certificate(bench.emulator, "old");
      await expect(rpc.check(news)).rejects.toThrow(expected);
      await expect(rpc.create(news)).rejects.toThrow(expected);
    },
  );

  test("the provider is the one that is installed where the program runs", async () => {
    const folder = mkdtempSync(join(tmpdir(), "program-"));
    try {
      const { rpc } = await bench.start({ program: { ...bench.program, folder } });
      const check = () => rpc.check({ __provider: providerText });
      await expect(check()).rejects.toThrow("Cannot find module 'pulumi-keyvault-certificates/provider'");
      const installed = join(folder, "node_modules/pulumi-keyvault-certificates");
      mkdirSync(installed, { recursive: true });
      writeFileSync(
        join(installed, "provider.js"),
        'exports.Certificate = { check: () => ({ inputs: { from: "here" } }) };',
      );
      expect((await check()).inputs).toMatchObject({ from: "here" });
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });
});

/** The package whose file a URL is: of the workspace, or the innermost one under node_modules. */
function packageOf(url: string): string | undefined {
  if (!url.startsWith("file:")) return undefined;
  if (/\/provider\/dist\//.test(url)) return "pulumi-keyvault-certificates";
  const inner = url.split("/node_modules/").at(-1) ?? "";
  return /^(@[^/]+\/[^/]+|[^/]+)/.exec(inner)?.[0];
}

/** The first Node on PATH, or in the places where systems have one, that is older than the provider takes. */
function findOldNode(): { path: string; version: string } | undefined {
  const folders = [...(process.env["PATH"] ?? "").split(delimiter), "/usr/bin", "/usr/local/bin"];
  for (const path of folders.map((folder) => join(folder, "node")).filter((file) => existsSync(file))) {
    const version = execFileSync(path, ["--version"], { encoding: "utf8" }).trim().slice(1);
    const [major = 0, minor = 0] = version.split(".").map(Number);
    if (major >= 18 && (major < 22 || (major === 22 && minor < 19))) return { path, version };
  }
  return undefined;
}
