// Prints what jest's reports say was skipped and why, then how many tests passed and failed: summary.cjs FOLDER SUITE…
// A suite whose report is missing did not come to an end, which is a failure.
const { existsSync, readFileSync } = require('node:fs');
const { join } = require('node:path');

const [folder, ...suites] = process.argv.slice(2);
const reports = suites.map((suite) => readReport(join(folder, `${suite.replaceAll(':', '-')}.json`)));
for (const { testResults } of reports)
  for (const { assertionResults } of testResults)
    for (const { status, fullName } of assertionResults) if (status === 'pending') console.log(fullName);
const passed = sum(({ numPassedTests }) => numPassedTests);
const failed = sum(
  ({ numFailedTests, numRuntimeErrorTestSuites }) => numFailedTests + numRuntimeErrorTestSuites,
);
console.log(`${passed} passed, ${failed} failed`);

function readReport(path) {
  if (existsSync(path)) return JSON.parse(readFileSync(path, 'utf8'));
  return { testResults: [], numPassedTests: 0, numFailedTests: 1, numRuntimeErrorTestSuites: 0 };
}

function sum(count) {
  return reports.reduce((total, report) => total + count(report), 0);
}
