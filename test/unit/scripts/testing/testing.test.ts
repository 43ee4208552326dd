import { countTests, formatCounts, withStages } from "../../../../scripts/testing/counts.mjs";
import { judgeJest, parseArguments, stages } from "../../../../scripts/testing/stages.mjs";

const results = {
  numPassedTests: 12,
  numFailedTests: 0,
  numPendingTests: 0,
  numTodoTests: 0,
  numRuntimeErrorTestSuites: 0,
};

describe("the counts of a run", () => {
  test("are those of jest", () => {
    const counts = countTests({ ...results, numFailedTests: 2, numPendingTests: 1, numTodoTests: 3 });
    expect(counts).toEqual({ passed: 12, failed: 2, skipped: 4 });
  });

  test("have one failure for a test file that could not be run", () => {
    expect(countTests({ ...results, numRuntimeErrorTestSuites: 1 }).failed).toBe(1);
  });

  test("have one failure for each other stage that failed", () => {
    expect(withStages({ passed: 12, failed: 1, skipped: 0 }, 2)).toEqual({
      passed: 12,
      failed: 3,
      skipped: 0,
    });
  });

  test.each([
    [{ passed: 12, failed: 0, skipped: 0 }, "12 passed, 0 failed"],
    [{ passed: 1, failed: 2, skipped: 3 }, "1 passed, 2 failed, 3 skipped"],
  ])("%j read %s", (counts, text) => {
    expect(formatCounts(counts)).toBe(text);
  });
});

describe("the jest stage", () => {
  test("passes with its tests", () => {
    expect(judgeJest(0, results)).toEqual({ ok: true, tests: { passed: 12, failed: 0, skipped: 0 } });
  });

  test("does not count a failed test twice", () => {
    expect(judgeJest(1, { ...results, numFailedTests: 1 })).toMatchObject({ ok: true, tests: { failed: 1 } });
  });

  test("fails by itself when jest fails though no test did", () => {
    expect(judgeJest(1, results)).toMatchObject({ ok: false });
  });

  test("fails by itself when jest broke down", () => {
    expect(judgeJest(null, undefined)).toEqual({ ok: false });
  });

  test("leaves it to the run to say that there was no test", () => {
    expect(judgeJest(0, undefined)).toEqual({ ok: true });
  });
});

describe("the command line of npm test", () => {
  test("goes to jest, and all stages run", () => {
    expect(parseArguments(["--selectProjects", "unit"])).toEqual({
      chosen: stages,
      jestArgs: ["--selectProjects", "unit"],
    });
  });

  test("may choose one stage", () => {
    const { chosen, jestArgs } = parseArguments(["--stage", "jest", "--", "-t", "renews"]);
    expect(chosen.map(({ name }) => name)).toEqual(["jest"]);
    expect(jestArgs).toEqual(["-t", "renews"]);
  });

  test("is refused when there is no such stage", () => {
    expect(() => parseArguments(["--stage", "lint"])).toThrow(
      /must be one of build, eslint, prettier, jest, got "lint"/,
    );
  });
});
