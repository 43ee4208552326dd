import type { Declared, Program } from "../plan/certificates";
import { certificateOf, holdOf, type Moment, type Operation } from "../plan/operations";
import type { Random } from "../plan/random";
import { Site } from "../site/site";
import type { ChaosStack, Victim } from "../site/stack";
import { hesitate, settle, upUntilDone, type Watched } from "./settle";
import { chainFor } from "./signing";
import type { Trial } from "./trial";

/** One certificate of a trial, at the step at which it is interrupted. */
export interface Interrupted {
  readonly name: string;
  readonly operation: Operation;
  readonly moment: Moment;
  /** The chain that answers its CSR, where the operation needs one. */
  readonly chain?: string;
}

export const victims: readonly Victim[] = ["CLI", "plugin", "CLI and plugin"];

/**
 * Operations of one `up`, interrupted at each of their steps at once: a certificate for each step, whose call is held open there. Whoever is killed
 * is killed while all of them are held, and what was on its way is carried out up to half a second after that; `cancel` and `up` follow at once, while
 * an orphan may still be at work.
 */
export function interrupted(operations: readonly Operation[], victim: Victim): Trial {
  const name = `${operations.map((operation) => operation.name).join(", ")}: ${victim} killed`;
  return { name, run: (random) => Site.with((site) => interrupt(site, { operations, victim, random })) };
}

interface Setting {
  readonly operations: readonly Operation[];
  readonly victim: Victim;
  readonly random: Random;
}

async function interrupt(site: Site, { operations, victim, random }: Setting) {
  const stack = await site.stack();
  const certificates = await prepare(stack, certificatesOf(operations));
  const startedAt = Date.now();
  stack.declare(programOf(certificates, "wanted"));
  const rules = certificates.map(({ operation, moment }) => holdOf(operation, moment));
  for (const rule of rules) site.vault.control.faults.add(rule);
  const up = stack.startUp();
  await Promise.race([site.held(rules), endedTooSoon(up.ended)]);
  await hesitate(random, 300);
  up.kill(victim);
  await hesitate(random, 500);
  site.vault.control.faults.clear();
  const { ok } = await up.ended;
  if (victim !== "plugin") await stack.cancel();
  const ups = ok ? 0 : await upUntilDone(stack);
  const watched = certificates.map((one) => watching(one, victim, startedAt));
  return { findings: await settle({ site, stack, watched, ups }), transcript: site.transcript };
}

/** A certificate for each step of the operations. */
export function certificatesOf(operations: readonly Operation[]): Interrupted[] {
  return operations.flatMap((operation) =>
    operation.moments.map((moment) => ({ name: certificateOf(operation, moment), operation, moment })),
  );
}

/** What the program declares before the operations, or for them to bring about. */
export function programOf(certificates: readonly Interrupted[], stage: "before" | "wanted"): Program {
  const declared = certificates.flatMap(({ name, operation, moment, chain }): [string, Declared][] => {
    const one = operation[stage]?.(name, moment.issuer ?? "QuickCA", chain);
    return one === undefined ? [] : [[name, one]];
  });
  return Object.fromEntries(declared);
}

/** Brings about what is there before the operations. */
async function prepare(
  stack: ChaosStack,
  certificates: readonly Interrupted[],
): Promise<readonly Interrupted[]> {
  const before = programOf(certificates, "before");
  if (Object.keys(before).length === 0) return certificates;
  stack.declare(before);
  const { ok, text } = await stack.up();
  if (!ok) throw new Error(`what is to be interrupted could not be prepared: ${text}`);
  const withChain = async (one: Interrupted): Promise<Interrupted> =>
    one.operation.needsChain === true ? { ...one, chain: await chainFor(stack, one.name) } : one;
  return Promise.all(certificates.map(withChain));
}

function watching({ name, operation, moment }: Interrupted, victim: Victim, startedAt: number): Watched {
  return {
    name,
    fault: `${operation.name}: ${moment.name}, ${victim} killed`,
    present: operation.wanted !== undefined,
    versions: operation.versions,
    softDeleted: operation.softDeleted ?? false,
    ordersSince: operation.newVersion ? startedAt : 0,
  };
}

async function endedTooSoon(ended: Promise<{ text: string }>): Promise<never> {
  const { text } = await ended;
  throw new Error(`the up ended before each of its steps was reached: ${text}`);
}
