import { expect, it } from 'vitest';
import { roc } from '../../src/plot/roc.js';
import { tracesOf } from '../support/traces.js';

it('goes from nothing to everything, with the area in the title', () => {
  const figure = roc([3, 2, 1, 0], [true, false, true, false]);
  const { summary } = figure;
  const data = tracesOf(figure);
  expect(summary).toBe('ROC: AUC 0.750');
  expect([data[0].x[0], data[0].y[0], data[0].x.at(-1), data[0].y.at(-1)]).toEqual([0, 0, 1, 1]);
});

it('has the area that counting pairs gives, ties as half', () => {
  const scores = Array.from({ length: 60 }, (_, i) => ((i * 37) % 11) / 10);
  const labels = scores.map((score, i) => score + ((i * 17) % 7) / 10 > 0.8);
  let [right, pairs] = [0, 0];
  scores.forEach((pass, i) => {
    scores.forEach((fail, j) => {
      if (!labels[i] || labels[j]) return;
      pairs++;
      right += pass > fail ? 1 : pass === fail ? 0.5 : 0;
    });
  });
  expect(roc(scores, labels).summary).toBe(`ROC: AUC ${(right / pairs).toFixed(3)}`);
});

it('refuses what has no ROC', () => {
  expect(() => roc([1, Number.POSITIVE_INFINITY], [true, false])).toThrow(
    'roc: score 2: expected a finite number',
  );
  expect(() => roc([1, 2], [true])).toThrow('roc: expected 2 labels, one for each score, received 1');
  expect(() => roc([1, 2], [true, true])).toThrow(
    'roc: expected Pass and Fail labels, received no Fail of 2',
  );
});
