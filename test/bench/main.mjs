import { join } from "node:path";
import { bootstrap, build, report, root } from "../../scripts/bootstrap.mjs";
import { supervise } from "../../scripts/run/supervise.mjs";

/**
 * Measures the figures to hold on what is built now, with the toolchain of `npm test`.
 *
 * @param {import("../../scripts/run/supervise.mjs").Supervisor} supervisor
 * @returns {Promise<number>} exit code: 0 whatever was measured, as a machine's mood is no failure
 */
async function main(supervisor) {
  const toolchain = await bootstrap({ supervisor });
  if (!(await build({ supervisor, toolchain, projects: ["provider", "emulator"] }))) return 1;
  const bench = join(root, "test", "bench");
  const { code } = await supervisor.run(
    "node",
    ["--require", "ts-node/register", join(bench, "bench.ts"), ...process.argv.slice(2)],
    {
      cwd: root,
      env: {
        ...toolchain.env,
        TMPDIR: supervisor.temporaryDirectory(),
        TS_NODE_TRANSPILE_ONLY: "true",
        TS_NODE_PROJECT: join(root, "test", "tsconfig.json"),
      },
      stdio: "inherit",
    },
  );
  return code ?? 1;
}

await supervise(main, report);
