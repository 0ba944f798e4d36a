import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { allPairRatio } from '../../src/analysis/allPairRatio.js';
import { auc } from '../../src/analysis/auc.js';
import { bestF1 } from '../../src/analysis/bestF1.js';
import { pairAccuracy } from '../../src/analysis/pairs.js';
import { rocCurve } from '../../src/analysis/rocCurve.js';
import { goldenPath } from '../support/goldenFolder.js';

interface ScoreSet {
  id: number;
  chosen: number[];
  rejected: number[];
  expected: Record<string, number>;
}

describe('metrics of the official evaluation and scikit-learn', () => {
  const sets: ScoreSet[] = JSON.parse(readFileSync(goldenPath('metrics.json'), 'utf8')).score_sets;

  it.each(sets)('score set $id', ({ chosen, rejected, expected }) => {
    const scores = [...chosen, ...rejected];
    const labels = scores.map((_, i) => i < chosen.length);
    const { truePositiveRate, falsePositiveRate } = rocCurve(scores, labels);
    const youden = Math.max(...truePositiveRate.map((rate, i) => rate - falsePositiveRate[i]));
    const received = {
      sample_pair_positive_ratio: pairAccuracy(chosen, rejected),
      all_pair_positive_ratio: allPairRatio(scores, labels),
      best_f1_score: bestF1(scores, labels).f1,
      auc: auc(scores, labels),
      best_youden: youden,
    };
    for (const [name, value] of Object.entries(received))
      expect(Math.abs(value - expected[name]), name).toBeLessThanOrEqual(1e-12);
  });
});
