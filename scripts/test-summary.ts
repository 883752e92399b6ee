import { readFileSync } from "node:fs";

/** Adds up what vitest wrote of each part (`--reporter=json`) and closes with one line: `N passed, N failed, N skipped`. */
const total = { passed: 0, failed: 0, skipped: 0 };
for (const file of process.argv.slice(2)) {
  const { numPassedTests, numFailedTests, numPendingTests, numTodoTests, numFailedTestSuites, success } = JSON.parse(readFileSync(file, "utf8")) as Record<string, number | boolean>;
  total.passed += Number(numPassedTests);
  // A file that can't even be read has no failed test.
  total.failed += Number(numFailedTests) || (success === true ? 0 : Math.max(1, Number(numFailedTestSuites)));
  total.skipped += Number(numPendingTests) + Number(numTodoTests);
}
process.stdout.write(`${total.passed} passed, ${total.failed} failed, ${total.skipped} skipped\n`);
