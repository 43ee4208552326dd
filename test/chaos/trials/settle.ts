import { setTimeout as sleep } from "node:timers/promises";
import { type Finding, leftOver, lost, type Wanted } from "../measure/finding";
import type { Site } from "../site/site";
import type { ChaosStack } from "../site/stack";

/** More than anybody would try. */
const mostUps = 4;
/** An orphan is given so long to notice and to end. */
const processLimitMs = 15_000;

/** `up` until one succeeds; how many that took. */
export async function upUntilDone(stack: ChaosStack): Promise<number> {
  for (let ups = 1; ups <= mostUps; ups += 1) if ((await stack.up()).ok) return ups;
  return mostUps + 1;
}

/** What is wanted in the end, and for which row it counts. */
export interface Watched extends Wanted {
  readonly fault: string;
  /** Orders before this one belong to an earlier wanted version: Unix milliseconds. */
  readonly ordersSince: number;
}

/** The end of a trial, or of a part of it. */
export interface End {
  readonly site: Site;
  readonly stack: ChaosStack;
  readonly watched: readonly Watched[];
  /** Those after the one that was disturbed. */
  readonly ups: number;
  /** Stacks beside it that declare the same names: they are emptied first. */
  readonly others?: readonly ChaosStack[];
  /** Whether a preview is asked if there is still something to do. Default: true. */
  readonly preview?: boolean;
}

/** Looks at what vault and state hold of each certificate, then takes the certificates away and looks at what stays. */
export async function settle(end: End): Promise<Finding[]> {
  const found = await examineAll(end);
  return end.watched.some(({ present }) => present) ? addTo(found, await remove(end)) : found;
}

/** What vault and state hold of each certificate, which stays. */
export async function examineAll({ site, stack, watched, ups, preview = true }: End): Promise<Finding[]> {
  const settled = !preview || (await stack.isSettled());
  const found = [];
  for (const wanted of watched) found.push(await examine(site, stack, wanted));
  const outlived = (await stack.untilNoPlugin(processLimitMs)) === undefined ? 1 : 0;
  const exposures = await site.exposures();
  return found.map(({ fault, orders, lost: missing, left }, index) => {
    // What concerns the whole stack stands in its first row.
    const common =
      index === 0
        ? { outlived, exposures, unsettled: settled ? [] : ["a preview still has something to do"] }
        : none;
    return {
      fault,
      orders,
      ups,
      lost: missing.length,
      leftOver: left.length + common.unsettled.length,
      exposed: common.exposures.length,
      processes: common.outlived,
      remarks: [...missing, ...left, ...common.unsettled, ...common.exposures],
    };
  });
}

const none = { outlived: 0, exposures: [], unsettled: [] };

/** The same findings with what each certificate leaves besides. */
const addTo = (found: readonly Finding[], leaves: readonly (readonly string[])[]): Finding[] =>
  found.map((finding, index) => ({
    ...finding,
    leftOver: finding.leftOver + (leaves[index]?.length ?? 0),
    remarks: [...finding.remarks, ...(leaves[index] ?? [])],
  }));

async function examine(site: Site, stack: ChaosStack, wanted: Watched) {
  const { name, fault, ordersSince } = wanted;
  const live = site.liveOrders(name);
  const vault = await site.view(name);
  const state = stack.state();
  const ordersInProgress = live.filter(({ status }) => status === "inProgress").length;
  return {
    name,
    fault,
    orders: live.filter(({ createdAt }) => createdAt >= ordersSince).length,
    lost: lost(wanted, state, vault),
    left: leftOver(wanted, { state, vault, ordersInProgress }),
  };
}

/** What vault and state still have of each certificate once the program wants none of it. */
async function remove({ site, stack, watched, others = [] }: End): Promise<string[][]> {
  let removed = true;
  for (const one of [...others, stack]) {
    one.declare({});
    removed = (await one.up()).ok && removed;
  }
  const leaves = [];
  for (const { name, softDeleted = false } of watched) {
    const nothing = { name, softDeleted, present: false, versions: 0, fault: "", ordersSince: 0 };
    const { left } = await examine(site, stack, nothing);
    leaves.push([
      ...left.map((remark) => `${remark} after its removal`),
      ...(removed ? [] : [`${name} was not removed`]),
    ]);
  }
  return leaves;
}

/** A while that a seed decides, so that no two trials of a fault kill at quite the same instant. */
export const hesitate = (random: () => number, mostMs: number): Promise<void> => sleep(random() * mostMs);
