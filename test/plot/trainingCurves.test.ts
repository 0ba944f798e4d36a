import { expect, it } from 'vitest';
import { trainingCurves } from '../../src/plot/trainingCurves.js';
import { tracesOf } from '../support/traces.js';

const history = Array.from({ length: 100 }, (_, i) => ({
  step: i + 1,
  loss: i % 2,
  accuracy: 0.5,
  evalAccuracy: i % 50 === 49 ? 0.8 : undefined,
}));

it('draws loss and accuracies over steps', () => {
  const figure = trainingCurves(history);
  const { summary } = figure;
  const data = tracesOf(figure);
  expect(data.map(({ name, x }) => [name, x.length])).toEqual([
    ['loss of each step', 100],
    ['loss', 100],
    ['training accuracy', 100],
    ['held-out accuracy', 2],
  ]);
  expect(summary).toBe('Training: step 100, loss 1.00, held-out accuracy 0.800');
});

it('smooths the loss by the mean of the last twenty-fifth of the steps', () => {
  const { y } = tracesOf(trainingCurves(history))[1];
  expect(y.slice(0, 4)).toEqual([0, 0.5, 1 / 3, 0.5]);
  expect(y.slice(4).every((value) => value === 0.5)).toBe(true);
});

it('leaves out the accuracies where there are none', () => {
  const figure = trainingCurves([{ step: 1, loss: 2 }]);
  const { layout } = figure;
  const data = tracesOf(figure);
  expect(data).toHaveLength(2);
  expect(layout.yaxis2).toBeUndefined();
});

it('refuses an empty history', () => {
  expect(() => trainingCurves([])).toThrow('trainingCurves: expected at least one point, received none');
});
