import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { inWords, spreadOf } from "./statistics";
import type { Figure } from "./table";

/**
 * In a fresh process that has loaded the SDK, as the plugin process has: milliseconds of processor time for check and diff, and for the
 * rest. The files are in the system's cache; what else the machine does is not measured with it.
 */
const text = `
  require("@pulumi/pulumi");
  const entry = require.resolve("pulumi-keyvault-certificates/provider");
  const load = require("node:module").createRequire(entry);
  const timed = async (work) => {
    const start = process.cpuUsage();
    await work();
    const { user, system } = process.cpuUsage(start);
    return (user + system) / 1000;
  };
  (async () => {
    const offline = await timed(() => {
      void load(entry).Certificate;
      load("./plugin/check/check.js");
      load("./plugin/diff.js");
    });
    const online = await timed(() => {
      load("./plugin/online/online.js");
      load("./plugin/session.js");
      load("./x509/library.js").library();
      return load("@azure/identity");
    });
    process.stdout.write(JSON.stringify({ offline, online }));
    process.exit();
  })();
`;

/** How long our own code takes to load, each time in a new process. */
export function loading(rounds: number): Figure[] {
  const times = Array.from({ length: rounds }, () => {
    const program = join(__dirname, "../../examples/quickstart");
    const output = execFileSync(process.execPath, ["-e", text], { cwd: program, encoding: "utf8" });
    return JSON.parse(output) as { offline: number; online: number };
  });
  const offline = spreadOf(times.map((time) => time.offline));
  const all = spreadOf(times.map((time) => time.offline + time.online));
  return [
    {
      figure: "loading for check and diff",
      target: "< 150 ms",
      measured: inWords(offline, "ms"),
      held: offline.median < 150,
    },
    { figure: "loading in all", target: "< 600 ms", measured: inWords(all, "ms"), held: all.median < 600 },
  ];
}
