import { readMark } from "../../lifecycle/ownership";
import { beginning, type Memory, type Situation } from "../../lifecycle/situation";
import type { Run } from "../../lifecycle/steps/step";
import { generationOf, type Wanted } from "../../lifecycle/wanted";
import type { CertificateBundle } from "../../vault/model";
import { pickInputs, wantedOf } from "../inputs";
import { outputsOf } from "../outputs";
import type { PlainObject } from "../plain";
import { observedInputs } from "../refresh";
import { hiddenStateOf, memoryOf } from "../state";
import { markOf, newIncarnation, type Online, runOf } from "./call";

export interface ReadResult {
  readonly id: string;
  readonly props: PlainObject;
  readonly inputs: PlainObject;
}

/** The engine takes an empty id for "gone". */
const gone: ReadResult = { id: "", props: {}, inputs: {} };

/**
 * What the vault has, as outputs and as inputs, together: the engine compares inputs, and an input that only the outputs had would be
 * dropped. Takes over the incarnation that it finds under its own owner.
 */
export async function read(id: string, props: PlainObject, online: Online): Promise<ReadResult> {
  const wanted = wantedOf(props);
  const memory = memoryOf(props);
  const run = runOf(props, wanted, "update", online);
  const bundle = await run.tools.vault.getCertificate(wanted.certificateName, run.call);
  if (bundle === undefined) return missing(wanted, run);
  const found = readMark(bundle.tags);
  const mark = markOf(
    props,
    found?.incarnation ?? memory?.incarnation ?? newIncarnation(),
    rememberedGeneration(wanted, memory),
  );
  if (found !== undefined && found.owner !== mark.owner) {
    run.tools.reporter.warn(
      `certificate "${wanted.certificateName}" in vault ${wanted.vaultUrl} now belongs to another owner (${found.owner}): it is no longer this resource's`,
    );
    return gone;
  }
  const operation = await operationOf(bundle, { run, wanted, memory });
  const inputs = observedInputs(pickInputs(props), bundle);
  const seen: Situation = { ...beginning(wanted, mark, memory), certificate: bundle, operation };
  const kept = { echo: inputs, previous: props, wanted: hiddenStateOf(props)?.wanted };
  return { id, props: outputsOf(seen, kept), inputs };
}

/** Gone for the engine either way; but whether the next `up` recovers it or makes it anew is worth a line. */
async function missing({ certificateName, vaultUrl }: Wanted, { tools, call }: Run): Promise<ReadResult> {
  const deleted = await tools.vault.getDeletedCertificate(certificateName, call);
  const where = `certificate "${certificateName}" in vault ${vaultUrl}`;
  if (deleted === undefined) tools.reporter.warn(`${where} is gone`);
  else
    tools.reporter.warn(
      `${where} was deleted and can be recovered: the next up does so unless onSoftDeleted says otherwise`,
    );
  return gone;
}

/** What the last run had made, or had under way. */
function rememberedGeneration(wanted: Wanted, memory: Memory | undefined): string {
  const unfinished = memory?.request?.unfinished === true ? memory.request.generation : undefined;
  return unfinished ?? memory?.generation ?? generationOf(wanted);
}

/** A request that had ended stays as it was; one in progress is looked at. */
async function operationOf(
  bundle: CertificateBundle,
  { run, wanted, memory }: { run: Run; wanted: Wanted; memory: Memory | undefined },
): Promise<Situation["operation"]> {
  const unfinished = memory?.request?.unfinished === true;
  if (!unfinished && (bundle.cer !== undefined || !bundle.hasPending)) return undefined;
  const { vault } = run.tools;
  return (await vault.getOperation(wanted.certificateName, memory?.request?.requestId, run.call)) ?? "absent";
}
