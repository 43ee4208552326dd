import { setTimeout as sleep } from "node:timers/promises";
import type { OrderView, RecordedRequest } from "keyvault-certificates-emulator";
import type { LocalVault } from "./local-vault";
import { certificates } from "./programs";
import type { Stacks } from "./stacks";
import { inWords, spreadOf } from "./statistics";
import type { Figure } from "./table";

const issuers = ["Self", "BenchCA"] as const;
type Issuer = (typeof issuers)[number];

/** How long each order takes, in milliseconds: spread so that the ends fall anywhere between two looks. */
const durations: Readonly<Record<Issuer, readonly number[]>> = {
  Self: Array.from({ length: 12 }, (_, index) => 700 + index * 1310),
  BenchCA: Array.from({ length: 8 }, (_, index) => 2000 + index * 4370),
};

/**
 * Milliseconds that a run may lose after an order that took `ms`, without what the reading of the certificate itself takes:
 * a second for Self, a tenth of the issuer's own time and a second otherwise.
 */
const allowed: Readonly<Record<Issuer, (ms: number) => number>> = {
  Self: () => 1000,
  BenchCA: (ms) => ms / 10 + 1000,
};

/** Of a machine that does other things: the request travels, and timers fire late. */
const toleranceMs = 100;

interface Loss {
  readonly issuer: string;
  readonly ms: number;
  readonly tookMs: number;
}

/** From the end of an order to the look that sees it, in one `up` of many orders that the vault ends one by one. */
export async function timeLost(stacks: Stacks, vault: LocalVault): Promise<Figure[]> {
  await vault.reset();
  await vault.addIssuer("BenchCA");
  for (const issuer of issuers) await vault.setIssuer(issuer);
  const count = durations.Self.length + durations.BenchCA.length;
  const issuerOf = (index: number): Issuer => (index < durations.Self.length ? "Self" : "BenchCA");
  const stack = await stacks.create("lost", certificates(count, issuerOf));
  const done = stack.up(count);
  await Promise.all([done, endAll(vault, count)]);
  const losses = lossesOf(await vault.orders(), await vault.requests());
  return issuers.map((issuer) =>
    figureOf(
      issuer,
      losses.filter((loss) => loss.issuer === issuer),
    ),
  );
}

/** Ends each order after its time. */
async function endAll(vault: LocalVault, count: number): Promise<void> {
  const left: Record<Issuer, number[]> = { Self: [...durations.Self], BenchCA: [...durations.BenchCA] };
  const ends: Promise<void>[] = [];
  const seen = new Set<string>();
  while (ends.length < count) {
    for (const { requestId, issuer, createdAt } of await vault.orders()) {
      if (seen.has(requestId)) continue;
      seen.add(requestId);
      const at = createdAt + (left[issuer as Issuer].shift() ?? 0);
      ends.push(sleep(Math.max(0, at - Date.now())).then(() => vault.endOrder(requestId)));
    }
    await sleep(50);
  }
  await Promise.all(ends);
}

function lossesOf(orders: readonly OrderView[], requests: readonly RecordedRequest[]): Loss[] {
  return orders.map(({ certificateName, issuer, createdAt, endedAt = 0 }) => {
    const path = `/certificates/${certificateName}/pending`;
    const look = requests.find((request) => request.path === path && request.at >= endedAt);
    if (look === undefined) throw new Error(`nobody looked at ${certificateName} after its order had ended`);
    return { issuer, ms: look.at - endedAt, tookMs: endedAt - createdAt };
  });
}

function figureOf(issuer: Issuer, losses: readonly Loss[]): Figure {
  const over = losses.filter(({ ms, tookMs }) => ms > allowed[issuer](tookMs) + toleranceMs);
  const spread = inWords(spreadOf(losses.map(({ ms }) => ms / 1000)), "s", 2);
  return {
    figure: issuer === "Self" ? "time lost after Self is done" : "time lost after an issuer is done",
    target: issuer === "Self" ? "≤ 1 s" : "≤ 10 % of its own time + 1 s",
    measured: `${spread}; ${losses.length - over.length} of ${losses.length} within`,
    held: over.length === 0,
  };
}
