import { existsSync, readFileSync } from 'node:fs';

// countTests.mjs REPORT: prints "N passed, N failed" of vitest's JSON report, after the failures with their first lines.
// A file that failed before its first test counts as one failure, and so does a report that is not there. Exit code 1 on
// any failure.
/** @typedef {{ status: string, fullName: string, failureMessages: string[] }} Test */

const file = process.argv[2];
const report = existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : undefined;

/** @type {{ name: string, message: string, status: string, assertionResults: Test[] }[]} */
const files = report?.testResults ?? [
  { name: file, message: 'no report', status: 'failed', assertionResults: [] },
];
const broken = files.filter(
  ({ status, assertionResults }) => status === 'failed' && assertionResults.length === 0,
);
for (const { name, message } of broken) console.log(`FAILED ${name}\n${start(message)}`);
for (const { name, assertionResults } of files)
  for (const { status, fullName, failureMessages } of assertionResults)
    if (status === 'failed') console.log(`FAILED ${name}: ${fullName}\n${start(failureMessages.join('\n'))}`);
const passed = report?.numPassedTests ?? 0;
const failed = (report?.numFailedTests ?? 0) + broken.length;
console.log(`${passed} passed, ${failed} failed`);
process.exitCode = failed === 0 && passed > 0 ? 0 : 1;

/** @param {string} message */
function start(message) {
  return message.split('\n').slice(0, 12).join('\n');
}
