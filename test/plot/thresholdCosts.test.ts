import { expect, it } from 'vitest';
import { thresholdCosts } from '../../src/plot/thresholdCosts.js';

const scores = [1, 2, 3, 4];
const labels = [false, true, false, true];

it('thresholdCosts has a line at the cheapest threshold, and none where nothing passes', () => {
  const figure = thresholdCosts(scores, labels);
  expect(figure.layout.shapes?.[0].x0).toBe(4);
  expect(figure.summary).toBe('Threshold: cheapest at 4.00, cost 0.250 a clip');
  expect(thresholdCosts([1, 2], [true, false], { falsePass: 9 }).layout.shapes).toEqual([]);
});
