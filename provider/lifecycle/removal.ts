import { isError, KeyVaultCertificateError } from "../errors/error";
import { patienceForNameMs } from "./decide";
import { bundleOf, factsOf, isPurgeable } from "./facts";
import { readMark } from "./ownership";
import { withinDeadline } from "./deadline";
import { duration } from "./pace";
import { refusal } from "./refusals";
import type { Situation } from "./situation";
import type { Run } from "./steps/step";
import { steps } from "./steps/steps";
import { follow } from "./wait";

export type RemovalAction =
  | "lookAtCertificate"
  | "lookAtRequest"
  | "cancel"
  | "awaitCancellation"
  | "deleteRequest"
  | "deleteCertificate"
  | "lookAtDeleted"
  | "purgeDeleted"
  | "pause"
  | "leave"
  | "fail"
  | "done";

interface RemovalRow {
  readonly reason: string;
  readonly action: RemovalAction;
  readonly when: (s: Situation, removal: Removal) => boolean;
}

export interface Removal {
  /** Purge too, so that the name is free. */
  readonly purge: boolean;
}

const inProgress = (s: Situation) => factsOf(s).request === "inProgress";
const cancellable = (s: Situation) => inProgress(s) && factsOf(s).issuer !== "manual";

/** What a delete does, from top to bottom: the first row that holds is taken. */
// One row a line: it is read as a table.
// prettier-ignore
export const removalTable: readonly RemovalRow[] = [
  { reason: "BusyTooLong", action: "fail", when: (s) => s.conflict !== undefined && (s.progress.outOfTime || s.progress.pausedMs >= patienceForNameMs) },
  { reason: "Busy", action: "pause", when: (s) => s.conflict !== undefined },
  { reason: "NotLookedAt", action: "lookAtCertificate", when: (s) => s.certificate === undefined },
  { reason: "DeletedNotLookedAt", action: "lookAtDeleted", when: (s, { purge }) => purge && s.certificate === "absent" && s.deleted === undefined },
  { reason: "PurgeLeft", action: "purgeDeleted", when: (s, { purge }) => purge && s.certificate === "absent" && deletedByUs(s) },
  { reason: "AlreadyGone", action: "done", when: (s) => s.certificate === "absent" },
  { reason: "OwnedByAnother", action: "leave", when: ownedByAnother },
  { reason: "RequestNotLookedAt", action: "lookAtRequest", when: (s) => s.operation === undefined && requestMatters(s) },
  { reason: "RequestInProgress", action: "cancel", when: (s) => cancellable(s) && s.progress.cancellation === undefined },
  { reason: "Cancelling", action: "awaitCancellation", when: (s) => cancellable(s) && s.progress.cancellation === "asked" },
  { reason: "RequestLeft", action: "deleteRequest", when: inProgress },
  { reason: "CertificateLeft", action: "deleteCertificate", when: () => true },
];

/**
 * The mark names another resource, or a later incarnation of this one (a replacement under the same name was created first).
 * Without a mark the state is the authority.
 */
function ownedByAnother(s: Situation): boolean {
  const bundle = bundleOf(s);
  const mark = bundle === undefined ? undefined : readMark(bundle.tags);
  return mark !== undefined && (mark.owner !== s.mark.owner || mark.incarnation !== s.mark.incarnation);
}

/** An earlier delete of this very incarnation did not get to its purge. */
function deletedByUs(s: Situation): boolean {
  const mark = s.deleted === undefined || s.deleted === "absent" ? undefined : readMark(s.deleted.tags);
  return mark?.owner === s.mark.owner && mark.incarnation === s.mark.incarnation;
}

/** A pending object that has ended goes with the certificate; one in progress, whoever made it, has to be ended first. */
function requestMatters(s: Situation): boolean {
  return bundleOf(s)?.hasPending === true;
}

/** Removes the certificate, or what there is of it. Idempotent: what is gone already is no failure. */
export async function remove(
  beginning: Situation,
  run: Run,
  removal: Removal,
): Promise<KeyVaultCertificateError | undefined> {
  return withinDeadline(beginning, run, (bounded) => removeWithin(beginning, bounded, removal));
}

async function removeWithin(
  beginning: Situation,
  run: Run,
  removal: Removal,
): Promise<KeyVaultCertificateError | undefined> {
  let situation = beginning;
  try {
    for (;;) {
      const row = removalTable.find(({ when }) => when(situation, removal));
      if (row === undefined) throw new TypeError("the removal table has no row that always applies");
      const { action } = row;
      if (isLast(action)) return await endings[action](situation, run, removal);
      const next = await steps[action](withoutMemory(situation), run);
      // What is known of the certificate is enough to remove it, whatever became of its request meanwhile.
      const kept = action === "lookAtRequest" ? { certificate: situation.certificate } : {};
      situation = { ...next, ...kept, memory: situation.memory };
      if (situation.progress.outcome === "engineGone") return refusal("KVC_ENGINE_GONE", situation, run);
    }
  } catch (error) {
    if (isError(error)) return error;
    throw error;
  }
}

/** Every request ends with the certificate, not only the one that the state remembers. */
function withoutMemory(s: Situation): Situation {
  return { ...s, memory: undefined };
}

type LastAction = "done" | "leave" | "fail" | "deleteCertificate" | "purgeDeleted";
type Ending = (s: Situation, run: Run, removal: Removal) => Promise<KeyVaultCertificateError | undefined>;

/** What ends a removal. */
const endings: Readonly<Record<LastAction, Ending>> = {
  done: () => Promise.resolve(undefined),
  leave: (s, run) => {
    sayThatLeft(s, run);
    return Promise.resolve(undefined);
  },
  fail: (s, run) => Promise.resolve(refusal("KVC_BUSY_TOO_LONG", s, run)),
  deleteCertificate: (s, run, { purge }) => deleteCertificate(s, run, purge),
  purgeDeleted: (s, run) => purgeDeleted(s, run),
};

function isLast(action: RemovalAction): action is LastAction {
  return Object.hasOwn(endings, action);
}

function sayThatLeft(s: Situation, { tools }: Run): void {
  const certificate = `certificate "${s.wanted.certificateName}" in vault ${s.wanted.vaultUrl}`;
  const mark = readMark(bundleOf(s)?.tags ?? {});
  // A replacement under the same name has taken it over: that is what the user asked for, and nothing to worry about.
  if (mark?.owner === s.mark.owner)
    tools.reporter.info(`${certificate} stays: the replacement of this resource has it now`);
  else
    tools.reporter.warn(
      `${certificate} is left alone: its tag names another owner (${mark?.owner ?? "none"})`,
    );
}

async function deleteCertificate(
  s: Situation,
  run: Run,
  purge: boolean,
): Promise<KeyVaultCertificateError | undefined> {
  const { certificateName } = s.wanted;
  const deleted = await run.tools.vault.deleteCertificate(certificateName, run.call);
  if (!purge || deleted === undefined) return undefined;
  if (!isPurgeable(deleted.recoveryLevel)) {
    run.tools.reporter.warn(
      `certificate "${certificateName}" was deleted but cannot be purged: its vault is protected (${deleted.recoveryLevel}); the name is free again when its retention ends`,
    );
    return undefined;
  }
  return purgeDeleted(s, run);
}

/** A delete takes the service some seconds, and a purge inside them is refused; then the purge takes some seconds itself. */
async function purgeDeleted(s: Situation, run: Run): Promise<KeyVaultCertificateError | undefined> {
  const { certificateName } = s.wanted;
  const deletedSeen = async () =>
    (await run.tools.vault.getDeletedCertificate(certificateName, run.call)) !== undefined;
  const timedOut = await until(deletedSeen, true, { run, what: "the deletion", s });
  if (timedOut !== undefined) return timedOut;
  await run.tools.vault.purgeDeletedCertificate(certificateName, run.call);
  return until(deletedSeen, false, { run, what: "the purge", s });
}

async function until(
  look: () => Promise<boolean>,
  wanted: boolean,
  { run, what, s }: { run: Run; what: string; s: Situation },
): Promise<KeyVaultCertificateError | undefined> {
  const { tools, deadline } = run;
  const settled = (seen: boolean) => seen === wanted;
  const waited = await follow(tools.scheduler.watch(look, settled), settled, {
    tools,
    deadline,
    waitingFor: what,
  });
  if (waited.kind === "value") return undefined;
  if (waited.kind === "engineGone") return refusal("KVC_ENGINE_GONE", s, run);
  const { vaultUrl, certificateName } = s.wanted;
  return new KeyVaultCertificateError(
    "KVC_TIMED_OUT",
    { vaultUrl, certificateName },
    {
      waitingFor: what,
      waited: duration(tools.clock() - deadline.startedAt),
      last: "it still going on",
      option: deadline.option,
    },
  );
}
