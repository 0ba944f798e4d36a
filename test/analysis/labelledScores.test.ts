import { table } from 'arquero';
import { describe, expect, it } from 'vitest';
import { allPairRatio } from '../../src/analysis/allPairRatio.js';
import { auc } from '../../src/analysis/auc.js';
import { bestF1 } from '../../src/analysis/bestF1.js';
import { evaluate } from '../../src/analysis/evaluate.js';
import { averagePrecision } from '../../src/analysis/precisionRecall.js';
import { precisionRecallCurve } from '../../src/plot/precisionRecallCurve.js';
import { roc } from '../../src/plot/roc.js';
import { thresholdCosts } from '../../src/plot/thresholdCosts.js';

const scores = [0.9, 0.2, 0.7, 0.4, 0.8];
const labels = [true, false, false, true, true];
const generator = ['a', 'a', 'b', 'b', 'b'];
const tables = {
  'an arquero table': table({ score: scores, pass: labels, generator }),
  rows: scores.map((score, i) => ({ score, pass: labels[i], generator: generator[i] })),
};

describe.each(Object.entries(tables))('%s as it is', (_, given) => {
  it('is evaluated as its two columns are', () => {
    expect(evaluate(given, { seed: 3, samples: 50 })).toEqual(
      evaluate(scores, labels, { seed: 3, samples: 50 }),
    );
    const groups = { seed: 3, samples: 50, groups: generator };
    expect(evaluate(given, { seed: 3, samples: 50, by: 'generator' })).toEqual(
      evaluate(scores, labels, groups),
    );
  });

  it('is measured as its two columns are', () => {
    for (const measure of [auc, allPairRatio, bestF1, averagePrecision])
      expect(measure(given)).toEqual(measure(scores, labels));
    expect(auc(Float64Array.from(scores), Uint8Array.from(labels, Number))).toBe(auc(scores, labels));
  });

  it('is drawn as its two columns are', () => {
    expect(roc(given).traces).toEqual(roc(scores, labels).traces);
    expect(precisionRecallCurve(given).traces).toEqual(precisionRecallCurve(scores, labels).traces);
    const costs = { falsePass: 3 };
    expect(thresholdCosts(given, costs).traces).toEqual(thresholdCosts(scores, labels, costs).traces);
  });
});

describe('what is not a table of labelled scores', () => {
  it('is refused by the column that is missing', () => {
    expect(() => evaluate([{ score: 1 }])).toThrow('evaluate: the table has no column "pass"; it has score');
    expect(() => roc(table({ pass: [true] }))).toThrow('roc: the table has no column "score"; it has pass');
    expect(() => evaluate(tables.rows, { by: 'model' })).toThrow('the table has no column "model"');
  });

  it('is refused by the row whose verdict is a word', () => {
    const words = [
      { score: 1, pass: true },
      { score: 2, pass: 'Pass' },
    ];
    expect(() => roc(words)).toThrow('roc: row 2: expected pass to be true or false, received Pass');
  });

  it('is refused as lists are: other numbers of labels, scores that are not numbers', () => {
    expect(() => roc([1, 2], [true])).toThrow('roc: expected 2 labels, one for each score, received 1');
    expect(() => roc([{ score: Number.NaN, pass: true }])).toThrow(
      'roc: none of 1 row has a score and a label',
    );
  });
});
