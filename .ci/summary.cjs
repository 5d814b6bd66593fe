// Prints what jest's reports say was skipped and why, then how many tests passed and failed. A report that is missing is a failure.
const { existsSync, readFileSync } = require('node:fs');

const reports = process.argv.slice(2).map(readReport);
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
