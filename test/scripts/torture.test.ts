import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';

const script = fileURLToPath(new URL('../../scripts/torture.mjs', import.meta.url));

it('torture: killed, on full and read-only disks, and two at once, writers keep what they promise', async () => {
  const args = ['--kills', '2', '--writers', 'vote log,scores,frame cache,hub download'];
  const { stdout, stderr } = await promisify(execFile)(process.execPath, [script, ...args]);
  expect(stderr).not.toContain('broken');
  const rows = stdout
    .split('\n')
    .filter((line) => line.startsWith('| '))
    .slice(2)
    .map((line) => line.slice(2, -2).split(' | '));
  expect(rows.map(([name, survived, , finished]) => [name, survived, finished])).toEqual(
    ['vote log', 'scores', 'frame cache', 'hub download'].map((name) => [name, '2 of 2', 'yes']),
  );
  for (const [, , , , full, readOnly, two] of rows) {
    expect(full).toMatch(/^(fits|error by name, continues with room)$/);
    expect(readOnly).toMatch(/^(error by name|not tried: no mount)$/);
    expect(two).toMatch(/^(both end|one is refused)$/);
  }
});
