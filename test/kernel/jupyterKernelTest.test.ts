import { execFile, spawnSync } from 'node:child_process';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';

const root = resolve(fileURLToPath(new URL('../..', import.meta.url)));
const python = join(root, '.venv', 'bin', 'python');
const suite = join(root, 'test', 'kernel', 'jupyterKernelTest.py');
const hasSuite = spawnSync(python, ['-c', 'import jupyter_kernel_test']).status === 0;

describe.skipIf(!hasSuite)('jupyter_kernel_test (skipped where .venv lacks it)', () => {
  it('passes all tests that apply', async () => {
    // A failed test rejects, with the report of the suite.
    const { stderr } = await promisify(execFile)(python, [suite]);
    expect(stderr).toContain('Ran 12 tests');
    expect(stderr).toContain('OK (skipped=1)');
  }, 300_000);
});
