import { type OwnerMark, readMark, userTags } from "../../../provider/lifecycle/ownership";
import { policyDifferences } from "../../../provider/lifecycle/policy";
import { baseOf, generationOf } from "../../../provider/lifecycle/generation";
import type { Wanted } from "../../../provider/lifecycle/wanted";
import type { PlainObject } from "../../../provider/plugin/plain";
import { hiddenStateOf } from "../../../provider/plugin/state";
import type { CertificateBundle, CertificatePolicy } from "../../../provider/vault/model";
import type { Wish } from "./history-events";
import type { ModelVault } from "./model-vault";
import { owner } from "./situation";

/** What a history asked for, and what it allows to be otherwise. */
export interface Asked {
  readonly wish: Pick<Wish, "team" | "enabled">;
  readonly wanted: Wanted;
  readonly outputs: PlainObject;
  /** Somebody took our tag away: the state then vouches for the version. */
  readonly unmarked: boolean;
  /** Something of a stranger may have been taken over, which goes by the stored policy. */
  readonly adopted: boolean;
  /** A request of ours may be in nobody's memory. */
  readonly forgot: boolean;
  /** A request that waits for its chain is as good as a version. */
  readonly mayWait: boolean;
}

/** What is not as the program says, in words. Read from the vault, and not by the code under test. */
export function lacking(vault: ModelVault, asked: Asked): string[] {
  const { current } = vault;
  if (current === undefined) return [`the name is ${vault.stage} and empty`];
  const mark = readMark(current.tags);
  const lacks = ofTags(current, mark, asked);
  if (waits(vault, asked)) return lacks;
  if (fits(vault, mark, asked)) return [...lacks, ...ofVersion(vault, current, asked)];
  return [...lacks, `neither a version nor a request of ${generationOf(asked.wanted)}`];
}

function ofTags(
  { tags }: CertificateBundle,
  mark: OwnerMark | undefined,
  { wish, unmarked }: Asked,
): string[] {
  const lacks: string[] = [];
  if (mark === undefined ? !unmarked : mark.owner !== owner)
    lacks.push("the certificate is not marked as ours");
  if (userTags(tags)["team"] !== wish.team || "found" in tags) lacks.push("tags");
  return lacks;
}

/** A version of what is wanted is current. */
export function fits(vault: ModelVault, mark: OwnerMark | undefined, asked: Asked): boolean {
  const { currentVersion } = vault;
  if (currentVersion === undefined) return false;
  const generation =
    mark === undefined ? asked.unmarked : baseOf(mark.generation) === generationOf(asked.wanted);
  return generation && (asked.adopted || gives(currentVersion.madeFrom, asked.wanted.policy));
}

/** A request that was taken over bears no mark of what is wanted now; the state knows what it is for. */
export function waits({ pending }: ModelVault, { mayWait, wanted, outputs }: Asked): boolean {
  if (!mayWait || pending?.inProgress !== true) return false;
  const { ordered } = hiddenStateOf(outputs) ?? {};
  const known = ordered !== undefined && baseOf(ordered) === generationOf(wanted);
  return known && gives(pending.order.policy, wanted.policy);
}

function ofVersion(vault: ModelVault, current: CertificateBundle, asked: Asked): string[] {
  const { wish, wanted, outputs } = asked;
  const lacks: string[] = [];
  if (current.enabled !== wish.enabled) lacks.push("the enabled flag");
  if (vault.policy !== undefined && policyDifferences(vault.policy, wanted.policy).length > 0)
    lacks.push("the stored policy");
  if (!asked.forgot && ownInProgress(vault)) lacks.push("a request that nobody wants is in progress");
  if (outputs["version"] !== current.version) lacks.push("the version output");
  return lacks;
}

function ownInProgress({ pending }: ModelVault): boolean {
  return pending?.inProgress === true && readMark(pending.order.tags)?.owner === owner;
}

/** A version made from the one policy is what the other asks for. */
function gives(made: CertificatePolicy, wanted: CertificatePolicy): boolean {
  return policyDifferences(made, wanted).every((name) => name === "lifetimeActions");
}
