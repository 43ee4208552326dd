import { setTimeout as sleep } from "node:timers/promises";
import type { Finding } from "../measure/finding";
import { certificate } from "../plan/certificates";
import { holdOf, operations } from "../plan/operations";
import { Site } from "../site/site";
import type { ChaosStack, RunningUp } from "../site/stack";
import { certificatesOf, programOf } from "./interrupted";
import { hesitate, settle, upUntilDone } from "./settle";
import type { Trial } from "./trial";

const fault = "a plugin whose engine is gone";
/** An orphan ends within so many milliseconds. */
const endsWithinMs = 10_000;

/**
 * A plugin whose engine is killed while its creates are at every step: from then on it writes nothing, and it ends by itself. What it writes
 * all the same counts as left over.
 */
export const orphan: Trial = {
  name: fault,
  run: (random) =>
    Site.with(async (site) => {
      const stack = await site.stack();
      const certificates = certificatesOf(operations.filter(({ name }) => name === "create"));
      stack.declare(programOf(certificates, "wanted"));
      const rules = certificates.map(({ operation, moment }) => holdOf(operation, moment));
      for (const rule of rules) site.vault.control.faults.add(rule);
      const up = stack.startUp();
      await site.held(rules);
      const names = certificates.map(({ name }) => name);
      const afterwards = async () => {
        // The replies come shortly after the engine has gone: the orphan has next to no time to notice.
        await hesitate(random, 250);
        site.vault.control.faults.clear();
      };
      const findings = await orphaned({ site, stack, up, names, fault, afterwards });
      return { findings, transcript: site.transcript };
    }),
};

const inLine = "a plugin whose engine is gone, with orders in line for a connection";

/** Twice as many as a pool has connections. */
const crowd = Array.from({ length: 64 }, (_, index) => `crowd-${index}`);
const lookMs = 1800;

/**
 * The same with more creates than connections: the orders of those that have looked stand in line behind the looks of the others when the
 * engine is killed.
 */
export const orphanInLine: Trial = {
  name: `orphan: ${inLine}`,
  run: (random) =>
    Site.with(async (site) => {
      const stack = await site.stack();
      stack.declare(Object.fromEntries(crowd.map((name) => [name, certificate(name, "QuickCA")])));
      const looks = "looks";
      const path = "/certificates/crowd-*";
      const { faults } = site.vault.control;
      faults.add({ name: looks, method: "GET", path, authorized: true, effect: { delayMs: lookMs } });
      const up = stack.startUp(100);
      // More than there are connections: the first of them have been answered.
      const looked = () => faults.list().find(({ name }) => name === looks)?.fired ?? 0;
      while (looked() <= 40 && !up.hasEnded()) await sleep(10);
      await sleep(random() * (lookMs - 300));
      const findings = await orphaned({ site, stack, up, names: crowd, fault: inLine });
      return { findings, transcript: site.transcript };
    }),
};

interface Orphaned {
  readonly site: Site;
  readonly stack: ChaosStack;
  readonly up: RunningUp;
  readonly names: readonly string[];
  readonly fault: string;
  /** What happens once the engine is gone. Default: nothing. */
  readonly afterwards?: () => Promise<void>;
}

/** Kills the CLI, looks at what the plugin still does, and runs `up` again. */
async function orphaned(trial: Orphaned): Promise<readonly Finding[]> {
  const { site, stack, up, names, fault: of, afterwards } = trial;
  up.kill("CLI");
  // Until the system has taken it down, with everything that it had open, the engine is there for the plugin too.
  const { at: goneAt } = await up.ended;
  await afterwards?.();
  const endedAfterMs = await stack.untilNoPlugin(endsWithinMs);
  const requests = site.vault.requests().filter(({ at, method }) => at > goneAt && method !== "GET");
  const writes = requests.map(
    ({ at, method, path }) => `${method} ${path} ${at - goneAt} ms after the engine was gone`,
  );
  site.vault.control.faults.clear();
  await stack.cancel();
  const ups = await upUntilDone(stack);
  const wanted = { fault: of, present: true, versions: 1, ordersSince: 0 };
  const watched = names.map((name) => ({ name, ...wanted }));
  const [first, ...others] = await settle({ site, stack, watched, ups });
  return first === undefined ? [] : [withOrphan(first, { writes, endedAfterMs }), ...others];
}

function withOrphan(
  finding: Finding,
  { writes, endedAfterMs }: { writes: readonly string[]; endedAfterMs: number | undefined },
): Finding {
  const ended = endedAfterMs === undefined ? "did not end" : `ended after ${endedAfterMs.toFixed(0)} ms`;
  return {
    ...finding,
    leftOver: finding.leftOver + writes.length,
    processes: finding.processes + (endedAfterMs === undefined ? 1 : 0),
    remarks: [...finding.remarks, ...writes, `the orphan ${ended}`],
  };
}
