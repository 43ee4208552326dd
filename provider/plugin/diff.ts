import {
  differingInputs,
  replacingInputs,
  type StateFacts,
  stateReason,
  type StateReason,
} from "../lifecycle/differences";
import { generationOf } from "../lifecycle/wanted";
import { inputNames, targetOf, wantedOf } from "./inputs";
import { type PlainObject, textAt } from "./plain";
import { chainMark, hiddenStateOf, stateSchema } from "./state";
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
  const reason = refreshing ? undefined : stateReason(factsOf(olds, news), now);
  const differing = differingInputs(inputNames, olds, news);
  const changes = differing.length > 0 ? undefined : reason !== undefined;
  const notice =
    reason?.message ?? (refreshing || replaces.length > 0 ? undefined : newVersionNotice(olds, news));
  return { changes, replaces, reason, notice, differing };
}

/** The engine can only say "update"; that it means a new version, perhaps billed by a CA, is for us to say. */
function newVersionNotice(olds: PlainObject, news: PlainObject): string | undefined {
  const parts = [news["policy"], news["reissue"], news["preserveCertificateOrder"]];
  if (containsUnknown(parts) || generationOf(wantedOf(olds)) === generationOf(wantedOf(news)))
    return undefined;
  return `up requests a new version at issuer "${wantedOf(news).policy.issuerName}"; the current one stays in use until it is issued`;
}

function factsOf(olds: PlainObject, news: PlainObject): StateFacts {
  const state = hiddenStateOf(olds);
  const error = olds["operationError"] as { code?: string; message?: string } | null | undefined;
  const chain = news["chain"];
  return {
    status: textAt(olds, "status"),
    requestId: textAt(olds, "requestId"),
    issuerName: textAt((olds["policy"] ?? {}) as PlainObject, "issuerName") ?? "",
    operationError:
      error === null || error === undefined
        ? undefined
        : [error.code, error.message].filter(Boolean).join(": "),
    updatedOn: undefined,
    chainToMerge: chain !== undefined && !containsUnknown(chain) && chainMark(chain) !== state?.mergedChain,
    waitForCompletion: news["waitForCompletion"] as boolean | undefined,
    updateUnfinished: state?.wanted !== undefined,
    schemaOlder: state !== undefined && state.schema < stateSchema,
  };
}
