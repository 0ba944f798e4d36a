import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { claimFolder } from '../../src/train/runConfig.js';

const root = mkdtempSync(join(tmpdir(), 'config-'));
afterAll(() => rmSync(root, { recursive: true }));

it('takes a new folder, and the same settings again', async () => {
  const folder = join(root, 'runs', 'first');
  const config = { steps: 3, patience: undefined, loss: { name: 'bt', margin: 0 } };
  await claimFolder(folder, config);
  await claimFolder(folder, { ...config });
});

it('names every setting that differs', async () => {
  const folder = join(root, 'second');
  await claimFolder(folder, { steps: 3, loss: { margin: 0 }, patience: 2 });
  await expect(claimFolder(folder, { steps: 4, loss: { margin: 0 } })).rejects.toThrow(
    'holds a run with other settings (steps 3 there, 4 here; patience 2 there, undefined here)',
  );
});

it('names the clips whose files have changed', async () => {
  const folder = join(root, 'third');
  await claimFolder(folder, { clips: 'a' });
  await expect(claimFolder(folder, { clips: 'b' }, ['c1', 'c2'])).rejects.toThrow(
    'the files of 2 clips have changed: c1, c2',
  );
});
