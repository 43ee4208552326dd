import type { ConflictKind } from "../../errors/wire";
import { after, conflictMetBy, name, type Step, unseen } from "./step";

/** Asynchronous at the service: the certificate is not found for up to a minute after the reply. */
export const recover: Step = async (s, run) => {
  run.tools.reporter.info("recovering the soft-deleted certificate of this name");
  const conflict = await conflictMetBy(() => run.tools.vault.recoverDeletedCertificate(name(s), run.call));
  if (conflict !== undefined) return after(s, { conflict });
  return after(s, unseen, { nameChange: "recovered", accepted: true });
};

/** Asynchronous too: the name is not free at once. */
export const purge: Step = async (s, run) => {
  run.tools.reporter.info("purging the soft-deleted certificate of this name");
  const conflict = await conflictMetBy(() => run.tools.vault.purgeDeletedCertificate(name(s), run.call));
  if (conflict !== undefined) return after(s, { conflict });
  return after(s, unseen, { nameChange: "purged" });
};

const passing: Partial<Record<ConflictKind, string>> = {
  beingDeleted: "the deletion of this name's certificate to end",
  beingRecovered: "the recovery of this name's certificate to end",
  pendingConflict: "another change of the pending request to end",
};

/** Lets what passes by itself pass, then looks anew. */
export const pause: Step = async (s, { tools, deadline }) => {
  const what =
    (s.conflict && passing[s.conflict.kind]) ??
    (s.progress.nameChange === "recovered"
      ? "the recovered certificate to appear"
      : "the name to become free");
  tools.reporter.progress(`waiting for ${what}, ${Math.round(s.progress.pausedMs / 1000)} s`);
  const ms = Math.max(1, Math.min(pauseLength(s.progress.pausedMs), deadline.at - tools.clock()));
  await tools.sleep(ms, tools.engine.signal);
  const outcome = tools.engine.signal.aborted ? { outcome: "engineGone" as const } : {};
  const outOfTime = tools.clock() >= deadline.at;
  const spent = { pausedMs: s.progress.pausedMs + ms, outOfTime, ...outcome };
  // Out of time nothing is looked at again: what stood in the way is what the failure names.
  return outOfTime ? after(s, {}, spent) : after(s, unseen, spent);
};

/** Half a second at first, then a tenth of the time already spent, five seconds at most. */
function pauseLength(pausedMs: number): number {
  return Math.min(Math.max(500, pausedMs / 10), 5000);
}
