import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';
import { engines } from '../support/engines.js';

const script = fileURLToPath(new URL('../../scripts/soak.mjs', import.meta.url));
const native = (await engines()).includes('native');

it.runIf(native).each(['steps', 'clips'])(
  'soak: %s leave no tensor, open file or temporary file',
  async (part) => {
    const args = ['--expose-gc', script, '--only', part, `--${part}`, '60'];
    const { stdout } = await promisify(execFile)(process.execPath, args);
    const rows = stdout.split('\n').filter((line) => /^done \d+, /.test(line));
    expect(rows.length).toBeGreaterThanOrEqual(3);
    expect(rows.at(-1)).toMatch(
      /^done 60, megabytes \d+, heapMegabytes \d+, tensors \d+, files \d+, temporaryFiles \d+$/,
    );
    expect(stdout).toContain(`soak: ${part}: nothing is left behind`);
  },
);
