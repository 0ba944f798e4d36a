import { expect, it } from 'vitest';
import { estimates } from '../../src/plot/estimates.js';
import { tracesOf } from '../support/traces.js';

const rows = [
  { name: 'BT', value: 0.8, low: 0.7, high: 0.85, results: [0.75, 0.85] },
  { name: 'BT-WT', value: 0.82, low: 0.78, high: 0.86 },
];

it('draws each estimate with its interval, named on the axis', () => {
  const figure = estimates(rows, { title: 'Losses', y: 'accuracy' });
  const [single, dots] = tracesOf(figure);
  expect(single.y).toEqual([0.75, 0.85]);
  expect(dots.y).toEqual([0.8, 0.82]);
  expect(dots).toMatchObject({ x: [0, 1], error_y: { symmetric: false } });
  const { array, arrayminus } = (dots as { error_y: { array: number[]; arrayminus: number[] } }).error_y;
  expect(array).toBeAllclose([0.05, 0.04], { rtol: 1e-9 });
  expect(arrayminus).toBeAllclose([0.1, 0.04], { rtol: 1e-9 });
  expect(figure.layout.xaxis).toMatchObject({ tickvals: [0, 1], ticktext: ['BT', 'BT-WT'] });
  const [low, high] = figure.layout.yaxis.range!;
  expect(low).toBeLessThan(0.7);
  expect(high).toBeGreaterThan(0.86);
  expect(figure.toSvg()).toContain('>BT-WT</text>');
  expect(figure.summary).toBe('Losses: BT 0.800 (0.700 to 0.850), BT-WT 0.820 (0.780 to 0.860)');
});

it('refuses no estimate, and one that is not a number', () => {
  expect(() => estimates([], { title: '', y: '' })).toThrow('expected at least one estimate');
  const bad = { name: 'BCE', value: Number.NaN, low: 0, high: 1 };
  expect(() => estimates([bad], { title: '', y: '' })).toThrow(
    '"BCE": expected a finite value, received NaN',
  );
});
