import { describe, expect, it } from 'vitest';
import { learningRateAt, type Schedule } from '../../src/train/schedule.js';

const rates = (schedule: Schedule, warmup: number, steps: number) =>
  Array.from({ length: steps }, (_, i) =>
    learningRateAt(i + 1, { schedule, learningRate: 2, warmup, steps }),
  );

describe('learningRateAt', () => {
  it('warms up in equal steps that begin above 0', () => {
    for (const schedule of ['constant', 'linear', 'cosine'] as const) {
      expect(rates(schedule, 3, 8).slice(0, 4)).toBeAllclose([0.5, 1, 1.5, 2]);
    }
  });

  it('then stays, falls in a line or in a half cosine', () => {
    expect(rates('constant', 0, 4)).toEqual([2, 2, 2, 2]);
    expect(rates('linear', 0, 4)).toBeAllclose([2, 1.5, 1, 0.5]);
    expect(rates('cosine', 2, 6).slice(2)).toBeAllclose([2, 1 + Math.SQRT1_2, 1, 1 - Math.SQRT1_2]);
  });

  it('refuses an unknown schedule', () => {
    expect(() => rates('step' as Schedule, 0, 1)).toThrow(
      'unknown schedule "step", expected constant, linear',
    );
  });
});
