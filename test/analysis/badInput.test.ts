import { describe, expect, it } from 'vitest';
import { allPairRatio } from '../../src/analysis/allPairRatio.js';
import { auc } from '../../src/analysis/auc.js';
import { bestF1 } from '../../src/analysis/bestF1.js';
import { evaluate } from '../../src/analysis/evaluate.js';
import { evaluatePairs } from '../../src/analysis/evaluatePairs.js';
import { meanMargin, pairAccuracy } from '../../src/analysis/pairs.js';
import { rocCurve } from '../../src/analysis/rocCurve.js';

describe.each(Object.entries({ auc, allPairRatio, bestF1, rocCurve, evaluate }))('%s', (name, metric) => {
  it.each([
    ['no scores', [], [], 'scores: expected at least one, received none'],
    [
      'infinity',
      [1, Number.POSITIVE_INFINITY],
      [true, false],
      'score 2: expected a finite number, received Infinity',
    ],
    ['other lengths', [1, 2], [true], 'expected 2 labels, one for each score, received 1'],
    ['no positives', [1, 2], [false, false], 'received no Pass of 2'],
    ['no negatives', [1, 2], [true, true], 'received no Fail of 2'],
  ])('refuses %s', (_, scores: number[], labels: boolean[], message) => {
    expect(() => metric(scores, labels)).toThrow(`${name}: `);
    expect(() => metric(scores, labels)).toThrow(message);
  });
});

describe.each(Object.entries({ pairAccuracy, meanMargin, evaluatePairs }))('%s', (name, metric) => {
  it.each([
    ['no pairs', [], [], 'chosen: expected at least one, received none'],
    [
      'infinity',
      [1, 2],
      [0, Number.POSITIVE_INFINITY],
      'rejected score 2: expected a finite number, received Infinity',
    ],
    ['other lengths', [1, 2], [0], 'expected 2 rejected scores, one for each score, received 1'],
  ])('refuses %s', (_, chosen: number[], rejected: number[], message) => {
    expect(() => metric(chosen, rejected)).toThrow(`${name}: ${message}`);
  });
});

describe('groups and clips', () => {
  it('must be as many as scores', () => {
    expect(() => evaluate([1, 2], [true, false], { groups: ['g'] })).toThrow('evaluate: expected 2 groups');
    expect(() => evaluatePairs([1], [0], { groups: [] })).toThrow('evaluatePairs: expected 1 groups');
    const clips = { chosen: ['a'], rejected: [] };
    expect(() => evaluatePairs([1], [0], { clips })).toThrow('evaluatePairs: expected 1 rejected clips');
  });
});
