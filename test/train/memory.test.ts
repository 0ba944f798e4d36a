import { afterEach, describe, expect, it, vi } from 'vitest';
import { setPrecision } from '../../src/engine/precision.js';
import type { InternVLConfig } from '../../src/model/family/internvl/config.js';
import { parameterSpecs } from '../../src/model/parameters.js';
import { published } from '../../src/model/presets.js';
import type { RewardModel } from '../../src/model/rewardModel.js';
import { microBatchFor, trainingBytes } from '../../src/train/memory.js';

let fused = false;
vi.mock('../../src/engine/fusedAttention.js', () => ({ hasFusedAttention: () => fused }));
afterEach(() => {
  setPrecision('float32');
  fused = false;
});
const gib = 2 ** 30;

/** The shape of InternVL3-1B at 8 frames a clip, without its weights. */
function shapeOf1b(layers = 24): RewardModel {
  const { vision, llm, ...rest } = published.internvl3_1b as InternVLConfig;
  const config = {
    ...rest,
    vision: { ...vision, layers },
    llm: { ...llm, layers },
    numSegments: 8,
    maxNum: 1,
  };
  const weights = new Map(
    [...parameterSpecs(config)].map(([name, { shape }]) => [
      name,
      { size: shape.reduce((product, n) => product * n, 1) },
    ]),
  );
  const parameters = (trainable: string) =>
    [...weights.keys()].filter((name) =>
      trainable === 'all' ? true : trainable === 'head' ? /^(attention_query|reward_head)/.test(name) : false,
    );
  return { config, weights, parameters } as unknown as RewardModel;
}

describe('trainingBytes', () => {
  it.each([
    [24, 1, false, false, 34.5],
    [4, 4, false, false, 24.15],
    [4, 4, true, false, 16.62],
    [24, 1, false, true, 31.7],
    [24, 2, false, true, 49.67],
  ])(
    'is within a tenth of what was measured on an H100: %i layers, %i pairs',
    (layers, pairs, checkpointing, byCudnn, measured) => {
      setPrecision('bfloat16');
      fused = byCudnn;
      const bytes = trainingBytes(shapeOf1b(layers), 'all', { pairs, checkpointing }) as number;
      expect(Math.abs(bytes / gib / measured - 1)).toBeLessThan(0.1);
    },
  );

  it('grows with pairs and precision, and shrinks by checkpointing and by what is frozen', () => {
    setPrecision('bfloat16');
    const of = (pairs: number, checkpointing: boolean, trainable: 'all' | 'head' = 'all') =>
      trainingBytes(shapeOf1b(), trainable, { pairs, checkpointing }) as number;
    expect(of(2, false)).toBeGreaterThan(of(1, false));
    expect(of(1, true)).toBeLessThan(22 * gib);
    expect(of(8, false, 'head')).toBeLessThan(5 * gib);
    const half = of(1, false);
    setPrecision('float32');
    expect(of(1, false)).toBeGreaterThan(1.3 * half);
  });

  it('does not guess where clips differ in size', () => {
    const model = { config: { family: 'Qwen2-VL' } } as unknown as RewardModel;
    expect(trainingBytes(model, 'all', { pairs: 1, checkpointing: false })).toBeUndefined();
    const options = { most: 8, update: 320, room: 80 * gib };
    expect(microBatchFor(model, 'all', options)).toBeUndefined();
  });
});

describe('microBatchFor', () => {
  it('takes the largest divisor of the update that fits, with checkpointing only where nothing fits without', () => {
    setPrecision('bfloat16');
    const of = (room: number) =>
      microBatchFor(shapeOf1b(), 'all', { most: 8, update: 320, room: room * gib });
    expect(of(79)).toEqual({ batchSize: 2, checkpointing: false });
    expect(of(40)).toEqual({ batchSize: 1, checkpointing: false });
    expect(of(24)).toEqual({ batchSize: 1, checkpointing: true });
    expect(of(1000)).toEqual({ batchSize: 8, checkpointing: false });
    expect(of(2)).toEqual({ batchSize: 1, checkpointing: true });
  });
});
