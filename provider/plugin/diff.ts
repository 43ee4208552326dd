import type { Plain } from "../lifecycle/canonical";
import { differingInputs, replacingInputs } from "../lifecycle/differences";
import { baseOf, generationOf } from "../lifecycle/generation";
import { isDue, renewalDueOn } from "../lifecycle/renewal";
import {
  type StateFacts,
  stateReason,
  requestsNewVersion,
  type StateReason,
} from "../lifecycle/state-reasons";
import { readStatus } from "../lifecycle/status";
import type { OnConflict } from "../lifecycle/wanted";
import { renewalIn, targetOf, wantedOf } from "./inputs";
import { kindOf } from "./kinds";
import { type PlainObject, textAt } from "./plain";
import { chainMark, type HiddenState, hiddenStateOf, stateSchema, validityOf } from "./state";
import { containsUnknown, isUnknown } from "./unknown";

export interface DiffResult {
  /**
   * `undefined`: inputs differ, and the engine itself shows which. `true`: no input differs, but the state asks for an update.
   * `false`: nothing to do. `true` where inputs differ would take the changed paths out of the preview.
   */
  readonly changes: boolean | undefined;
  readonly replaces: string[];
  readonly reason: StateReason | undefined;
  /** One line for the preview, where there is something that the changed paths alone do not say. */
  readonly notice: string | undefined;
  /** What of the inputs differs from their echo. */
  readonly differing: readonly string[];
}

/**
 * What a preview says of a certificate. Pure, and in this order: identity, then reasons of the state, then inputs against their echo.
 * `refreshing`: the engine compares what it has just read with the inputs it already had; what the state asks for is then no news.
 */
export function diff(
  olds: PlainObject,
  news: PlainObject,
  { now, refreshing }: { now: number; refreshing: boolean },
): DiffResult {
  const replaces = replacingInputs(targetOf(olds), {
    vaultUrl: isUnknown(news["vaultUrl"]) ? undefined : targetOf(news).vaultUrl,
    certificateName: isUnknown(news["certificateName"]) ? undefined : targetOf(news).certificateName,
  });
  const reason = refreshing ? undefined : stateReason(factsOf(olds, news, now));
  const differing = differingInputs(kindOf(news).inputNames, olds, news);
  const changes = differing.length > 0 ? undefined : reason !== undefined;
  const silent = refreshing || replaces.length > 0;
  const notice =
    reason?.message ?? (silent ? undefined : (newVersionNotice(olds, news) ?? renewalNotice(olds, news)));
  return { changes, replaces, reason, notice, differing };
}

/** The generation of inputs, without ordinal; `undefined` where a part of it is not known yet. */
function knownGeneration(inputs: PlainObject): string | undefined {
  if (kindOf(inputs).part === "merge") return undefined;
  const parts = [inputs["policy"], inputs["reissue"], inputs["preserveCertificateOrder"]];
  return containsUnknown(parts) ? undefined : generationOf(wantedOf(inputs));
}

/** The engine can only say "update"; that it means a new version, perhaps billed by a CA, is for us to say. */
function newVersionNotice(olds: PlainObject, news: PlainObject): string | undefined {
  const wanted = knownGeneration(news);
  const { generation, ordered } = hiddenStateOf(olds) ?? {};
  // What waits is announced already, and of the version of a request of its own kind the state knows nothing: the merge comes after.
  const waits = readStatus(textAt(olds, "status") ?? "") === "inProgress";
  const current = waits ? (ordered ?? generation) : generation;
  if (wanted === undefined || wanted === (current === undefined ? knownGeneration(olds) : baseOf(current)))
    return undefined;
  return `${requestsNewVersion(wantedOf(news).policy.issuerName)}; the current version stays in use until then`;
}

/** A renewal that would come in every `up` is left out, and said so once a preview. */
function renewalNotice(olds: PlainObject, news: PlainObject): string | undefined {
  const [renewal, validity] = [renewalIn(news), validityOf(olds)];
  if (renewal === undefined || validity === undefined || renewalDueOn(validity, renewal) !== undefined)
    return undefined;
  return `renewal asks for ${renewal.daysBeforeExpiry ?? 0} days before the end, and the current version lasts no longer: it is not renewed; write lifetimePercentage instead`;
}

function factsOf(olds: PlainObject, news: PlainObject, now: number): StateFacts {
  const [onConflict, waitForCompletion] = [news["onConflict"], news["waitForCompletion"]];
  const { part } = kindOf(news);
  const superseded = part === "merge" && news["requestId"] !== olds["requestId"];
  const facts = requestFacts(olds, knownGeneration(news));
  const due = renewalDue(olds, news, now);
  return {
    part,
    ...facts,
    // A version that is due is what is wanted for a while only.
    versionFits: facts.versionFits && due === undefined,
    // What became of the request that a merge was for so far is no news beside another one.
    ...(superseded ? { status: undefined, requestGone: false } : {}),
    wantedIssuerName: issuerOf(containsUnknown(news["policy"]) ? olds : news),
    onConflict: isUnknown(onConflict) ? undefined : (onConflict as OnConflict | undefined),
    waitForCompletion: isUnknown(waitForCompletion) ? undefined : (waitForCompletion as boolean | undefined),
    chainToMerge: isChainToMerge(olds, news["chain"]),
    signer: news["signer"] !== undefined,
    renewalDue: due,
  };
}

/** What the state says of the last request, and whether it was made for what is wanted now. */
function requestFacts(olds: PlainObject, wanted: string | undefined) {
  const state: Partial<HiddenState> = hiddenStateOf(olds) ?? {};
  const { ordered, generation, schema = stateSchema } = state;
  const current = generation === undefined ? undefined : baseOf(generation);
  return {
    status: textAt(olds, "status"),
    requestId: textAt(olds, "requestId"),
    issuerName: state.issuer ?? issuerOf(olds),
    operationError: errorText(olds["operationError"]),
    orderedOn: state.orderedOn,
    requestGone: state.requestGone === true,
    versionFits: wanted !== undefined && current === wanted && hasCsr(olds, wanted),
    // Where the program changed, its changed paths say so; a refresh can have taken over the policy of a version that is not there.
    versionOutdated:
      wanted !== undefined && current !== undefined && current !== wanted && wanted === knownGeneration(olds),
    requestOutdated: ordered !== undefined && wanted !== undefined && baseOf(ordered) !== wanted,
    updateUnfinished: state.wanted !== undefined,
    schemaOlder: schema < stateSchema,
  };
}

/** A request hands on its CSR, and can do so only for what it was last asked for. */
function hasCsr(olds: PlainObject, wanted: string): boolean {
  if (kindOf(olds).part !== "request") return true;
  const { ordered } = hiddenStateOf(olds) ?? {};
  return ordered !== undefined && baseOf(ordered) === wanted && textAt(olds, "csrPem") !== undefined;
}

function errorText(value: Plain | undefined): string | undefined {
  if (typeof value !== "object" || value === null) return undefined;
  const { code, message } = value as { code?: string; message?: string };
  return [code, message].filter((part) => part !== undefined && part !== "").join(": ") || undefined;
}

function isChainToMerge(olds: PlainObject, chain: Plain | undefined): boolean {
  if (chain === undefined || containsUnknown(chain)) return false;
  return chainMark(chain) !== hiddenStateOf(olds)?.mergedChain;
}

function issuerOf(inputs: PlainObject): string {
  return wantedOf(inputs).policy.issuerName;
}

/** Whether the renewal that the inputs ask for is due. */
export function isRenewalDue(olds: PlainObject, news: PlainObject, now: number): boolean {
  return renewalDue(olds, news, now) !== undefined;
}

/** The renewal that is due, in words. */
function renewalDue(olds: PlainObject, news: PlainObject, now: number): string | undefined {
  const [renewal, validity] = [renewalIn(news), validityOf(olds)];
  if (renewal === undefined || validity === undefined) return undefined;
  const dueOn = renewalDueOn(validity, renewal);
  if (dueOn === undefined || !isDue(validity, renewal, now)) return undefined;
  const day = (ms: number) => new Date(ms).toISOString().slice(0, 10);
  const trigger =
    renewal.daysBeforeExpiry === undefined
      ? `at ${renewal.lifetimePercentage ?? 0} % of the lifetime that ends ${day(validity.expiresOn)}`
      : `${renewal.daysBeforeExpiry} days before ${day(validity.expiresOn)}`;
  return `${trigger}, since ${day(dueOn)}`;
}
