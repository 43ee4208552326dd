import { tmpdir } from "node:os";
import { join } from "node:path";
import { bootstrap, build, report, root } from "../../scripts/bootstrap.mjs";
import { supervise } from "../../scripts/run/supervise.mjs";

/**
 * The long form of the chaos suite, with the toolchain of `npm test`.
 *
 * @param {import("../../scripts/run/supervise.mjs").Supervisor} supervisor
 * @returns {Promise<number>} exit code: 0 where every fault was held, 1 where one was not, 2 for a command line that is not understood
 */
async function main(supervisor) {
  const toolchain = await bootstrap({ supervisor });
  if (!(await build({ supervisor, toolchain, projects: ["provider", "emulator"] }))) return 1;
  const { code } = await supervisor.run(
    "node",
    ["--require", "ts-node/register", join(root, "test", "chaos", "chaos.ts"), ...process.argv.slice(2)],
    {
      cwd: root,
      env: {
        ...toolchain.env,
        // What an interrupted run leaves goes with the supervisor's folder; what went wrong is kept outside it.
        TMPDIR: supervisor.temporaryDirectory(),
        CHAOS_TRANSCRIPTS: tmpdir(),
        TS_NODE_TRANSPILE_ONLY: "true",
        TS_NODE_PROJECT: join(root, "test", "tsconfig.json"),
      },
      stdio: "inherit",
    },
  );
  return code ?? 1;
}

await supervise(main, report);
