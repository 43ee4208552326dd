import { bootstrap, build, report, root } from "./bootstrap.mjs";
import { supervise } from "./run/supervise.mjs";
import { formatCounts, withStages } from "./testing/counts.mjs";
import { parseArguments } from "./testing/stages.mjs";

/** @typedef {import("./run/supervise.mjs").Supervisor} Supervisor */

const none = { passed: 0, failed: 0, skipped: 0 };

/** @param {string} line */
const say = (line) => void process.stdout.write(`${line}\n`);

/**
 * @param {Supervisor} supervisor
 * @returns {Promise<number>} exit code
 */
async function main(supervisor) {
  const { chosen, jestArgs } = parseArguments(process.argv.slice(2));
  const toolchain = await bootstrap({ supervisor });
  const context = {
    root,
    supervisor,
    env: toolchain.env,
    jestArgs,
    build: () => build({ supervisor, toolchain }),
  };

  let tests = none;
  const failed = [];
  for (const stage of chosen) {
    say(`\n== ${stage.title}`);
    const outcome = await stage.run(context);
    tests = outcome.tests ?? tests;
    if (!outcome.ok) failed.push(stage);
    if (!outcome.ok || (outcome.tests?.failed ?? 0) > 0) {
      say(`${stage.title} failed; alone: node scripts/test.mjs --stage ${stage.name}`);
    }
  }
  const counts = withStages(tests, failed.length);
  const isEmpty = chosen.some((stage) => stage.name === "jest") && counts.passed + counts.failed === 0;
  if (isEmpty) say("no test ran");
  say(`\n${formatCounts(counts)}`);
  return counts.failed > 0 || isEmpty ? 1 : 0;
}

await supervise(main, (error) => {
  report(error);
  say(`\n${formatCounts(withStages(none, 1))}`);
});
