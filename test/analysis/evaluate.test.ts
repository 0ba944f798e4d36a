import { describe, expect, it } from 'vitest';
import { auc } from '../../src/analysis/auc.js';
import { bestF1 } from '../../src/analysis/bestF1.js';
import { type EvaluationRow, evaluate } from '../../src/analysis/evaluate.js';
import { Random } from '../../src/base/random.js';

function sample(seed: number, size: number): { scores: number[]; labels: boolean[] } {
  const random = new Random(seed);
  const labels = Array.from({ length: size }, () => random.chance(0.5));
  return { labels, scores: labels.map((pass) => random.normal() + Number(pass)) };
}

const find = (rows: EvaluationRow[], group: string, metric: string) =>
  rows.find((row) => row.group === group && row.metric === metric)!;

describe('evaluate', () => {
  it('gives every metric of all and of each group, with intervals around them', () => {
    const { scores, labels } = sample(1, 300);
    const groups = scores.map((_, i) => (i % 3 === 0 ? 'b' : 'a'));
    const rows = evaluate(scores, labels, { groups, samples: 200, seed: 4 });
    expect(rows.map(({ group }) => group)).toEqual(['all', 'a', 'b'].flatMap((name) => Array(5).fill(name)));
    for (const { value, low, high } of rows) {
      expect(low).toBeLessThanOrEqual(value);
      expect(high).toBeGreaterThanOrEqual(value);
    }
    const ofA = <T>(values: T[]) => values.filter((_, i) => groups[i] === 'a');
    expect(find(rows, 'all', 'auc')).toMatchObject({ value: auc(scores, labels), clips: 300 });
    expect(find(rows, 'a', 'auc')).toMatchObject({ value: auc(ofA(scores), ofA(labels)), clips: 200 });
    const { f1, threshold } = bestF1(scores, labels);
    expect(find(rows, 'all', 'bestF1').value).toBe(f1);
    expect(find(rows, 'all', 'bestF1Threshold').value).toBe(threshold);
    const passing = scores.filter((_, i) => labels[i]);
    const failing = scores.filter((_, i) => !labels[i]);
    const meanOf = (values: number[]) => values.reduce((a, b) => a + b, 0) / values.length;
    expect(find(rows, 'all', 'meanMargin').value).toBeCloseTo(meanOf(passing) - meanOf(failing), 12);
    expect(evaluate(scores, labels, { groups, samples: 200, seed: 4 })).toEqual(rows);
  });

  it('holds the true AUC in about 95% of its intervals', () => {
    const truth = 0.76025; // P(N(1, 2) > 0) = Φ(1/√2)
    const repeats = 120;
    let covered = 0;
    for (let seed = 0; seed < repeats; seed++) {
      const { scores, labels } = sample(100 + seed, 150);
      const { low, high } = find(evaluate(scores, labels, { samples: 200, seed }), 'all', 'auc');
      if (low <= truth && truth <= high) covered++;
    }
    expect(covered / repeats).toBeGreaterThan(0.88);
    expect(covered / repeats).toBeLessThan(1);
  });

  it('leaves a group of one kind of label undefined, not the others', () => {
    const rows = evaluate([1, 2, 3], [true, false, true], { groups: ['x', 'y', 'x'], samples: 20 });
    expect(find(rows, 'y', 'auc')).toMatchObject({ value: Number.NaN, low: Number.NaN, clips: 1 });
    expect(find(rows, 'all', 'auc').value).toBe(0.5);
  });
});
