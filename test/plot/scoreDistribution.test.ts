import { table } from 'arquero';
import { parseHTML } from 'linkedom';
import { describe, expect, it } from 'vitest';
import { scoreDistribution } from '../../src/plot/scoreDistribution.js';
import { barsOf, scattersOf } from '../support/traces.js';

const rows = [
  ...Array.from({ length: 300 }, (_, i) => ({ score: i / 100, pass: true })),
  ...Array.from({ length: 30 }, (_, i) => ({ score: -i / 10, pass: false })),
];
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

it('draws three groups as densities, and five as ridges with their names on the axis', () => {
  const of = (groups: number) =>
    scoreDistribution(
      Array.from({ length: 60 }, (_, i) => ({
        score: Math.sin(i) + (i % groups),
        group: `group ${i % groups}`,
      })),
      { by: 'group' },
    );
  const three = of(3);
  expect(three.layout.yaxis.title?.text).toBe('density');
  expect(new Set(scattersOf(three).map(({ yaxis }) => yaxis ?? 'y'))).toEqual(new Set(['y']));
  const five = of(5);
  expect(five.layout.yaxis.ticktext).toEqual([0, 1, 2, 3, 4].map((group) => `group ${group} (12)`));
  expect(five.layout.yaxis.tickvals).toEqual([4, 3, 2, 1, 0]);
  expect(five.toSvg()).toContain('>group 4 (12)</text>');
});

it('gives five groups of bars a panel each, with one scale', () => {
  const figure = scoreDistribution(
    Array.from({ length: 50 }, (_, i) => ({ score: i, group: i % 5 })),
    { by: 'group', kind: 'histogram' },
  );
  expect(barsOf(figure).map(({ xaxis, yaxis }) => [xaxis, yaxis])).toEqual(
    [1, 2, 3, 4, 5].map((panel) => (panel === 1 ? ['x', 'y'] : [`x${panel}`, `y${panel}`])),
  );
  expect(figure.layout.xaxis5).toMatchObject({ matches: 'x' });
  expect(figure.layout.annotations?.map(({ text }) => text)).toEqual(
    [0, 1, 2, 3, 4].map((group) => `${group} (10)`),
  );
});

it('has a panel for each value of a column, and the same rows in each', () => {
  const rows = [
    { score: 1, generator: 'a', dimension: 'physics' },
    { score: 2, generator: 'b', dimension: 'alignment' },
    { score: 3, generator: 'c', dimension: 'alignment' },
  ];
  const figure = scoreDistribution(rows, { by: 'generator', facet: 'dimension', kind: 'box' });
  expect(figure.layout.annotations?.map(({ text }) => text)).toEqual(['alignment', 'physics']);
  expect(figure.layout.yaxis.ticktext).toEqual(['a', 'b', 'c']);
  expect(figure.data.objects()).toMatchObject([
    { facet: 'alignment', group: 'b', median: 2 },
    { facet: 'alignment', group: 'c', median: 3 },
    { facet: 'physics', group: 'a', median: 1 },
  ]);
});

it('takes two lists, and columns of one type', () => {
  const figure = scoreDistribution(Float64Array.from([1, 2, 3]), ['a', 'b', 'a'], { kind: 'histogram' });
  expect(barsOf(figure).map(({ name }) => name)).toEqual(['a (2)', 'b (1)']);
});

describe('figure.data', () => {
  const scores = [1, 2, 2, 3, 10];

  it('of bars counts every score once', () => {
    const bars = scoreDistribution(scores, { bins: 4, intervals: true }).data.objects();
    expect(sum(bars.map(({ count }) => count!))).toBe(5);
    for (const { from, to, count, share, low, high } of bars) {
      const last = to === Math.max(...bars.map((bar) => bar.to!));
      expect(count).toBe(
        scores.filter((score) => score >= from! && (last ? score <= to! : score < to!)).length,
      );
      expect(share).toBe(count! / 5);
      expect(low).toBeLessThanOrEqual(share!);
      expect(high).toBeGreaterThanOrEqual(share!);
    }
  });

  it('of steps is the share up to each score, within the band of Dvoretzky, Kiefer and Wolfowitz', () => {
    const steps = scoreDistribution(scores, { kind: 'ecdf', intervals: true }).data.objects();
    expect(steps.map(({ score, share }) => [score, share])).toEqual([
      [1, 0.2],
      [2, 0.4],
      [2, 0.6],
      [3, 0.8],
      [10, 1],
    ]);
    const reach = Math.sqrt(Math.log(40) / 10);
    expect(steps[0].high).toBeCloseTo(0.2 + reach, 12);
    expect(steps.every(({ low, high }) => low! >= 0 && high! <= 1)).toBe(true);
  });

  it('of boxes is Tukey’s: whiskers end within one and a half quartile ranges', () => {
    expect(scoreDistribution(scores, { kind: 'box' }).data.objects()).toEqual([
      { group: 'all', lowest: 1, lowerQuartile: 2, median: 2, upperQuartile: 3, highest: 3, mean: 3.6 },
    ]);
  });

  it('of densities has an area of 1, on a logarithmic axis by factors of ten', () => {
    for (const scale of ['linear', 'log'] as const) {
      const curve = scoreDistribution(scores, { kind: 'density', scale }).data.objects();
      const places = curve.map(({ score }) => (scale === 'log' ? Math.log10(score!) : score!));
      const area = sum(curve.map(({ density }) => density!)) * (places[1] - places[0]);
      expect(area).toBeCloseTo(1, 2);
    }
  });
});

it('marks the mean of rows with its interval where asked', () => {
  const figure = scoreDistribution([1, 2, 3, 6], { kind: 'violin', intervals: true });
  const dot = scattersOf(figure).find(({ error_x }) => error_x)!;
  expect(dot.x).toEqual([3]);
  // Student's t of 3 degrees, 3.18245, by the standard error √(14/3)/2.
  expect(dot.error_x!.array[0]).toBeCloseTo(3.182446 * (Math.sqrt(14 / 3) / 2), 5);
});

it('writes the ticks of a logarithmic axis as scores', () => {
  const { layout } = scoreDistribution([1, 10, 100], { scale: 'log' });
  expect(layout.xaxis.ticktext).toEqual(expect.arrayContaining(['1', '10', '100']));
});

it('refuses bins of what has none, a logarithm of 0, and more groups than can be told apart', () => {
  const options: object = { kind: 'ecdf', bins: 3 };
  expect(() => scoreDistribution([1], options)).toThrow(
    "scoreDistribution: bins: belongs to kind 'histogram', received 3 with kind 'ecdf'; leave one of the two out",
  );
  expect(() => scoreDistribution([0, 1], { scale: 'log' })).toThrow(
    `scoreDistribution: scale: 'log' takes values above 0, received 0 in the group "all"`,
  );
  const many = Array.from({ length: 61 }, (_, i) => i);
  expect(() => scoreDistribution(many, many)).toThrow('61 groups, such as "0" and "1", are more than the 60');
  expect(() => scoreDistribution([1, 2], ['a'])).toThrow('expected 2 groups, one for each score, received 1');
});
