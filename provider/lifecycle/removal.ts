import { KeyVaultCertificateError } from "../errors/error";
import { type Facts, factsOf } from "./facts";
import { type OwnerMark, readMark } from "./ownership";
import { withinDeadline } from "./deadline";
import { duration } from "./pace";
import { patienceForDeletionMs, patienceForNameMs } from "./patience";
import { refusal, told } from "./refusals";
import { bundleOf, deletedOf, operationOf } from "./seen";
import type { Situation } from "./situation";
import { readStatus } from "./status";
import { deleteCertificate } from "./steps/deleted";
import type { Run } from "./steps/step";
import { steps } from "./steps/steps";

/** What to do next. Every action but the last three is followed by another look at the table. */
export type RemovalAction =
  | "lookAtCertificate"
  | "lookAtRequest"
  | "lookAtDeleted"
  | "cancel"
  | "awaitCancellation"
  | "deleteRequest"
  | "deleteCertificate"
  | "purge"
  | "pause"
  | "leave"
  | "fail"
  | "done";

interface RemovalRow {
  readonly reason: string;
  readonly action: RemovalAction;
  readonly when: (facts: Facts, situation: Situation, removal: Removal) => boolean;
}

export interface Removal {
  /** Purge too, so that the name is free. */
  readonly purge: boolean;
}

const inProgress = (f: Facts) => f.request === "inProgress";
const cancellable = (f: Facts) => inProgress(f) && f.issuer !== "manual";
const absent = (f: Facts) => f.certificate === "absent";
const purging = (s: Situation) => s.progress.nameChange === "purged" && deletedOf(s) !== undefined;
const deleting = (s: Situation) =>
  s.progress.removed && s.deleted === "absent" && s.progress.nameChange === undefined;
const busy = (s: Situation) => s.conflict !== undefined || purging(s) || deleting(s);
const perhapsDeleting = (s: Situation) =>
  s.deleted === "absent" &&
  s.progress.nameChange === undefined &&
  s.progress.pausedMs < patienceForDeletionMs;
const outOfPatience = ({ progress }: Situation) =>
  progress.outOfTime || progress.pausedMs >= patienceForNameMs;

/** What a delete does, from top to bottom: the first row that holds is taken. */
// One row a line: it is read as a table.
// prettier-ignore
export const removalTable: readonly RemovalRow[] = [
  { reason: "BusyTooLong", action: "fail", when: (_, s) => (busy(s) && outOfPatience(s)) || (perhapsDeleting(s) && s.progress.outOfTime) },
  { reason: "Busy", action: "pause", when: (_, s) => busy(s) },
  { reason: "NotLookedAt", action: "lookAtCertificate", when: (f) => f.certificate === "unseen" },

  // Nothing live has the name.
  { reason: "NotToPurge", action: "done", when: (f, _, { purge }) => absent(f) && !purge },
  { reason: "DeletedNotLookedAt", action: "lookAtDeleted", when: (f) => absent(f) && f.deleted === "unseen" },
  { reason: "DeletedProtected", action: "done", when: (f, s) => absent(f) && deletedByUs(s) && !f.purgeable },
  { reason: "PurgeLeft", action: "purge", when: (f, s) => absent(f) && deletedByUs(s) },
  { reason: "PerhapsDeleting", action: "pause", when: (f, s) => absent(f) && perhapsDeleting(s) },
  { reason: "AlreadyGone", action: "done", when: absent },

  { reason: "OwnedByAnother", action: "leave", when: (_, s) => ownedByAnother(s) },
  { reason: "RequestNotLookedAt", action: "lookAtRequest", when: (f, s) => f.request === "unseen" && requestMatters(s) },
  { reason: "RequestInProgress", action: "cancel", when: (f, s) => cancellable(f) && s.progress.cancellation === undefined },
  { reason: "Cancelling", action: "awaitCancellation", when: (f, s) => cancellable(f) && s.progress.cancellation === "asked" },
  { reason: "RequestLeft", action: "deleteRequest", when: inProgress },
  { reason: "CertificateLeft", action: "deleteCertificate", when: () => true },
];

/** The next step of a delete. Total: the last row always applies. */
export function decideRemoval(situation: Situation, removal: Removal): RemovalRow {
  const facts = factsOf(situation);
  const row = removalTable.find(({ when }) => when(facts, situation, removal));
  if (row === undefined) throw new TypeError("the removal table has no row that always applies");
  return row;
}

/**
 * The mark names another resource, or a later incarnation of this one (a replacement under the same name was created first).
 * Without a mark the state is the authority.
 */
function ownedByAnother(s: Situation): boolean {
  const bundle = bundleOf(s);
  if (bundle === undefined) return false;
  const mark = readMark(bundle.tags);
  // What stands there after our own has been deleted is not the one that the state speaks of.
  if (mark === undefined) return s.progress.removed || s.progress.nameChange === "purged";
  return isAnothers(mark, s);
}

function isAnothers({ owner, incarnation }: OwnerMark, { mark, memory }: Situation): boolean {
  return owner !== mark.owner || (incarnation !== mark.incarnation && incarnation !== memory?.tookOver);
}

/**
 * A replacement puts its mark on the version that it finds. A younger one, which a request of before or Key Vault itself has made since, does not
 * tell of it: then the version that the state knows does.
 */
async function withTakeover(s: Situation, seen: Situation, { tools, call }: Run): Promise<Situation> {
  const [bundle, known] = [bundleOf(seen), s.memory?.version];
  if (bundle === undefined || known === undefined || known === bundle.version) return seen;
  const former = await tools.vault.getCertificateVersion(bundle.name, known, call);
  const mark = former === undefined ? undefined : readMark(former.tags);
  if (former === undefined || mark === undefined || !isAnothers(mark, s)) return seen;
  return { ...seen, certificate: { ...bundle, tags: former.tags } };
}

/** This delete, or an earlier one of this very incarnation, has not got to its purge. */
function deletedByUs(s: Situation): boolean {
  const deleted = deletedOf(s);
  if (deleted === undefined || s.progress.nameChange === "purged") return false;
  const mark = readMark(deleted.tags);
  // Without a mark what this very run has deleted is its own, and so is the version that the state knows.
  const known = s.progress.removed || deleted.version === s.memory?.version;
  return mark === undefined ? known : !isAnothers(mark, s);
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
      const { action, reason } = decideRemoval(situation, removal);
      if (action === "fail") return tooLong(situation, run);
      if (action === "done" || action === "leave") {
        endings[reason]?.(situation, run);
        return undefined;
      }
      situation = await next(action, situation, run);
      if (situation.progress.outcome === "engineGone") return refusal("KVC_ENGINE_GONE", situation, run);
    }
  } catch (error) {
    return told(error, situation);
  }
}

type RemovalStep = Exclude<RemovalAction, "done" | "leave" | "fail">;

/** Every request ends with the certificate, not only the one that the state remembers: the steps are given no memory. */
async function next(action: RemovalStep, s: Situation, run: Run): Promise<Situation> {
  const step = action === "deleteCertificate" ? deleteCertificate : steps[action];
  const stepped = await step({ ...s, memory: undefined }, run);
  const after = action === "lookAtCertificate" ? await withTakeover(s, stepped, run) : stepped;
  if (action !== "lookAtRequest") return { ...after, memory: s.memory };
  // What is known of the certificate is enough to remove it, whatever became of its own request meanwhile.
  const certificate = hasGivenAnother(s, after) ? undefined : s.certificate;
  return { ...after, certificate, memory: s.memory };
}

/** A request that the state does not know has completed: perhaps since the certificate was looked at, which is then another. */
function hasGivenAnother({ memory }: Situation, seen: Situation): boolean {
  const operation = operationOf(seen);
  return (
    operation !== undefined &&
    readStatus(operation.status) === "completed" &&
    operation.requestId !== memory?.request?.requestId
  );
}

/** The certificate as a line names it that stands beside no resource. */
const named = ({ wanted }: Pick<Situation, "wanted">) =>
  `certificate "${wanted.certificateName}" in vault ${wanted.vaultUrl}`;

/** A replacement under the same name has taken it over: that is what the user asked for, and nothing to worry about. */
export function sayReplaced(s: Pick<Situation, "wanted">, { tools }: Run): void {
  tools.reporter.info(`${named(s)} stays: the replacement of this resource has it now`);
}

/** What is said of an end that somebody may not expect. */
const endings: Readonly<Record<string, (s: Situation, run: Run) => void>> = {
  OwnedByAnother: (s, run) => {
    const mark = readMark(bundleOf(s)?.tags ?? {});
    if (mark?.owner === s.mark.owner) sayReplaced(s, run);
    else
      run.tools.reporter.warn(
        `${named(s)} is left alone: its tag names another owner (${mark?.owner ?? "none"})`,
      );
  },
  DeletedProtected: (s, { tools }) => {
    const level = deletedOf(s)?.recoveryLevel ?? "unknown";
    tools.reporter.warn(
      `${named(s)} was deleted but cannot be purged: its vault is protected (${level}); the name is free again when its retention ends`,
    );
  },
};

/** A user can lengthen a deadline; ten minutes of the service's own work only come to an end. */
function tooLong(s: Situation, run: Run): KeyVaultCertificateError {
  if (!s.progress.outOfTime || s.conflict !== undefined) return refusal("KVC_BUSY_TOO_LONG", s, run);
  const { tools, deadline } = run;
  const { vaultUrl, certificateName } = s.wanted;
  return new KeyVaultCertificateError(
    "KVC_TIMED_OUT",
    { vaultUrl, certificateName },
    {
      waitingFor: s.progress.nameChange === "purged" ? "the purge" : "the deletion",
      waited: duration(tools.clock() - deadline.startedAt),
      last: "it still going on",
      option: deadline.option,
    },
  );
}
