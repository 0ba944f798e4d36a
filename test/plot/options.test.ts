import { describe, expect, it } from 'vitest';
import { coloursOf, palette } from '../../src/plot/colours.js';
import { curves } from '../../src/plot/curves.js';
import { estimates } from '../../src/plot/estimates.js';
import { groupShares } from '../../src/plot/groupShares.js';
import { pairMargins } from '../../src/plot/pairMargins.js';
import { plotly } from '../../src/plot/plotly.js';
import { precisionRecallCurve } from '../../src/plot/precisionRecallCurve.js';
import { reliabilityCurve } from '../../src/plot/reliabilityCurve.js';
import { roc } from '../../src/plot/roc.js';
import { scoreDistribution } from '../../src/plot/scoreDistribution.js';
import { thresholdCosts } from '../../src/plot/thresholdCosts.js';
import { trainingCurves } from '../../src/plot/trainingCurves.js';

const rows = [1, 2, 3, 4].map((score) => ({ score, pass: score % 2 === 0, group: `g${score}` }));

it.each([
  [{ title: 3 }, 'title: expected a text; received 3'],
  [{ subtitle: ['x'] }, 'subtitle: expected a text; received ["x"]'],
  [{ labels: { z: 'depth' } }, 'labels: expected texts for x and y, and in groups'],
  [{ labels: { groups: { a: 1 } } }, 'labels: expected texts for x and y, and in groups'],
  [
    { colours: 'rainbow' },
    "colours: expected one of 'safe', 'okabe-ito', 'tol', 'viridis', 'grey', a list of colours",
  ],
  [{ colours: ['red', 'url(x)'] }, 'colours: expected one of'],
  [{ colours: {} }, 'colours: expected one of'],
  [{ bins: 0 }, 'bins: expected a whole number from 1 to 10,000; received 0'],
  [{ bins: 2.5 }, 'bins: expected a whole number'],
  [{ scale: 'ln' }, "scale: expected one of 'linear', 'log'; received 'ln'"],
  [{ by: 3 }, 'by: expected the name of a column; received 3'],
  [{ facet: '' }, "facet: expected the name of a column; received ''"],
  [
    { kind: 'pie' },
    "kind: expected one of 'histogram', 'density', 'ecdf', 'box', 'violin', 'ridge'; received 'pie'",
  ],
  [{ intervals: 'yes' }, "intervals: expected true or false; received 'yes'"],
  [{ width: '85 miles' }, "width: expected pixels, or a length such as '85mm'"],
  [{ width: -3 }, 'width: expected pixels'],
  [{ height: '0mm' }, "height: expected pixels, or a length such as '85mm'"],
  [{ theme: 'dark' }, "theme: expected one of 'notebook', 'paper', 'slides'; received 'dark'"],
  [
    { color: 'red' },
    "there is no option color here, received 'red'; it takes title, subtitle, labels, width, height, theme, by",
  ],
])('a distribution refuses %j', (options: object, reason) => {
  expect(() => scoreDistribution(rows, options)).toThrow(RangeError);
  expect(() => scoreDistribution(rows, options)).toThrow(`scoreDistribution: ${reason}`);
});

it.each([
  ['curves', (options: object) => curves([{ name: 'a', x: [1], y: [1] }], { x: '', y: '', ...options })],
  [
    'estimates',
    (options: object) => estimates([{ name: 'a', value: 1, low: 0, high: 2 }], { y: '', ...options }),
  ],
  ['groupShares', (options: object) => groupShares({ a: [1] }, options)],
  ['pairMargins', (options: object) => pairMargins([1], options)],
  ['plotly', (options: object) => plotly({ data: [] }, options)],
  ['precisionRecallCurve', (options: object) => precisionRecallCurve(rows, options)],
  ['reliabilityCurve', (options: object) => reliabilityCurve([0.1, 0.9], [false, true], options)],
  ['roc', (options: object) => roc(rows, options)],
  ['scoreDistribution', (options: object) => scoreDistribution(rows, options)],
  ['thresholdCosts', (options: object) => thresholdCosts(rows, options)],
  ['trainingCurves', (options: object) => trainingCurves([{ step: 1, loss: 1 }], options)],
])('%s takes the options of every figure, and refuses others by its name', (name, draw) => {
  const figure = draw({
    title: 'Mine',
    subtitle: 'below',
    theme: 'paper',
    width: '85mm',
    labels: { x: 'across' },
  });
  expect(figure.layout.title).toEqual({ text: 'Mine', subtitle: { text: 'below' } });
  if (name !== 'plotly') expect(figure.toSvg()).toContain(name === 'estimates' ? '>Mine<' : '>across<');
  expect(figure.data.columnNames().length).toBeGreaterThanOrEqual(name === 'plotly' ? 0 : 2);
  expect(() => draw({ theme: 'dark' })).toThrow(`${name}: theme: expected one of`);
  expect(() => draw({ nonsense: 1 })).toThrow(`${name}: there is no option nonsense here`);
});

describe('colours', () => {
  it('of a group are the same in every figure, and differ within one', () => {
    const names = ['first model', 'second model', 'third model'];
    const [, second, third] = coloursOf('test', names);
    expect(coloursOf('test', ['third model', 'a new model', 'second model'])).toEqual([
      third,
      expect.anything(),
      second,
    ]);
    const figure = groupShares({ 'second model': [1, 2], 'another model': [1, 2] });
    expect(figure.traces[0]).toMatchObject({ marker: { color: second } });
    const eight = Array.from({ length: 8 }, (_, i) => `of eight ${i}`);
    expect(new Set(coloursOf('test', eight)).size).toBe(8);
  });

  it('of Pass and Fail are the first two', () => {
    expect(coloursOf('test', ['Fail', 'Pass'])).toEqual([palette[1], palette[0]]);
  });

  it('are taken from a map, a list or a palette', () => {
    expect(coloursOf('test', ['Pass', 'Fail'], { Fail: 'black' })).toEqual([palette[0], 'black']);
    expect(coloursOf('test', ['a', 'b', 'c'], ['red', 'blue'])).toEqual(['red', 'blue', 'red']);
    expect(coloursOf('test', ['a', 'b', 'c'], 'grey')).toEqual(['#303030', '#707070', '#b0b0b0']);
    expect(() => scoreDistribution(rows, { by: 'pass', colours: { Passed: 'red' } })).toThrow(
      'scoreDistribution: colours: names none of the groups: they are "Pass", "Fail"; received colours of "Passed"',
    );
  });

  it('rename groups by labels, and keep their colours', () => {
    const named = scoreDistribution(rows, { by: 'pass', labels: { groups: { Pass: 'accepted' } } });
    expect(named.traces[0]).toMatchObject({ name: 'accepted (2)', marker: { color: palette[0] } });
  });

  /** Of Machado, Oliveira and Fernandes 2009, at full severity: linear RGB as it is seen. */
  const views = {
    everyone: [1, 0, 0, 0, 1, 0, 0, 0, 1],
    protanopia: [0.152286, 1.052583, -0.204868, 0.114503, 0.786281, 0.099216, -0.003882, -0.048116, 1.051998],
    deuteranopia: [0.367322, 0.860646, -0.227968, 0.280085, 0.672501, 0.047413, -0.01182, 0.04294, 0.968881],
    tritanopia: [1.255528, -0.076749, -0.178779, -0.078411, 0.930809, 0.147602, 0.004733, 0.691367, 0.3039],
  };
  const linear = (colour: string) =>
    [1, 3, 5].map((start) => {
      const channel = Number.parseInt(colour.slice(start, start + 2), 16) / 255;
      return channel <= 0.04045 ? channel / 12.92 : ((channel + 0.055) / 1.055) ** 2.4;
    });
  function lab([r, g, b]: number[]): number[] {
    const f = (t: number) => (t > 0.008856 ? Math.cbrt(t) : 7.787 * t + 16 / 116);
    const x = f((0.4124 * r + 0.3576 * g + 0.1805 * b) / 0.9505);
    const y = f(0.2126 * r + 0.7152 * g + 0.0722 * b);
    const z = f((0.0193 * r + 0.1192 * g + 0.9505 * b) / 1.089);
    return [116 * y - 16, 500 * (x - y), 200 * (y - z)];
  }

  it.each(Object.entries(views))('are told apart by %s', (_, matrix) => {
    const seen = palette.map(linear).map((rgb) =>
      lab(
        [0, 3, 6].map((row) =>
          Math.min(
            1,
            Math.max(
              0,
              rgb.reduce((sum, x, i) => sum + x * matrix[row + i], 0),
            ),
          ),
        ),
      ),
    );
    // A distance of 2.3 is just noticed side by side; legends need a multiple of it.
    for (const [i, a] of seen.entries())
      for (const b of seen.slice(0, i)) expect(Math.hypot(...a.map((x, k) => x - b[k]))).toBeGreaterThan(20);
  });

  it('are seen on white and on a dark ground', () => {
    for (const colour of palette) {
      const [r, g, b] = linear(colour);
      const light = 0.2126 * r + 0.7152 * g + 0.0722 * b;
      expect(1.05 / (light + 0.05)).toBeGreaterThan(2);
      expect((light + 0.05) / 0.06).toBeGreaterThan(2.2);
    }
  });
});
