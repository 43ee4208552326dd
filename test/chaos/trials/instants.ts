import { setTimeout as sleep } from "node:timers/promises";
import type { Finding } from "../measure/finding";
import { certificate, type Program, renewedPolicy } from "../plan/certificates";
import type { Random } from "../plan/random";
import { Site } from "../site/site";
import type { ChaosStack } from "../site/stack";
import { victims } from "./interrupted";
import { examineAll, upUntilDone } from "./settle";
import type { Trial } from "./trial";

const name = "struck";
// What was purged and what is still being deleted look the same, which is waited out: a purge has trials of its own.
const declared = certificate(name, "ContosoCA", { purgeOnDelete: false });
/** `spanMs`: from the first request, a little longer than the operation takes with the writing of the state. */
const steps: readonly { name: string; program: Program; versions: number; spanMs: number }[] = [
  { name: "create", program: { [name]: declared }, versions: 1, spanMs: 3000 },
  { name: "update", program: { [name]: renewedPolicy(declared) }, versions: 2, spanMs: 3000 },
  { name: "delete", program: {}, versions: 0, spanMs: 1200 },
];

/** Create, update and delete, each cut off at an instant that the seed decides: also between the last reply and the state. */
export const anyInstant: Trial = {
  name: "killed at any instant",
  run: (random) =>
    Site.with(async (site) => {
      const stack = await site.stack();
      const findings: Finding[] = [];
      for (const step of steps) {
        const startedAt = Date.now();
        stack.declare(step.program);
        const ups = await strike(site, stack, { random, spanMs: step.spanMs });
        const watched = [
          {
            name,
            fault: `${step.name}: killed at any instant`,
            present: step.versions > 0,
            versions: step.versions,
            softDeleted: step.versions === 0,
            ordersSince: startedAt,
          },
        ];
        findings.push(...(await examineAll({ site, stack, watched, ups })));
      }
      return { findings, transcript: site.transcript };
    }),
};

async function strike(
  site: Site,
  stack: ChaosStack,
  { random, spanMs }: { random: Random; spanMs: number },
): Promise<number> {
  const victim = victims[Math.floor(random() * victims.length)] ?? "CLI";
  const before = site.vault.requests().length;
  const up = stack.startUp();
  while (!up.hasEnded() && site.vault.requests().length === before) await sleep(10);
  await Promise.race([up.ended, sleep(random() * spanMs)]);
  const killed = !up.hasEnded();
  if (killed) up.kill(victim);
  const { ok } = await up.ended;
  if (killed && victim !== "plugin") await stack.cancel();
  return ok ? 0 : upUntilDone(stack);
}
