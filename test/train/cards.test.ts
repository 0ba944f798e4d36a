import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { cards } from '../../src/train/cards.js';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'cards-'));
});
afterEach(async () => {
  await rm(folder, { recursive: true });
});

const row = { who: 'solireward', pairs: 1, precision: 'bfloat16', checkpointing: false };
const write = (name: string, report: object) =>
  writeFile(join(folder, `${name}.json`), JSON.stringify(report));

describe('train.cards', () => {
  it("takes each card's fastest way, the fastest card first", async () => {
    await write('slow', { card: 'Slow', summary: { shape: [{ ...row, pairsPerSecond: 0.5 }] } });
    await write('fast', {
      card: 'Fast',
      quick: false,
      summary: {
        shape: [
          { ...row, pairsPerSecond: 2, stepPeakGiB: 30 },
          { ...row, pairs: 4, checkpointing: true, pairsPerSecond: 4, stepPeakGiB: 60 },
          { ...row, pairs: 8 }, // no time was left for a second step
          { ...row, who: 'PyTorch', pairsPerSecond: 9 },
        ],
      },
    });
    await writeFile(join(folder, 'fast.md'), '# Fast');
    expect(await cards(7200, folder)).toEqual([
      {
        card: 'Fast',
        precision: 'bfloat16',
        batchSize: 4,
        checkpointing: true,
        secondsPerPair: 0.25,
        memoryBytes: 60 * 2 ** 30,
        hours: 0.5,
      },
      {
        card: 'Slow',
        precision: 'bfloat16',
        batchSize: 1,
        checkpointing: false,
        secondsPerPair: 2,
        hours: 4,
      },
    ]);
  });

  it('leaves out small shapes, reports without a step, and a folder that is not there', async () => {
    await write('quick', { card: 'CPU', quick: true, summary: { shape: [{ ...row, pairsPerSecond: 9 }] } });
    await write('none', { card: 'None', summary: { shape: [] } });
    expect(await cards(1, folder)).toEqual([]);
    expect(await cards(1, join(folder, 'nowhere'))).toEqual([]);
  });

  it('reads the reports of the package', async () => {
    for (const { hours, secondsPerPair } of await cards(1000)) {
      expect(hours).toBeCloseTo((1000 * secondsPerPair) / 3600, 10);
    }
  });

  it('names a file that is not a report, and refuses no pairs', async () => {
    await expect(cards(0, folder)).rejects.toThrow(/positive number of pairs, received 0/);
    await write('other', { name: 'other' });
    await expect(cards(1, folder)).rejects.toThrow(/other\.json is not a report of gpu-check/);
    await writeFile(join(folder, 'other.json'), '{');
    await expect(cards(1, folder)).rejects.toThrow(/other\.json is not a report of gpu-check/);
  });
});
