import { bring } from "../../lifecycle/bring";
import { fingerprint } from "../../lifecycle/canonical";
import { beginning } from "../../lifecycle/situation";
import { diff } from "../diff";
import { InitError } from "../init-error";
import { pickInputs, wantedOf } from "../inputs";
import { kindOf } from "../kinds";
import type { PlainObject } from "../plain";
import { hiddenStateOf, stateSchema, withHiddenState } from "../state";
import { hold, type Online, runOf } from "./call";
import { conclude } from "./conclude";
import { exists } from "./create";
import { standingOfUpdate } from "./standing";

/** Brings the certificate to what is wanted now, or goes on with what an earlier run began. */
export async function update(
  id: string,
  { olds, news }: { olds: PlainObject; news: PlainObject },
  online: Online,
): Promise<{ outs: PlainObject }> {
  const now = online.clock();
  const echo = pickInputs(news);
  if (concernsSettingsOnly(olds, news, now)) return { outs: settingsChanged(olds, echo) };
  const wanted = wantedOf(news);
  const { mark, memory } = standingOfUpdate(olds, news, now);
  const settled = await bring(beginning(wanted, mark, memory, now), runOf(news, wanted, "update", online));
  hold(online, wanted, { mark, tookOver: memory?.tookOver });
  // The engine keeps the old inputs after an error, so the echo stays the old one and what was wanted is kept beside it.
  const { outs, failure } = conclude(settled, (failed) =>
    failed ? { echo: pickInputs(olds), previous: olds, wanted: fingerprint(echo) } : { echo, previous: olds },
  );
  if (failure === undefined) return { outs };
  throw exists(settled) ? new InitError(id, outs, failure) : failure;
}

/** Nothing in the vault depends on what has changed: no request is made. */
function concernsSettingsOnly(olds: PlainObject, news: PlainObject, now: number): boolean {
  const { reason, differing } = diff(olds, news, { now, refreshing: false });
  // Nothing differs, and yet the engine asks for an update: the last create or update did not get to its end.
  if (reason === undefined && differing.length === 0) return false;
  if (reason !== undefined && reason.reason !== "SchemaOlder") return false;
  // Another spelling of the same vault or name changes nothing in the vault either.
  const spellings = new Set(["vaultUrl", "certificateName"]);
  return differing.every((name) => kindOf(news).settingNames.has(name) || spellings.has(name));
}

function settingsChanged(olds: PlainObject, echo: PlainObject): PlainObject {
  const state = hiddenStateOf(olds);
  const names = kindOf(echo).inputNames;
  const kept = Object.fromEntries(Object.entries(olds).filter(([name]) => !names.includes(name)));
  const outs = { ...kept, ...echo };
  return state === undefined
    ? outs
    : (withHiddenState(outs, { ...state, schema: stateSchema }) as PlainObject);
}
