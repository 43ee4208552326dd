import { readOptions } from "./options";
import { certificateOf, operations } from "./operations";
import { seeded } from "./random";

describe("the operations that are interrupted", () => {
  const certificates = operations.flatMap((operation) =>
    operation.moments.map((moment) => certificateOf(operation, moment)),
  );

  test("have a certificate for each step, which a vault accepts by its name", () => {
    expect(new Set(certificates).size).toBe(certificates.length);
    expect(certificates.filter((name) => !/^[a-z-]{1,127}$/.test(name))).toEqual([]);
  });

  test.each(["create", "update", "patch", "merge"])(
    "cover %s before, under way and with a lost reply",
    (name) => {
      const moments = operations
        .find((operation) => operation.name === name)
        ?.moments.map((moment) => moment.name);
      expect(moments).toEqual(
        expect.arrayContaining(["before the request", "request under way", "reply lost"]),
      );
    },
  );
});

describe("seeded random numbers", () => {
  test("are the same for the same seed, others for another, and from 0 to 1", () => {
    const draw = (seed: number) => Array.from({ length: 50 }, seeded(seed));
    expect(draw(7)).toEqual(draw(7));
    expect(draw(7)).not.toEqual(draw(8));
    expect(draw(7).every((number) => number >= 0 && number < 1)).toBe(true);
  });
});

describe("the command line", () => {
  test("takes what it is given, and its defaults for the rest", () => {
    expect(readOptions(["--seed", "7", "--only", "merge"])).toEqual({
      seed: 7,
      rounds: 3,
      jobs: 2,
      only: "merge",
    });
  });

  test.each([[["--seed"]], [["--seed", "x"]], [["--sead", "1"]], [["7", "8"]]])(
    "is not understood: %j",
    (args) => {
      expect(readOptions(args)).toBeUndefined();
    },
  );
});
