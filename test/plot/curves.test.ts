import { expect, it } from 'vitest';
import { curves } from '../../src/plot/curves.js';
import { tracesOf } from '../support/traces.js';

const names = { title: 'Best of n', x: 'n', y: 'true quality' };

it('draws a line for each curve, and intervals where there are some', () => {
  const figure = curves(
    [
      { name: 'BT', x: [1, 2], y: [0.5, 0.6], low: [0.4, 0.55], high: [0.6, 0.65] },
      { name: 'BT-WT', x: [1, 2, 4], y: [0.5, 0.65, 0.7] },
    ],
    names,
  );
  expect(tracesOf(figure).map(({ name, y }) => [name, y])).toEqual([
    ['BT', [0.5, 0.6]],
    ['BT', [0.5, 0.6]],
    ['BT-WT', [0.5, 0.65, 0.7]],
  ]);
  expect(tracesOf(figure)[1]).toMatchObject({ mode: 'markers', showlegend: false });
  expect(new Set(tracesOf(figure).map((trace) => JSON.stringify('line' in trace && trace.line))).size).toBe(
    3,
  );
  const [low, high] = figure.layout.yaxis.range!;
  expect(low).toBeLessThan(0.4);
  expect(high).toBeGreaterThan(0.7);
  expect(figure.toSvg()).toContain('>BT-WT</text>');
  expect(figure.summary).toBe('Best of n: BT 0.600, BT-WT 0.700 at the end');
});

it('refuses no curve, and lists that do not fit', () => {
  expect(() => curves([], names)).toThrow('expected at least one curve');
  expect(() => curves([{ name: 'BT', x: [1, 2], y: [1] }], names)).toThrow(
    '"BT": expected 2 values of y, one for each x, received 1',
  );
});
