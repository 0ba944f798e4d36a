import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import * as gpu from '../../src/engine/gpuRoom.js';
import { setPrecision } from '../../src/engine/precision.js';
import { parameterSpecs } from '../../src/model/parameters.js';
import { published } from '../../src/model/presets.js';
import type { RewardModel } from '../../src/model/rewardModel.js';
import { settingsOf } from '../../src/train/fitOptions.js';
import { microBatch } from '../../src/train/microBatch.js';

const gib = 2 ** 30;
let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'micro-batch-'));
  setPrecision('bfloat16');
});
afterEach(async () => {
  vi.restoreAllMocks();
  setPrecision('float32');
  await rm(folder, { recursive: true });
});

/** The shape of InternVL3-1B, without its weights. */
const weights = new Map(
  [...parameterSpecs(published.internvl3_1b)].map(([name, { shape }]) => [
    name,
    { size: shape.reduce((product, n) => product * n, 1) },
  ]),
);
const model = {
  config: published.internvl3_1b,
  weights,
  parameters: () => [...weights.keys()],
} as unknown as RewardModel;
/** A GPU with so much room. */
const room = (bytes: number) => vi.spyOn(gpu, 'gpuRoom').mockReturnValue(bytes);

describe('train.microBatch', () => {
  it('goes pair by pair where there is no GPU', async () => {
    expect(await microBatch(model)).toEqual({ batchSize: 1, accumulate: 320 });
    expect(await microBatch(model, { pairs: 3 })).toEqual({ batchSize: 1, accumulate: 3 });
  });

  it('takes what fits on a GPU, and computes layers again only where nothing else does', async () => {
    room(80 * gib);
    const large = await microBatch(model);
    expect(large.batchSize).toBeGreaterThan(1);
    expect(large.batchSize * large.accumulate).toBe(320);
    expect(large.checkpointing).toBeUndefined();
    room(24 * gib);
    expect(await microBatch(model)).toMatchObject({ checkpointing: true });
  });

  it('continues with a run as it began', async () => {
    await writeFile(join(folder, 'config.json'), JSON.stringify({ batchSize: 2, accumulate: 160 }));
    expect(await microBatch(model, { folder })).toEqual({ batchSize: 2, accumulate: 160 });
    room(80 * gib);
    expect(await microBatch(model, { folder })).toEqual({ batchSize: 2, accumulate: 160 });
    room(30 * gib);
    expect(await microBatch(model, { folder })).toEqual({
      batchSize: 2,
      accumulate: 160,
      checkpointing: true,
    });
    expect(await microBatch(model, { folder: join(folder, 'none') })).toMatchObject({ checkpointing: true });
  });

  it('is what fit takes by default', async () => {
    for (const free of [80, 24]) {
      room(free * gib);
      expect(await settingsOf(model, { folder })).toMatchObject(await microBatch(model));
    }
    await writeFile(join(folder, 'config.json'), JSON.stringify({ batchSize: 2, accumulate: 160 }));
    expect(await settingsOf(model, { folder })).toMatchObject(await microBatch(model, { folder }));
    expect(await settingsOf(model, { folder, batchSize: 1 })).toMatchObject({ batchSize: 1, accumulate: 40 });
  });

  it('chooses anew where a damaged config.json is all that a folder holds', async () => {
    await writeFile(join(folder, 'config.json'), '{"batchSize": 2, "accum');
    expect(await microBatch(model, { folder })).toEqual({ batchSize: 1, accumulate: 320 });
  });

  it('refuses a number of pairs that is none', async () => {
    await expect(microBatch(model, { pairs: 0 })).rejects.toThrow(/positive integer, received 0/);
  });
});
