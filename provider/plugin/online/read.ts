import { fingerprint } from "../../lifecycle/canonical";
import { earlierIncarnation, factsOf } from "../../lifecycle/facts";
import { judge } from "../../lifecycle/judge";
import { readMark } from "../../lifecycle/ownership";
import { patienceForDeletionMs, pauseLengthMs } from "../../lifecycle/patience";
import { bundleOf } from "../../lifecycle/seen";
import { beginning, type Memory, type Situation } from "../../lifecycle/situation";
import type { Run } from "../../lifecycle/steps/step";
import type { Wanted } from "../../lifecycle/wanted";
import type { CertificateBundle, DeletedCertificate } from "../../vault/model";
import { pickInputs, wantedOf } from "../inputs";
import { outputsOf } from "../outputs";
import type { PlainObject } from "../plain";
import { observedInputs } from "../refresh";
import { readStatus } from "../../lifecycle/status";
import { isForKeyOf } from "../../x509/certificate";
import { hiddenStateOf } from "../state";
import { type Online, runOf } from "./call";
import { standingOfRead } from "./standing";

export interface ReadResult {
  readonly id: string;
  readonly props: PlainObject;
  readonly inputs: PlainObject;
}

/** The engine takes an empty id for "gone". */
const gone: ReadResult = { id: "", props: {}, inputs: {} };

/**
 * What the vault has, as outputs and as inputs, together: the engine compares inputs, and an input that only the outputs had would be
 * dropped. Takes over the incarnation that it finds under its own owner, unless it replaced another.
 */
export async function read(id: string, props: PlainObject, online: Online): Promise<ReadResult> {
  const wanted = wantedOf(props);
  const run = runOf(props, wanted, "update", online);
  const { bundle: first, deleted } = await lookedUp(wanted, run);
  if (first === undefined) return missing(wanted, run, deleted);
  const found = readMark(first.tags);
  const { mark, memory } = standingOfRead(props, found?.incarnation);
  if (found !== undefined && found.owner !== mark.owner) {
    run.tools.reporter.warn(
      `certificate "${wanted.certificateName}" in vault ${wanted.vaultUrl} now belongs to another owner (${found.owner}): it is no longer this resource's`,
    );
    return gone;
  }
  const operation = await lookAtRequest(first, { run, wanted, memory });
  const bundle = await withVersionOf(operation, first, run);
  const inputs = observedInputs(pickInputs(props), bundle);
  const start = beginning(wanted, mark, memory, online.clock());
  const seen = judge(start, { ...start, certificate: bundle, operation }, online.clock());
  const kept = { echo: inputs, previous: props, wanted: stillWanted(seen, props) };
  return { id, props: outputsOf(seen, kept), inputs };
}

interface LookedUp {
  readonly bundle?: CertificateBundle;
  readonly deleted?: DeletedCertificate;
}

/**
 * What a run was for that did not get to its end. A create whose certificate has come by itself since, or whose request waits, has nothing left
 * to do, unless its mark is still to be put there: it keeps what was replaced from being deleted with it.
 */
function stillWanted(seen: Situation, props: PlainObject): string | undefined {
  const wanted = hiddenStateOf(props)?.wanted;
  const asSeen = fingerprint(pickInputs(props));
  const { versionFits, attributesDiffer, request, requestFits } = factsOf(seen);
  // The same of what a request of before has given since.
  if (isOfWhatWasReplaced(seen)) return wanted ?? asSeen;
  const isMerged = versionFits && seen.chain?.kind !== "unusable";
  const there = isMerged || (request === "inProgress" && requestFits);
  return there && !attributesDiffer && wanted === asSeen ? undefined : wanted;
}

function isOfWhatWasReplaced(seen: Situation): boolean {
  const bundle = seen.memory?.tookOver === undefined ? undefined : bundleOf(seen);
  return bundle !== undefined && earlierIncarnation(seen, bundle) !== undefined;
}

/** Neither live nor deleted is not gone at once: while the service deletes or recovers a certificate it shows in neither place. */
async function lookedUp({ certificateName }: Wanted, run: Run): Promise<LookedUp> {
  const { vault, clock, sleep, engine, reporter } = run.tools;
  const begun = clock();
  const until = begun + patienceForDeletionMs;
  for (;;) {
    const bundle = await vault.getCertificate(certificateName, run.call);
    if (bundle !== undefined) return { bundle };
    const deleted = await vault.getDeletedCertificate(certificateName, run.call);
    if (deleted !== undefined) return { deleted };
    if (clock() >= until || engine.signal.aborted) return {};
    const left = Math.ceil((until - clock()) / 1000);
    reporter.progress(
      `neither live nor deleted: it may be being deleted or recovered; gone if not seen within ${left} s`,
    );
    await sleep(pauseLengthMs(clock() - begun), engine.signal);
  }
}

/** Gone for the engine either way; but whether the next `up` recovers it or makes it anew is worth a line. */
function missing(
  { certificateName, vaultUrl }: Wanted,
  { tools }: Run,
  deleted: DeletedCertificate | undefined,
): ReadResult {
  const where = `certificate "${certificateName}" in vault ${vaultUrl}`;
  if (deleted === undefined) tools.reporter.warn(`${where} is gone`);
  else
    tools.reporter.warn(
      `${where} was deleted and can be recovered: the next up does so unless onSoftDeleted says otherwise`,
    );
  return gone;
}

/** A request that completed between the two looks has made a version that the first did not see. */
async function withVersionOf(
  operation: Situation["operation"],
  bundle: CertificateBundle,
  { tools, call }: Run,
): Promise<CertificateBundle> {
  if (operation === undefined || operation === "absent") return bundle;
  if (readStatus(operation.status) !== "completed") return bundle;
  if (bundle.cer !== undefined && isForKeyOf(bundle.cer, operation.csr)) return bundle;
  return (await tools.vault.getCertificate(bundle.name, call)) ?? bundle;
}

/** A request that had ended stays as it was; one in progress is looked at. */
async function lookAtRequest(
  bundle: CertificateBundle,
  { run, wanted, memory }: { run: Run; wanted: Wanted; memory: Memory | undefined },
): Promise<Situation["operation"]> {
  const unfinished = memory?.request?.unfinished === true;
  if (!unfinished && (bundle.cer !== undefined || !bundle.hasPending)) return undefined;
  const { vault } = run.tools;
  return (await vault.getOperation(wanted.certificateName, memory?.request?.requestId, run.call)) ?? "absent";
}
