import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { isHeld, rowsOf, tableOf } from "./measure/table";
import { type Options, readOptions, usage } from "./plan/options";
import { resultsOf } from "./results";
import { takeAll, type Turn, type TurnEnd } from "./run";
import { Site } from "./site/site";
import { allTrials } from "./trials/trials";

const say = (text: string) => void process.stdout.write(`${text}\n`);

async function main(): Promise<number> {
  const options = readOptions(process.argv.slice(2));
  if (options === undefined) {
    say(usage);
    return 2;
  }
  const turns = turnsOf(options);
  const startedAt = performance.now();
  let count = 0;
  const ends = await takeAll(turns, options.jobs, (end) => {
    count += 1;
    say(`[${count}/${turns.length}] ${lineOf(end)}`);
  });
  const rows = rowsOf(ends.map(({ findings }) => findings));
  say(`\n${tableOf(rows)}`);
  const seconds = (performance.now() - startedAt) / 1000;
  if (options.only === undefined)
    writeFileSync(join(__dirname, "RESULTS.md"), resultsOf(rows, { ...options, seconds }));
  return rows.length > 0 && rows.every(isHeld) ? 0 : 1;
}

/** Round by round, so that a run that is broken off has seen most. */
function turnsOf({ seed, rounds, only }: Options): Turn[] {
  const chosen = allTrials.filter(({ name }) => only === undefined || name.includes(only));
  return Array.from({ length: rounds }, (_, round) =>
    chosen.map((trial) => ({ trial, seed: seed + round })),
  ).flat();
}

function lineOf({ turn, seconds, trouble, transcript }: TurnEnd): string {
  const line = `${turn.trial.name}, seed ${turn.seed}: ${trouble === undefined ? "held" : "NOT HELD"}, ${seconds.toFixed(0)} s`;
  return trouble === undefined ? line : `${line}; ${kept(`${trouble}\n${transcript}`)}\n${trouble}`;
}

/** Where what was printed can be read. */
function kept(trouble: string): string {
  const folder = mkdtempSync(
    join(process.env["CHAOS_TRANSCRIPTS"] ?? tmpdir(), "keyvault-chaos-transcript-"),
  );
  const file = join(folder, "transcript.txt");
  writeFileSync(file, trouble);
  return file;
}

// Whoever a killed CLI has left is nobody's child, and is ended here.
for (const signal of ["SIGINT", "SIGTERM"] as const) {
  process.once(signal, () => void Site.closeAll().finally(() => process.exit(1)));
}

main().then(
  (code) => process.exit(code),
  (error: unknown) => {
    process.stderr.write(`${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
    process.exit(1);
  },
);
