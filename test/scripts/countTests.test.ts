import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, expect, it } from 'vitest';

const script = fileURLToPath(new URL('../../scripts/countTests.mjs', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'solireward-report-'));
afterAll(() => {
  rmSync(folder, { recursive: true });
});

const file = (status: string, tests: number) => ({
  name: 'a.test.ts',
  message: 'SyntaxError: no',
  status,
  assertionResults: [...Array(tests).keys()].map((i) => ({
    status: i === 0 ? status : 'passed',
    fullName: `test ${i}`,
    failureMessages: ['Error: not so\n  at line 1'],
  })),
});

it.each([
  [
    'all passed',
    { numPassedTests: 5, numFailedTests: 0, testResults: [file('passed', 5)] },
    '5 passed, 0 failed',
    0,
  ],
  [
    'one failed',
    { numPassedTests: 4, numFailedTests: 1, testResults: [file('failed', 5)] },
    'FAILED a.test.ts: test 0\nError: not so\n  at line 1\n4 passed, 1 failed',
    1,
  ],
  [
    'a file did not load',
    { numPassedTests: 5, numFailedTests: 0, testResults: [file('failed', 0)] },
    'FAILED a.test.ts\nSyntaxError: no\n5 passed, 1 failed',
    1,
  ],
  ['nothing ran', { numPassedTests: 0, numFailedTests: 0, testResults: [] }, '0 passed, 0 failed', 1],
  ['no report', undefined, `FAILED ${join(folder, 'no report.json')}\nno report\n0 passed, 1 failed`, 1],
])('counts a report where %s, after its failures', (name, report, lines, code) => {
  const path = join(folder, `${name}.json`);
  if (report) writeFileSync(path, JSON.stringify(report));
  const { stdout, status } = spawnSync(process.execPath, [script, path], { encoding: 'utf8' });
  expect(stdout).toBe(`${lines}\n`);
  expect(status).toBe(code);
});
