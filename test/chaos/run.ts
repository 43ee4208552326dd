import type { Finding } from "./measure/finding";
import { diagnosticsOf } from "./measure/diagnostics";
import { isHeld } from "./measure/table";
import { seeded } from "./plan/random";
import type { Trial } from "./trials/trial";

/** One run of a trial. */
export interface Turn {
  readonly trial: Trial;
  readonly seed: number;
}

export interface TurnEnd {
  readonly turn: Turn;
  readonly findings: readonly Finding[];
  readonly seconds: number;
  /** What was found and what the CLI told of it, where it went wrong. */
  readonly trouble: string | undefined;
  /** All that the CLI printed. */
  readonly transcript: string;
}

/** Runs one turn. A trial that breaks is a trial that lost what it was about. */
export async function take(turn: Turn): Promise<TurnEnd> {
  const { trial, seed } = turn;
  const startedAt = performance.now();
  const end = (findings: readonly Finding[], trouble: string | undefined, transcript: string): TurnEnd => {
    return { turn, findings, trouble, transcript, seconds: (performance.now() - startedAt) / 1000 };
  };
  try {
    const { findings, transcript } = await trial.run(seeded(seed));
    return end(findings, troubleOf(findings, transcript), transcript);
  } catch (error) {
    return end([broken(trial)], error instanceof Error ? (error.stack ?? error.message) : String(error), "");
  }
}

function troubleOf(findings: readonly Finding[], transcript: string): string | undefined {
  const wrong = findings.filter((finding) => !isHeld(finding));
  if (wrong.length === 0) return undefined;
  const found = wrong.flatMap(({ fault, orders, remarks, ups }) => [
    `${fault}: ${orders} orders, ${ups} ups`,
    ...remarks.map((line) => `  ${line}`),
  ]);
  return [...found, ...diagnosticsOf(transcript)].join("\n");
}

const broken = ({ name }: Trial): Finding => ({
  fault: name,
  orders: 0,
  ups: 0,
  lost: 1,
  leftOver: 0,
  exposed: 0,
  processes: 0,
  remarks: ["the trial broke off"],
});

/** Takes all turns, so many at once, in their order; `ended` hears of each. */
export async function takeAll(
  turns: readonly Turn[],
  jobs: number,
  ended: (end: TurnEnd) => void,
): Promise<TurnEnd[]> {
  const waiting = [...turns.entries()];
  const ends: TurnEnd[] = [];
  const work = async () => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
      const [index, turn] = next;
      const end = await take(turn);
      ends[index] = end;
      ended(end);
    }
  };
  await Promise.all(Array.from({ length: jobs }, work));
  return ends;
}
