import { expect, it } from 'vitest';
import { pairMargins } from '../../src/plot/pairMargins.js';
import { tracesOf } from '../support/traces.js';

const total = (values: number[]) => values.reduce((sum, value) => sum + value, 0);

it('parts the pairs at 0 and says how many are in the right order', () => {
  const figure = pairMargins([2, 1, 0.5, -1]);
  const { summary, layout } = figure;
  const data = tracesOf(figure);
  expect(data.map(({ name }) => name)).toEqual(['right order (3)', 'wrong order (1)']);
  expect(total(data[0].y)).toBeCloseTo(0.75, 12);
  expect(total(data[1].y)).toBeCloseTo(0.25, 12);
  expect(summary).toBe('Pair margins: 75.0% of 4 pairs in the right order');
  expect(layout.shapes?.[0].x0).toBe(0);
});

it('has no bar across 0', () => {
  const margins = Array.from({ length: 200 }, (_, i) => Math.sin(i) * 3 + 1);
  const [right, wrong] = tracesOf(pairMargins(margins));
  expect(right.y.every((share, bin) => share === 0 || wrong.y[bin] === 0)).toBe(true);
});

it('takes the two scores of each pair; a tie is not the right order', () => {
  const { summary } = pairMargins([
    { chosen: 1, rejected: 0 },
    { chosen: 1, rejected: 1 },
  ]);
  expect(summary).toContain('50.0% of 2 pairs');
});

it('refuses no pairs', () => {
  expect(() => pairMargins([])).toThrow('pairMargins: expected at least one margin');
});
