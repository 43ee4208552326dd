import { randomBytes } from "node:crypto";
import { bring, type Settled } from "../lifecycle/bring";
import { differingInputs } from "../lifecycle/differences";
import { readMark } from "../lifecycle/ownership";
import { issuerKind } from "../lifecycle/policy";
import { remove } from "../lifecycle/removal";
import { beginning, type Situation } from "../lifecycle/situation";
import { generationOf, type Wanted } from "../lifecycle/wanted";
import type { CertificateBundle, CertificateOperation } from "../vault/model";
import { diff } from "./diff";
import { InitError } from "./init-error";
import { inputNames, pickInputs, settingNames, targetOf, timeoutMs, wantedOf } from "./inputs";
import { outputsOf } from "./outputs";
import { type PlainObject, textAt } from "./plain";
import { observedInputs } from "./refresh";
import type { Session } from "./session";
import { hiddenStateOf, memoryOf, stateSchema, withHiddenState } from "./state";

/** What the plugin's handlers for create, read, update and delete are given besides the engine's arguments. */
export interface Online {
  readonly session: Session;
  readonly urn: string | undefined;
}

export async function create(
  inputs: PlainObject,
  { session, urn }: Online,
): Promise<{ id: string; outs: PlainObject }> {
  const wanted = wantedOf(inputs);
  const start = beginning(wanted, markOf(inputs, wanted, newIncarnation()), undefined);
  const settled = await bring(start, session.run({ ...contextOf(inputs, wanted, "create"), urn }));
  const id = idOf(wanted);
  const outs = outputsOf(settled.situation, { echo: pickInputs(inputs), previous: {} });
  if (settled.failure === undefined) return { id, outs };
  throw exists(settled) ? new InitError(id, outs, settled.failure) : settled.failure;
}

export async function update(
  id: string,
  { olds, news }: { olds: PlainObject; news: PlainObject },
  { session, urn }: Online,
): Promise<{ outs: PlainObject }> {
  const echo = pickInputs(news);
  if (concernsSettingsOnly(olds, news)) return { outs: settingsChanged(olds, echo) };
  const wanted = wantedOf(news);
  const memory = memoryOf(olds);
  const mark = markOf(news, wanted, memory?.incarnation ?? newIncarnation());
  const start = beginning(wanted, mark, memory);
  const settled = await bring(start, session.run({ ...contextOf(news, wanted, "update"), urn }));
  if (settled.failure === undefined) {
    return { outs: outputsOf(settled.situation, { echo, previous: olds }) };
  }
  if (!settled.situation.progress.accepted && settled.situation.progress.outcome === undefined)
    throw settled.failure;
  // The engine keeps the old inputs after this error, so the echo stays the old one and what was wanted is kept beside it.
  const outs = outputsOf(settled.situation, { echo: pickInputs(olds), previous: olds, wanted: echo });
  throw new InitError(id, outs, settled.failure);
}

export interface ReadResult {
  readonly id: string;
  readonly props: PlainObject;
  readonly inputs: PlainObject;
}

/** The engine takes an empty id for "gone". */
const gone: ReadResult = { id: "", props: {}, inputs: {} };

export async function read(id: string, props: PlainObject, { session, urn }: Online): Promise<ReadResult> {
  const wanted = wantedOf(props);
  const memory = memoryOf(props);
  const run = session.run({ ...contextOf(props, wanted, "update"), urn });
  const bundle = await run.tools.vault.getCertificate(wanted.certificateName, run.call);
  if (bundle === undefined) return gone;
  const mark = readMark(bundle.tags);
  const start = beginning(
    wanted,
    markOf(props, wanted, mark?.incarnation ?? memory?.incarnation ?? newIncarnation()),
    memory,
  );
  if (mark !== undefined && mark.owner !== start.mark.owner) {
    run.tools.reporter.warn(
      `certificate "${wanted.certificateName}" in vault ${wanted.vaultUrl} now belongs to another owner: it is no longer this resource's`,
    );
    return gone;
  }
  const operation = await operationOfRead(bundle, { run, wanted, memory });
  const inputs = observedInputs(pickInputs(props), bundle);
  const seen: Situation = { ...start, certificate: bundle, operation };
  const outs = outputsOf(seen, { echo: inputs, previous: props, wanted: hiddenStateOf(props)?.wanted });
  return { id, props: outs, inputs };
}

/** A request that had ended stays as it was; one in progress is looked at. */
async function operationOfRead(
  bundle: CertificateBundle,
  { run, wanted, memory }: { run: ReturnType<Session["run"]>; wanted: Wanted; memory: Situation["memory"] },
): Promise<CertificateOperation | undefined> {
  const matters = bundle.hasPending && (bundle.cer === undefined || memory?.request?.unfinished === true);
  if (!matters) return undefined;
  return run.tools.vault.getOperation(wanted.certificateName, memory?.request?.requestId, run.call);
}

export async function destroy(props: PlainObject, { session, urn }: Online): Promise<void> {
  const wanted = wantedOf(props);
  const memory = memoryOf(props);
  const start = beginning(wanted, markOf(props, wanted, memory?.incarnation ?? ""), memory);
  const run = session.run({ ...contextOf(props, wanted, "delete"), urn });
  const failure = await remove(start, run, { purge: props["purgeOnDelete"] === true });
  if (failure !== undefined) throw failure;
}

function newIncarnation(): string {
  return randomBytes(4).toString("hex");
}

function idOf({ vaultUrl, certificateName }: Wanted): string {
  return `${vaultUrl}/certificates/${certificateName}`;
}

function markOf(inputs: PlainObject, wanted: Wanted, incarnation: string): Situation["mark"] {
  return { owner: textAt(inputs, "__owner") ?? "", incarnation, generation: generationOf(wanted) };
}

function contextOf(inputs: PlainObject, wanted: Wanted, option: "create" | "update" | "delete") {
  const integrated = issuerKind(wanted.policy.issuerName) === "integrated";
  return { target: targetOf(inputs), option, timeoutMs: timeoutMs(inputs, option, integrated) };
}

/** The vault has, or may have, something of this resource: a failure must not lose it. */
function exists({ situation }: Settled): boolean {
  return situation.progress.accepted || situation.progress.outcome !== undefined;
}

function concernsSettingsOnly(olds: PlainObject, news: PlainObject): boolean {
  const { reason } = diff(olds, news, { now: 0, refreshing: false });
  if (reason !== undefined && reason.reason !== "SchemaOlder") return false;
  const [before, after] = [wantedOf(olds), wantedOf(news)];
  const differing = differingInputs(inputNames, olds, news).filter((name) => !settingNames.has(name));
  // Another spelling of the same vault, name or policy changes nothing in the vault either.
  const spellings = new Set(["vaultUrl", "certificateName"]);
  return differing.every((name) => spellings.has(name)) && generationOf(before) === generationOf(after);
}

function settingsChanged(olds: PlainObject, echo: PlainObject): PlainObject {
  const state = hiddenStateOf(olds);
  const kept = Object.fromEntries(
    Object.entries(olds).filter(([name]) => !(inputNames as readonly string[]).includes(name)),
  );
  const outs = { ...kept, ...echo };
  return state === undefined
    ? outs
    : (withHiddenState(outs, { ...state, schema: stateSchema }) as PlainObject);
}
