// How many tests passed, failed and were skipped: read from what cargo prints, and from Node's own summary.

/** @typedef {{passed: number, failed: number, skipped: number}} Counts */

/** @returns {Counts} */
export const counts = (passed = 0, failed = 0, skipped = 0) => ({ passed, failed, skipped });

/** @param {Counts[]} all @returns {Counts} */
export const sum = (all) =>
  all.reduce((a, b) => counts(a.passed + b.passed, a.failed + b.failed, a.skipped + b.skipped), counts());

/**
 * Counts the tests of one `cargo test`, of all its binaries.
 * @param {string} output
 * @param {number} exitCode
 * @returns {Counts}
 */
export function cargoCounts(output, exitCode) {
  const results = output.matchAll(/^test result: \w+\. (\d+) passed; (\d+) failed; (\d+) ignored;/gm);
  return honest(sum([...results].map(([, ...numbers]) => counts(...numbers.map(Number)))), exitCode);
}

/**
 * Counts the tests of one `node --test` from what count-reporter.mjs wrote.
 * @param {string} report
 * @param {number} exitCode
 * @returns {Counts}
 */
export function nodeCounts(report, exitCode) {
  // Without a report the run ended before its summary.
  const { passed = 0, failed = 0, skipped = 0 } = report ? JSON.parse(report) : {};
  return honest(counts(passed, failed, skipped), exitCode);
}

/** A run that failed without a failed test (it did not compile, it was killed), or that ran no test at all, is one failure. */
function honest(result, exitCode) {
  const ran = result.passed + result.failed + result.skipped > 0;
  return result.failed === 0 && (exitCode !== 0 || !ran) ? { ...result, failed: 1 } : result;
}

/** The last line of a test run. @param {Counts} result */
export function summary({ passed, failed, skipped }) {
  return `${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ""}`;
}
