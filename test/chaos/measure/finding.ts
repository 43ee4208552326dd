import type { VaultView } from "../site/site";
import type { StackState, StateResource } from "../site/state";

/** What one trial found for one fault. All numbers but the first two are 0 where nothing went wrong. */
export interface Finding {
  /** The row of the table. */
  readonly fault: string;
  /** The most orders for one wanted version that had neither failed nor been cancelled. */
  readonly orders: number;
  /** `up`s after the one that was disturbed until one succeeded. */
  readonly ups: number;
  /** Wanted certificates that vault or state do not have, or on which they disagree. */
  readonly lost: number;
  /** What nobody wants and is there all the same: see `leftOver`. */
  readonly leftOver: number;
  /** Places that show a secret in clear. */
  readonly exposed: number;
  /** Plugin processes that outlived their engine. */
  readonly processes: number;
  /** What is behind a number that is not 0. */
  readonly remarks: readonly string[];
}

/** What is to be there in the end. */
export interface Wanted {
  readonly name: string;
  /** A certificate is to be in the state. */
  readonly present: boolean;
  /** Versions that were issued; 0 with `present`: a request that waits for its chain. */
  readonly versions: number;
  /** It is to be found soft-deleted. */
  readonly softDeleted?: boolean;
}

/** Why a wanted certificate counts as lost; empty where it is there. */
export function lost({ name, present, versions }: Wanted, state: StackState, vault: VaultView): string[] {
  if (!present) return [];
  const resource = state.certificates[name];
  if (resource === undefined) return [`${name} is not in the state`];
  const waits = versions === 0;
  if (waits !== (vault.version === undefined))
    return [`the vault has ${waits ? "a" : "no"} version of ${name}`];
  return disagreement(name, resource, vault, waits);
}

function disagreement(
  name: string,
  { outputs, initErrors = [] }: StateResource,
  vault: VaultView,
  waits: boolean,
): string[] {
  const [version, status] = [outputs["version"] ?? undefined, outputs["status"]];
  if (initErrors.length > 0) return [`${name} has a failure in the state: ${initErrors.join("; ")}`];
  if (version !== vault.version)
    return [`${name} is ${JSON.stringify(version)} in the state and ${vault.version} in the vault`];
  if (status !== (waits ? "inProgress" : "completed"))
    return [`${name} is ${JSON.stringify(status)} in the state`];
  return [];
}

/**
 * What is left over of one certificate: an entry of the state or a version too many, a request or a placeholder that nobody waits for, an order
 * that goes on for nobody, a soft-deleted certificate.
 */
export function leftOver(
  { name, present, versions, softDeleted = false }: Wanted,
  { state, vault, ordersInProgress }: { state: StackState; vault: VaultView; ordersInProgress: number },
): string[] {
  const waits = present && versions === 0;
  const found: readonly (readonly [boolean, string])[] = [
    [!present && state.certificates[name] !== undefined, "an entry in the state"],
    [vault.versions > versions, `${vault.versions} versions in place of ${versions}`],
    [!waits && vault.pending, "a request in progress"],
    [!waits && vault.placeholder, "a placeholder"],
    [ordersInProgress > (waits ? 1 : 0), `${ordersInProgress} orders in progress`],
    [vault.softDeleted && !softDeleted, "a soft-deleted certificate"],
  ];
  return found.filter(([there]) => there).map(([, what]) => `${name} leaves ${what}`);
}
