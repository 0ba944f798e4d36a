import { existsSync, readFileSync } from 'node:fs';

// countTests.mjs REPORT: prints "N passed, N failed" of vitest's JSON report. A file that failed before its first
// test counts as one failure, and so does a report that is not there. Exit code 1 on any failure.
const file = process.argv[2];
const report = existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : undefined;

/** @type {{ status: string, assertionResults: unknown[] }[]} */
const files = report?.testResults ?? [{ status: 'failed', assertionResults: [] }];
const broken = files.filter(
  ({ status, assertionResults }) => status === 'failed' && assertionResults.length === 0,
);
const passed = report?.numPassedTests ?? 0;
const failed = (report?.numFailedTests ?? 0) + broken.length;
console.log(`${passed} passed, ${failed} failed`);
process.exitCode = failed === 0 && passed > 0 ? 0 : 1;
