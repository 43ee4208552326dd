import type { LocalVault } from "./local-vault";
import { certificates, noOperations } from "./programs";
import type { Stacks } from "./stacks";
import { inWords, spreadOf } from "./statistics";
import type { Figure } from "./table";

const count = 100;
const durationMs = 5000;
const target = 1.2;

interface Round {
  readonly certificatesMs: number;
  readonly noOperationsMs: number;
  readonly requests: number;
}

/**
 * `up --parallel 100` of a hundred Self certificates beside the same of as many resources that only wait. The sides take turns
 * in going first, and each round gives a ratio of its own: what else the machine does then weighs on both.
 */
export async function hundred(stacks: Stacks, vault: LocalVault, rounds: number): Promise<Figure[]> {
  const measured: Round[] = [];
  for (let round = 0; round < rounds; round += 1) {
    measured.push(await measure(stacks, vault, round));
  }
  const ratio = spreadOf(
    measured.map(({ certificatesMs, noOperationsMs }) => certificatesMs / noOperationsMs),
  );
  const ours = spreadOf(measured.map(({ certificatesMs }) => certificatesMs / 1000));
  const theirs = spreadOf(measured.map(({ noOperationsMs }) => noOperationsMs / 1000));
  const requests = spreadOf(measured.map((round) => round.requests / count));
  return [
    {
      figure: `\`up --parallel ${count}\` of ${count} Self certificates, ${durationMs / 1000} s each`,
      target: `≤ ${target} × no-op resources`,
      measured: `${inWords(ratio, "×", 2)}: ${inWords(ours, "s", 1)} to ${inWords(theirs, "s", 1)}; ${inWords(requests, "requests each", 1)}`,
      held: ratio.median <= target,
    },
  ];
}

async function measure(stacks: Stacks, vault: LocalVault, round: number): Promise<Round> {
  const ours = async () => {
    await vault.reset();
    await vault.setIssuer("Self", durationMs);
    return (await stacks.create(`certificates-${round}`, certificates(count))).up(count);
  };
  const theirs = async () =>
    (await stacks.create(`no-operations-${round}`, noOperations(count, durationMs))).up(count);
  const first = round % 2 === 0 ? await theirs() : undefined;
  const certificatesMs = await ours();
  const requests = (await vault.requests()).length;
  return { certificatesMs, noOperationsMs: first ?? (await theirs()), requests };
}
