import fc from "fast-check";
import { startOfTime, useFakeTime, useRealTime } from "../build/fake-time";
import { type HistoryEvent, type Interruption, someHistory, type Wish } from "../build/history-events";
import { type SignedMaterial, World } from "../build/history-world";
import { makeAuthority, makeMaterials } from "../build/materials";
import type { Behaviour } from "../build/model-request";

let materials: SignedMaterial[];

beforeAll(async () => {
  const authority = await makeAuthority();
  materials = await Promise.all(
    [...(await makeMaterials(8)), ...(await makeMaterials(8, "P-384"))].map(async (material) => ({
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

/** In words what is not as it was promised, after two more ups and a third. */
async function lackingAfter(history: readonly HistoryEvent[]) {
  const world = await after(history);
  await world.up();
  const { error } = await world.up();
  const { lacks } = world;
  world.vault.calls.length = 0;
  const { step } = await world.up();
  return { lacks, error: error?.message, step, calls: world.vault.calls };
}

const nothing = { lacks: [], error: undefined, step: "same", calls: [] };

describe("any history of a certificate", () => {
  test(
    "ends in what is wanted after at most two more ups, and the next sends nothing",
    async () => {
      await fc.assert(
        fc.asyncProperty(someHistory, async (history) => {
          expect(await lackingAfter(history)).toEqual(nothing);
        }),
        { seed, numRuns },
      );
    },
    Math.max(120_000, numRuns * 300),
  );
});

const up = { kind: "up" } as const;
const edit = (wish: Partial<Wish>) => ({ kind: "edit", wish }) as const;
const interrupted = (by: Interruption["by"]) =>
  ({ kind: "up", interruption: { afterWrites: 1, by } }) as const;
const replaced = (by: Interruption["by"]) =>
  ({ kind: "replace", interruption: { afterWrites: 1, by } }) as const;
const issuer = (behaviour: Partial<Behaviour>) => ({ kind: "issuer", behaviour }) as const;

/** Histories that the search has found, reduced to what it takes. */
describe("a history", () => {
  test.each<[string, HistoryEvent[]]>([
    [
      "in which a superseded request of a placeholder had completed when it was looked at",
      [edit({ waitForCompletion: false }), up, edit({ issuerName: "Unknown", team: "web" })],
    ],
    [
      "in which the reply to a first order is lost, and the request had ended when it was looked at",
      [issuer({ looks: 1, outcome: "cancelled" }), interrupted("lostReply"), up],
    ],
    [
      "in which the reply to a later order is lost, and the request had ended when it was looked at",
      [up, issuer({ looks: 1, outcome: "cancelled" }), edit({ reissue: 1 }), interrupted("lostReply")],
    ],
    [
      "in which a request is deleted by hand, and a second refresh does not look for it again",
      [
        edit({ issuerName: "Unknown" }),
        up,
        { kind: "somebody", deed: "deletesRequest" },
        { kind: "refresh" },
      ],
    ],
    [
      "in which somebody's version without a mark is not taken for the one before it, and its successor comes during a refresh",
      [
        up,
        { kind: "somebody", deed: "makesVersion" },
        { kind: "somebody", deed: "removesMark" },
        edit({ team: "web", waitForCompletion: false }),
        up,
      ],
    ],
    [
      "in which an update crashed after its order, and a refresh took the policy of that order for the program's",
      [up, edit({ issuerName: "DigiCert" }), interrupted("crash")],
    ],
    [
      "in which a stranger's request completes though it was cancelled, and its version is not to be overwritten",
      [
        up,
        issuer({ cancellation: "ignored" }),
        edit({ keyCurveName: "P-384", onConflict: "cancel" }),
        { kind: "somebody", deed: "requests" },
        up,
      ],
    ],
    [
      "in which an update waited for a request of its own of which only the vault knew, made for something else",
      [
        edit({ issuerName: "DigiCert", waitForCompletion: false }),
        up,
        issuer({ cancellation: "refused" }),
        { kind: "ends", outcome: "cancelled" },
        edit({ issuerName: "Unknown", onConflict: "wait" }),
        interrupted("crash"),
        edit({ issuerName: "DigiCert" }),
        up,
      ],
    ],
    [
      "in which a request beside a version that fits completes right after that was looked at",
      [
        up,
        issuer({ outcome: "never", writeMs: 600 }),
        { kind: "somebody", deed: "deletes" },
        replaced("lostReply"),
        up,
      ],
    ],
    [
      "in which a create and its replacement were cut off, and the first one's request gave the certificate",
      [interrupted("deadline"), replaced("lostReply"), { kind: "refresh" }],
    ],
    [
      "in which two replacements were cut off, and the very first one's request gave the certificate",
      [
        issuer({ outcome: "never" }),
        up,
        { kind: "replace" },
        { kind: "replace" },
        { kind: "ends", outcome: "completed" },
      ],
    ],
    [
      "in which Key Vault renews the certificate between the two halves of a replacement",
      [up, { kind: "replace", meanwhile: "renews" }, up],
    ],
  ])("%s ends in what is wanted", async (_, history) => {
    expect(await lackingAfter(history)).toEqual(nothing);
  });
});
