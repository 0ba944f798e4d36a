import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';

it('refuses an engine that the set-up does not build, before it does anything', () => {
  const script = fileURLToPath(new URL('../../scripts/setup.mjs', import.meta.url));
  const { status, stdout, stderr } = spawnSync(process.execPath, [script, '--engine', 'gpu'], {
    encoding: 'utf8',
  });
  expect(stderr).toBe("setup: --engine takes native or cuda, received 'gpu'\n");
  expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
});
