/** What the command line asks for. */
export interface Options {
  /** The first seed; each round takes the next. */
  readonly seed: number;
  readonly rounds: number;
  /** Trials at once. */
  readonly jobs: number;
  /** Only trials whose name contains it; `undefined`: all. */
  readonly only: string | undefined;
}

export const usage = `usage: npm run chaos -- [--seed N] [--rounds N] [--jobs N] [--only TEXT]

  --seed N      the seed of the first round (default 1); each round takes the next
  --rounds N    how often each trial is run (default 3)
  --jobs N      trials at once (default 2)
  --only TEXT   only the trials whose name contains it; RESULTS.md stays as it is

A trial that went wrong is replayed by --seed, --rounds 1 and --only as it is named.`;

const numbers = { "--seed": "seed", "--rounds": "rounds", "--jobs": "jobs" } as const;

/** The options of the command line, or `undefined` where it is not to be understood. */
export function readOptions(args: readonly string[]): Options | undefined {
  const options = { seed: 1, rounds: 3, jobs: 2, only: undefined as string | undefined };
  for (let index = 0; index < args.length; index += 2) {
    const [name, value] = [args[index] ?? "", args[index + 1]];
    if (value === undefined) return undefined;
    if (name === "--only") options.only = value;
    else if (name in numbers && /^\d{1,9}$/.test(value))
      options[numbers[name as keyof typeof numbers]] = Number(value);
    else return undefined;
  }
  return options;
}
