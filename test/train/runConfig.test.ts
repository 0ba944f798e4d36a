import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { crossPrompt } from '../../src/pairing/crossPrompt.js';
import { claimFolder, describePairs } from '../../src/train/runConfig.js';
import { someLabels } from '../pairing/labels.js';

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

it('tells streams apart, and rewinds them', () => {
  const stream = (seed: number, winTie = 0.25) =>
    crossPrompt(someLabels(20, 30), { dimension: 'physics', seed, winTie });
  const first = stream(1);
  first.next(7);
  const described = describePairs(first);
  expect(first.cursor).toBe(0);
  expect(described).toEqual(describePairs(stream(1)));
  expect(described).toMatchObject({ length: 40, dimension: 'physics' });
  expect(describePairs(stream(2)).hash).not.toBe(described.hash);
  expect(describePairs(stream(1, 0.2)).hash).not.toBe(described.hash);
});
