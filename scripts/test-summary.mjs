// Sums up a test run: `node scripts/test-summary.mjs REPORT.json VITEST_EXIT CHECKS_PASSED CHECKS_FAILED`, where the report
// is vitest's. Prints what failed and what was skipped, and last `N passed, N failed[, N skipped]`. Exit code 1 on a failure.
//
// Whatever went wrong counts: a test that never gave a result, a file that could not be loaded, a report that is missing,
// a vitest that failed without naming a test (an unhandled error, a crash).

import { readFileSync } from 'node:fs';
import { relative } from 'node:path';

const [reportPath, vitestExit, checksPassed, checksFailed] = process.argv.slice(2);
const tests = countTests(readReport(reportPath), Number(vitestExit));
const passed = tests.passed + Number(checksPassed);
const failed = tests.failures.length + Number(checksFailed);

printSkipped(tests.skipped);
for (const failure of tests.failures) console.log(`failed: ${failure}`);
const skippedText = tests.skipped.length > 0 ? `, ${tests.skipped.length} skipped` : '';
console.log(`${passed} passed, ${failed} failed${skippedText}`);
process.exitCode = failed > 0 ? 1 : 0;

function readReport(path) {
  try {
    return JSON.parse(readFileSync(path, 'utf8'));
  } catch (error) {
    return { testResults: [], problem: `vitest left no readable report (${error.message})` };
  }
}

function countTests(report, exitCode) {
  const failures = report.problem === undefined ? [] : [report.problem];
  const skipped = [];
  let passed = 0;
  for (const file of report.testResults) {
    const name = relative(process.cwd(), file.name);
    const failuresBefore = failures.length;
    for (const test of file.assertionResults) {
      const title = `${name}: ${test.fullName}`;
      if (test.status === 'passed') passed++;
      else if (test.status === 'skipped' || test.status === 'todo') {
        skipped.push({ title, reason: test.meta?.skipReason ?? '' });
      } else failures.push(test.status === 'failed' ? title : `${title} (gave no result)`);
    }
    if (file.status === 'failed' && failures.length === failuresBefore) {
      failures.push(`${name}: ${file.message.split('\n')[0] || 'the file could not be run'}`);
    }
  }
  if (failures.length === 0 && exitCode !== 0) failures.push(`vitest ended with exit code ${exitCode}`);
  if (failures.length === 0 && passed === 0) failures.push('vitest ran no test');
  return { passed, failures, skipped };
}

/** Skipped tests by reason: what this machine lacks should be read in one glance. */
function printSkipped(skipped) {
  const titlesByReason = new Map();
  for (const { title, reason } of skipped) {
    titlesByReason.set(reason, [...(titlesByReason.get(reason) ?? []), title]);
  }
  for (const [reason, titles] of titlesByReason) {
    if (reason === '') for (const title of titles) console.log(`skipped: ${title}`);
    else console.log(`skipped: ${titles.length} × ${reason}`);
  }
}
