import { setTimeout as sleep } from "node:timers/promises";
import type { Finding } from "../measure/finding";
import { holdMs, holdOf, operations } from "../plan/operations";
import { Site } from "../site/site";
import { certificatesOf, programOf } from "./interrupted";
import { settle, upUntilDone } from "./settle";
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
      const firstHeldAt = await site.held(rules);
      // The first reply comes shortly after the engine has gone: the orphan has next to no time to notice.
      await sleep(firstHeldAt + holdMs - 200 - random() * 250 - Date.now());
      up.kill("CLI");
      const killedAt = Date.now();
      await up.ended;
      const endedAfterMs = await stack.untilNoPlugin(endsWithinMs);
      const requests = site.vault.requests().filter(({ at, method }) => at > killedAt && method !== "GET");
      const writes = requests.map(({ method, path }) => `${method} ${path} after the engine was gone`);
      await stack.cancel();
      const ups = await upUntilDone(stack);
      const watched = certificates.map(({ name }) => ({
        name,
        fault,
        present: true,
        versions: 1,
        ordersSince: 0,
      }));
      const [first, ...others] = await settle({ site, stack, watched, ups });
      const findings = first === undefined ? [] : [withOrphan(first, { writes, endedAfterMs }), ...others];
      return { findings, transcript: site.transcript };
    }),
};

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
