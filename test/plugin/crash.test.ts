import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { Planted } from "../chaos/site/planted";
import { IdentityRelay } from "../chaos/site/relay";
import { useBench } from "./bench";
import type { PluginProcess } from "./plugin-process";
import { sdks } from "./programs";
import { certificate, checked, identityOf, policy, registerIssuer } from "./resource";

/** What breaks in the process; `text` is what it must then say, so that the search has something to look at. */
const crashes = [
  {
    crash: "something throws that nobody catches",
    deed: `setImmediate(() => { throw new Error("a defect"); })`,
    text: /^Error: a defect\n +at /,
    survives: true,
  },
  {
    crash: "something is rejected that nobody waits for",
    deed: `void Promise.reject(new Error("a defect"))`,
    text: /^Error: a defect\n +at /,
    survives: true,
  },
  {
    crash: "something throws, and the SDK does not catch it either",
    deed: `process.removeAllListeners("uncaughtException"); setImmediate(() => { throw new Error("a defect"); })`,
    text: /throw new Error[^]*Error: a defect\n +at /,
    survives: false,
  },
  {
    crash: "it is aborted",
    deed: "process.abort()",
    text: /Native stack trace/,
    survives: false,
  },
  {
    crash: "it runs out of memory",
    deed: "const all = []; for (;;) all.push(new Array(100_000).fill(all.length))",
    text: /FATAL ERROR: .*JavaScript heap out of memory/,
    survives: false,
  },
] as const;

async function until(holds: () => boolean, what: string): Promise<void> {
  const deadline = performance.now() + 15_000;
  while (!holds()) {
    if (performance.now() > deadline) throw new Error(`not within 15 s: ${what}`);
    await sleep(20);
  }
}

const supported = process.platform === "win32" ? describe.skip : describe;

supported.each(sdks)("a plugin process that breaks while creates wait, $sdk", ({ program }) => {
  const bench = useBench(program);
  const planted = new Planted();
  let relay: IdentityRelay;
  let folder: string;

  beforeAll(async () => {
    await registerIssuer(bench.emulator, "ContosoCA");
    bench.emulator.control.setIssuer("ContosoCA", { outcome: "inProgress" });
  });
  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), "crash-test-"));
    relay = await IdentityRelay.start(bench.emulator.identityEndpoint);
  });
  afterEach(async () => {
    await relay.close();
    rmSync(folder, { recursive: true, force: true });
  });

  function write(name: string, text: string): string {
    const path = join(folder, name);
    writeFileSync(path, text);
    chmodSync(path, 0o755);
    return path;
  }

  /** A plugin process that does the deed at SIGUSR2, and how to send that. */
  async function start(deed: string): Promise<{ plugin: PluginProcess; breakIt: () => void }> {
    const pid = join(folder, "pid");
    const preload = write(
      "preload.js",
      `require("node:fs").writeFileSync(${JSON.stringify(pid)}, String(process.pid));
       process.on("SIGUSR2", () => { ${deed}; });`,
    );
    const plugin = await bench.start({
      // A core file is the memory itself, and there only for whoever asks the system for one.
      node: write("node.sh", `#!/bin/sh\nulimit -c 0\nexec "${process.execPath}" "$@"\n`),
      environment: {
        ...identityOf(bench.emulator),
        IDENTITY_ENDPOINT: relay.url,
        NODE_OPTIONS: `--require ${preload} --max-old-space-size=150`,
        TMPDIR: folder,
      },
    });
    return { plugin, breakIt: () => process.kill(Number(readFileSync(pid, "utf8")), "SIGUSR2") };
  }

  /** Starts two creates, and resolves when one waits for its CA and the other for its signer: the process then holds all that there is to show. */
  async function holdCreates({ rpc }: PluginProcess, name: string): Promise<Promise<string>[]> {
    const runs = join(folder, "signer-runs");
    const signer = {
      command: [write("sign.sh", `#!/bin/sh\ntouch ${runs}\nexec sleep 60\n`)],
      env: { TOKEN: planted.environment },
    };
    const tags = { planted: planted.configuration };
    const [waiting, signing] = [`${name}-waits`, `${name}-signs`];
    const creates = [
      certificate(bench.emulator, waiting, { policy: policy("ContosoCA"), tags }),
      certificate(bench.emulator, signing, { policy: policy("Unknown"), tags, signer }),
    ].map(async (news) =>
      rpc.create(await checked(rpc, news)).then(
        () => "created",
        (reason: unknown) => String(reason),
      ),
    );
    const looked = () =>
      bench.emulator.control.requests().some(({ path }) => path === `/certificates/${waiting}/pending`);
    await until(() => looked() && existsSync(runs), "both creates wait");
    return creates;
  }

  test.each(crashes)("shows no secret and no token when $crash", async ({ deed, text, survives }) => {
    const { plugin, breakIt } = await start(deed);
    const creates = await holdCreates(plugin, `c${crashes.findIndex((each) => each.deed === deed)}`);
    breakIt();
    if (survives) {
      while (!text.test(plugin.output.stderr)) await sleep(20);
      await plugin.stop();
    }
    expect(await plugin.ended).not.toBe(0);
    const { stdout, stderr } = plugin.output;
    expect(stderr).toMatch(text);
    const lines = bench.engine.lines.map(({ message }) => message);
    const transcript = [stdout, stderr, ...(await Promise.all(creates)), ...lines].join("\n");
    expect(relay.tokens.size).toBeGreaterThan(0);
    // The deeds and the pid are the test's; all else in the folders is the process's.
    const places = [folder, bench.program.folder].map((place) => ({ folder: place, transcript }));
    expect(await planted.search(places, [...relay.tokens, bench.emulator.identityHeader])).toEqual([]);
  });
});
