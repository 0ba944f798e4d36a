import { table } from 'arquero';
import { parseHTML } from 'linkedom';
import { expect, it } from 'vitest';
import { scoreDistribution } from '../../src/plot/scoreDistribution.js';
import type { BarTrace } from '../../src/plot/traces.js';

const rows = [
  ...Array.from({ length: 300 }, (_, i) => ({ score: i / 100, pass: true })),
  ...Array.from({ length: 30 }, (_, i) => ({ score: -i / 10, pass: false })),
];
const barsOf = (figure: { data: { type: string }[] }) =>
  figure.data.filter(({ type }) => type === 'bar') as BarTrace[];
const sum = (values: number[]) => values.reduce((total, value) => total + value, 0);

it('has the same bins for all groups, and shares that add up to 1 in each', () => {
  const [pass, fail] = barsOf(scoreDistribution(rows, { by: 'label' }));
  expect([pass.name, fail.name]).toEqual(['Pass (300)', 'Fail (30)']);
  expect(pass.x).toEqual(fail.x);
  expect(pass.width).toBe(fail.width);
  expect(sum(pass.y)).toBeCloseTo(1, 12);
  expect(sum(fail.y)).toBeCloseTo(1, 12);
});

it('counts every score in the bin that it is in', () => {
  const scores = [0, 0.1, 0.2, 0.9, 1];
  const [bars] = barsOf(scoreDistribution(scores, { bins: 2 }));
  const shares = bars.x.map(
    (center) => scores.filter((score) => Math.abs(score - center) <= bars.width / 2 + 1e-9).length / 5,
  );
  expect(bars.y).toEqual(shares);
});

it('is drawn with a bar for each bin of each group and a tick for each score, up to 300 a group', () => {
  const figure = scoreDistribution(rows, { by: 'pass' });
  const { document } = parseHTML(`<body>${figure.toSvg()}</body>`);
  const [pass, fail] = barsOf(figure);
  expect(document.querySelectorAll('g[aria-label="rect"] rect')).toHaveLength(pass.x.length + fail.x.length);
  expect(document.querySelectorAll('g[aria-label="rule"] line')).toHaveLength(330);
});

it('takes an arquero table and any column', () => {
  const figure = scoreDistribution(table({ score: [1, 2, 3], generator: ['b', 'a', 'b'] }), {
    by: 'generator',
  });
  expect(barsOf(figure).map(({ name }) => name)).toEqual(['a (1)', 'b (2)']);
});

it('takes plain scores, also equal ones', () => {
  expect(barsOf(scoreDistribution([1, 2, 3]))).toHaveLength(1);
  expect(sum(barsOf(scoreDistribution([2, 2]))[0].y)).toBeCloseTo(1, 12);
  expect(scoreDistribution([2, 2]).toSvg()).not.toContain('NaN');
});

it('refuses what it cannot draw', () => {
  expect(() => scoreDistribution([])).toThrow('scoreDistribution');
  expect(() => scoreDistribution([1], { by: 'label' })).toThrow('needs a table, received plain scores');
  expect(() => scoreDistribution([{ score: 1 }], { by: 'generator' })).toThrow('no column "generator"');
  expect(() => scoreDistribution([{ score: 'high' }])).toThrow(
    'score 1: expected a finite number, received high',
  );
});
