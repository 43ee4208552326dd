import fc from "fast-check";
import { startOfTime, useFakeTime, useRealTime } from "../build/fake-time";
import type { Interruption } from "../build/history-events";
import { makeMaterials } from "../build/materials";
import { makeChains } from "../build/model-ca";
import {
  type ChainFor,
  type PairDeed,
  type PairEvent,
  type PairWish,
  somePairHistory,
} from "../build/pair-events";
import { type PairMaterials, PairWorld } from "../build/pair-world";

let made: PairMaterials;

beforeAll(async () => {
  const materials = [...(await makeMaterials(12)), ...(await makeMaterials(12, "P-384"))];
  const [foreign] = await makeMaterials(1);
  if (foreign === undefined) throw new Error("no material");
  made = { materials, foreign, chains: await makeChains([...materials, foreign]) };
});
beforeEach(useFakeTime);
afterEach(useRealTime);

// Another seed and more runs, to look further: `HISTORY_SEED=7 HISTORY_RUNS=5000 npx jest …`.
const seed = Number(process.env["HISTORY_SEED"] ?? 20_260_101);
const numRuns = Number(process.env["HISTORY_RUNS"] ?? 150);

/** The history, and then runs that do what the failures say. */
async function after(history: readonly PairEvent[]): Promise<PairWorld> {
  jest.setSystemTime(startOfTime);
  const world = new PairWorld(made);
  for (const event of history) await world.happens(event);
  await world.happens({ kind: "edit", wish: { left: "both" } });
  world.cooperate();
  await world.up();
  await world.heed();
  await world.refresh();
  await world.up();
  await world.heed();
  if (world.leavesRenewal) await world.up();
  await world.heed();
  return world;
}

/** In words what is not as it was promised: of what is wanted, of an `up` and a refresh with nothing to do, and of a removal of the one and of both. */
async function lackingAfter(history: readonly PairEvent[]) {
  const world = await after(history);
  const { lacks } = world;
  const { vault } = world.stack;
  const version = vault.current?.version;
  vault.calls.length = 0;
  await world.up();
  const calls = [...vault.calls];
  await world.refresh();
  await world.up();
  vault.calls.length = 0;
  await world.happens({ kind: "edit", wish: { left: "request" } });
  await world.up();
  const kept = [...vault.calls, vault.current?.version];
  await world.happens({ kind: "edit", wish: { left: "none" } });
  await world.up();
  return { lacks, calls, kept: kept.filter((one) => one !== version), left: world.lacks };
}

const nothing = { lacks: [], calls: [], kept: [], left: [] };

describe("any history of a certificate in two resources", () => {
  test(
    "ends in what is wanted once what each failure says is done, and the next run sends nothing",
    async () => {
      await fc.assert(
        fc.asyncProperty(somePairHistory, async (history) => {
          expect(await lackingAfter(history)).toEqual(nothing);
        }),
        { seed, numRuns },
      );
    },
    Math.max(120_000, numRuns * 300),
  );
});

const up = { kind: "up" } as const;
const edit = (wish: Partial<PairWish>) => ({ kind: "edit", wish }) as const;
const chain = (of: ChainFor) => ({ kind: "chain", of }) as const;
const somebody = (deed: PairDeed) => ({ kind: "somebody", deed }) as const;
const interrupted = (by: Interruption["by"], afterWrites = 1) =>
  ({ kind: "up", interruption: { afterWrites, by } }) as const;
const caRefuses = { kind: "ca", refuses: true } as const;

/** Histories that the search has found, reduced to what it takes. */
describe("a history of two resources", () => {
  test.each<[string, PairEvent[]]>([
    [
      "in which a new merge is given a chain for nothing, while a stranger's request is in progress",
      [up, somebody("requests"), edit({ left: "request" }), up, edit({ left: "both" }), chain("nothing"), up],
    ],
    [
      "in which a stranger's request, which the chain that is given answers, took the place of ours",
      [caRefuses, up, somebody("overwritesRequest"), chain("pending"), { kind: "ca", refuses: false }, up],
    ],
    ["in which a stranger takes over a request that waits", [caRefuses, up, somebody("takesOver")]],
    [
      "in which a request that nobody will merge is waited for",
      [caRefuses, up, edit({ reissue: 1, onConflict: "wait" })],
    ],
    [
      "in which somebody merges another CA's certificate without our mark, and reissue is to replace it",
      [caRefuses, up, somebody("mergesAnother"), somebody("removesMark")],
    ],
    [
      "in which somebody's version without a mark stands over ours, and the preview tells of the new CSR",
      [up, somebody("makesVersion"), somebody("removesMark"), up],
    ],
    [
      "in which a request that was due for renewal is deleted, and comes back with a create",
      [up, { kind: "timePasses" }, edit({ renewed: true }), somebody("deletes")],
    ],
    [
      "in which the request that took the place of ours completes while it is looked at",
      [up, edit({ reissue: 1 }), somebody("requests"), up, edit({ reissue: undefined }), up],
    ],
    [
      "in which a replacement was killed after its order, and the request of before is still handed on",
      [
        edit({ onConflict: "delete" }),
        up,
        somebody("requests"),
        { kind: "replace", which: "request", interruption: { afterWrites: 3, by: "crash" } },
        interrupted("crash"),
      ],
    ],
    [
      "in which a stranger takes the certificate over before what was replaced is deleted",
      [up, { kind: "replace", which: "request", meanwhile: "takesOver" }],
    ],
    [
      "in which somebody's request like ours took its place and was merged, and the CSR of ours is handed on no more",
      [caRefuses, up, somebody("overwritesAlike"), somebody("merges"), { kind: "ca", refuses: false }],
    ],
    [
      "in which the program goes back to a version whose CSR is gone, and the request for it is deleted",
      [up, caRefuses, edit({ reissue: 1 }), up, edit({ reissue: undefined }), up, somebody("deletesRequest")],
    ],
  ])("%s ends in what is wanted", async (_, history) => {
    expect(await lackingAfter(history)).toEqual(nothing);
  });
});
