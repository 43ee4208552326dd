import { isHeld, rowsOf, tableOf } from "./measure/table";
import { takeAll, type TurnEnd } from "./run";
import { shortTrials } from "./trials/trials";

/** At once: two thirds of a trial are waiting. */
const jobs = 3;

describe("a stack whose runs are cut off, doubled or disturbed", () => {
  const ends = new Map<string, TurnEnd>();

  beforeAll(async () => {
    const turns = shortTrials.map((trial) => ({ trial, seed: 1 }));
    await takeAll(turns, jobs, (end) => void ends.set(end.turn.trial.name, end));
  }, 600_000);

  test.each(shortTrials.map(({ name }) => name))(
    "has one order for each wanted version, loses nothing, leaves nothing and shows no secret: %s",
    (name) => {
      const end = ends.get(name);
      const rows = rowsOf(end === undefined ? [] : [end.findings]);
      if (rows.length === 0 || !rows.every(isHeld))
        throw new Error([end?.trouble, tableOf(rows), end?.transcript].join("\n"));
    },
  );
});
