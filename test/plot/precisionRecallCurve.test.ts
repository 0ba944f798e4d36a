import { expect, it } from 'vitest';
import { precisionRecallCurve } from '../../src/plot/precisionRecallCurve.js';
import { tracesOf } from '../support/traces.js';

const scores = [1, 2, 3, 4];
const labels = [false, true, false, true];

it('precisionRecallCurve has the average precision in its title and chance at the share of Pass', () => {
  const figure = precisionRecallCurve(scores, labels);
  // Precision 1 at recall 1/2, and 2/3 at recall 1.
  expect(figure.summary).toBe('Precision and recall: average precision 0.833');
  expect(tracesOf(figure)[1].y).toEqual([0.5, 0.5]);
});
