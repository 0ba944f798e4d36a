import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';

const script = fileURLToPath(new URL('../../../scripts/soak.mjs', import.meta.url));

it.runIf(existsSync('/proc/self/status'))(
  'soak: cells of every kind do what they should, and leave no open file or temporary file',
  async () => {
    const args = [script, '--only', 'cells', '--cells', '60'];
    const { stdout } = await promisify(execFile)(process.execPath, args);
    const rows = stdout.split('\n').filter((line) => line.startsWith('cells '));
    expect(rows).toHaveLength(10);
    expect(rows.at(-1)).toMatch(
      /^cells 60, milliseconds \d+, megabytes \d+, descriptors \d+, temporaryFiles 0$/,
    );
    expect(stdout).toContain('soak: cells: nothing is left behind');
  },
);
