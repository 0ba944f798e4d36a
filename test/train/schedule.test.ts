import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { learningRateAt, type Schedule } from '../../src/train/schedule.js';
import { goldenPath } from '../support/goldenFolder.js';

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

  describe('golden DeepSpeed schedules', () => {
    interface Golden {
      total_steps: number;
      warmup_steps: number;
      base_lr: number;
      lr: number[];
    }
    const file = goldenPath('training', 'lr-schedule.json');
    const cases = JSON.parse(readFileSync(file, 'utf8')).schedules as Golden[];
    it.each(cases)('$total_steps steps, $warmup_steps of warm-up', ({ lr, ...golden }) => {
      const options = {
        schedule: 'logarithmic' as const,
        learningRate: golden.base_lr,
        warmup: golden.warmup_steps,
        steps: golden.total_steps,
      };
      expect(lr.map((_, i) => learningRateAt(i + 1, options))).toBeAllclose(lr, { rtol: 1e-12 });
    });
  });
});
