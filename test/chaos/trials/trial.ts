import type { Finding } from "../measure/finding";
import type { Random } from "../plan/random";

/** What one trial came to, and how to understand it. */
export interface Report {
  readonly findings: readonly Finding[];
  /** All that the CLI printed. */
  readonly transcript: string;
}

/** A trial by its name; the same random numbers make it the same again, as far as the machine's own timing allows. */
export interface Trial {
  readonly name: string;
  readonly run: (random: Random) => Promise<Report>;
}
