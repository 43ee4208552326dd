/**
 * @typedef {{ passed: number, failed: number, skipped: number }} Counts
 *
 * @typedef {object} JestResults what of jest's `--json` file is counted
 * @property {number} numPassedTests
 * @property {number} numFailedTests
 * @property {number} numPendingTests
 * @property {number} numTodoTests
 * @property {number} numRuntimeErrorTestSuites files that failed before their first test
 */

/**
 * @param {JestResults} results
 * @returns {Counts} a file that could not be run counts as one failure
 */
export function countTests(results) {
  return {
    passed: results.numPassedTests,
    failed: results.numFailedTests + results.numRuntimeErrorTestSuites,
    skipped: results.numPendingTests + results.numTodoTests,
  };
}

/**
 * The counts of a whole run: the tests', and one failure for each stage that failed in another way than by failed tests.
 *
 * @param {Counts} tests
 * @param {number} failedStages
 * @returns {Counts}
 */
export function withStages(tests, failedStages) {
  return { ...tests, failed: tests.failed + failedStages };
}

/**
 * @param {Counts} counts
 * @returns {string} `12 passed, 0 failed`, and `, 3 skipped` if there are any
 */
export function formatCounts({ passed, failed, skipped }) {
  return `${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ""}`;
}
