import type { ConflictKind } from "../../errors/wire";
import { earlierIncarnation, isPurgeable } from "../facts";
import { pauseLengthMs } from "../patience";
import { deletedOf } from "../seen";
import type { Progress } from "../situation";
import { guarded } from "./guarded";
import { after, attempt, isFirstLostReply, name, type Step, unseen, unseenButOwn } from "./step";

/** Asynchronous at the service: the certificate is not found for up to a minute after the reply. */
export const recover: Step = guarded(async (s, { tools, call }) => {
  tools.reporter.info("recovering the soft-deleted certificate of this name");
  const deleted = deletedOf(s);
  const recovered = deleted && earlierIncarnation(s, deleted);
  try {
    const { conflict, value } = await attempt(() => tools.vault.recoverDeletedCertificate(name(s), call));
    if (conflict !== undefined) return after(s, { conflict });
    // Purged or recovered by somebody else meanwhile: there is no recovery to wait for.
    if (value === undefined) return after(s, unseen);
    return after(s, unseen, { nameChange: "recovered", recovered, accepted: true });
  } catch (error) {
    if (!isFirstLostReply(error, s)) throw error;
    return after(s, unseen, { replyLost: true, recovered, accepted: true });
  }
});

/** Asynchronous too: the name is not free at once. */
export const purge: Step = guarded(async (s, { tools, call }) => {
  tools.reporter.info("purging the soft-deleted certificate of this name");
  const { conflict } = await attempt(() => tools.vault.purgeDeletedCertificate(name(s), call));
  if (conflict !== undefined) return after(s, { conflict });
  return after(s, unseen, { nameChange: "purged" });
});

/** Asynchronous as well: for seconds to minutes the certificate is found neither live nor deleted. */
export const deleteCertificate: Step = guarded(async (s, { tools, call }) => {
  const { conflict, value: deleted } = await attempt(() => tools.vault.deleteCertificate(name(s), call));
  if (conflict !== undefined) return after(s, { conflict });
  const isProtected = deleted !== undefined && !isPurgeable(deleted.recoveryLevel);
  // The reply describes a deletion that goes on: only a look tells that it has ended, which a purge needs.
  const removed = deleted !== undefined;
  return after(s, { certificate: "absent", deleted: isProtected ? deleted : undefined }, { removed });
});

const passing: Partial<Record<ConflictKind, string>> = {
  beingDeleted: "the deletion of this name's certificate to end",
  beingRecovered: "the recovery of this name's certificate to end",
  pendingConflict: "another change of the pending request to end",
};

const changing: Readonly<Record<NonNullable<Progress["nameChange"]>, string>> = {
  recovered: "the recovered certificate to appear",
  purged: "the purge to end",
};

/** Lets what passes by itself pass, then looks anew. */
export const pause: Step = async (s, { tools, deadline }) => {
  const what =
    (s.conflict && passing[s.conflict.kind]) ??
    (s.progress.nameChange === undefined ? undefined : changing[s.progress.nameChange]) ??
    (s.progress.removed ? "the deletion to end" : "a deletion or recovery of this name to show");
  tools.reporter.progress(`waiting for ${what}, ${Math.round(s.progress.pausedMs / 1000)} s`);
  const ms = Math.max(1, Math.min(pauseLengthMs(s.progress.pausedMs), deadline.at - tools.clock()));
  await tools.sleep(ms, tools.engine.signal);
  const outcome = tools.engine.signal.aborted ? { outcome: "engineGone" as const } : {};
  const outOfTime = tools.clock() >= deadline.at;
  const spent = { pausedMs: s.progress.pausedMs + ms, outOfTime, ...outcome };
  // Out of time nothing is looked at again: what stood in the way is what the failure names.
  return outOfTime ? after(s, {}, spent) : after(s, unseenButOwn(s), spent);
};
