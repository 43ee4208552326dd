import fc from "fast-check";
import { startOfTime, useFakeTime, useRealTime } from "../build/fake-time";
import { type HistoryEvent, someHistory } from "../build/history-events";
import { type SignedMaterial, World } from "../build/history-world";
import { makeAuthority, makeMaterials } from "../build/materials";

let materials: SignedMaterial[];

beforeAll(async () => {
  const authority = await makeAuthority();
  materials = await Promise.all(
    (await makeMaterials(8)).map(async (material) => ({
      ...material,
      chain: await authority.chainFor(material.keys),
    })),
  );
});
beforeEach(useFakeTime);
afterEach(useRealTime);

// Another seed and more runs, to look further: `HISTORY_SEED=7 HISTORY_RUNS=5000 npx jest …`.
const seed = Number(process.env["HISTORY_SEED"] ?? 20_260_101);
const numRuns = Number(process.env["HISTORY_RUNS"] ?? 200);

/** The history, and then what comes of it where everybody cooperates. */
async function after(history: readonly HistoryEvent[]): Promise<World> {
  jest.setSystemTime(startOfTime);
  const world = new World(materials);
  for (const event of history) await world.happens(event);
  world.cooperate();
  await world.happens({ kind: "refresh" });
  return world;
}

describe("any history of a certificate", () => {
  test("ends in what is wanted after at most two more ups, and the next sends nothing", async () => {
    await fc.assert(
      fc.asyncProperty(someHistory, async (history) => {
        const world = await after(history);
        const first = await world.up();
        const second = await world.up();
        expect({ lacks: world.lacks, error: second.error?.message, first: first.error?.message }).toEqual({
          lacks: [],
          error: undefined,
          first: first.error?.message,
        });
        world.vault.calls.length = 0;
        const third = await world.up();
        expect({ step: third.step, calls: world.vault.calls }).toEqual({ step: "same", calls: [] });
      }),
      { seed, numRuns, endOnFailure: false },
    );
  }, 20_000);
});
