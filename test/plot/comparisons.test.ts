import { table } from 'arquero';
import { describe, expect, it } from 'vitest';
import { byGroup as rowsOf } from '../../src/analysis/byGroup.js';
import { overCheckpoints as checkpointsOf } from '../../src/analysis/overCheckpoints.js';
import { twoModels as comparisonOf } from '../../src/analysis/twoModels.js';
import { againstRatings } from '../../src/plot/againstRatings.js';
import { byGroup } from '../../src/plot/byGroup.js';
import { byPrompt } from '../../src/plot/byPrompt.js';
import { effectSizes } from '../../src/plot/effectSizes.js';
import type { Figure } from '../../src/plot/figure.js';
import { overCheckpoints } from '../../src/plot/overCheckpoints.js';
import { twoModels } from '../../src/plot/twoModels.js';
import { barsOf, scattersOf } from '../support/traces.js';

const rows = Array.from({ length: 60 }, (_, i) => ({
  clip: `clip ${i}`,
  score: Math.sin(i) + (i % 3) * 0.8,
  pass: i % 4 > 1,
  generator: ['lavie', 'pika', 'show-1'][i % 3],
  promptId: `p${i % 10}`,
  rating: 1 + (i % 5),
  step: 100 * (1 + (i % 3)),
}));
const others = rows.map((row) => ({ ...row, score: row.score * 0.8 + Math.cos(row.score) * 0.3 }));
const texts = (figure: Figure) =>
  [...figure.toSvg().matchAll(/<text[^>]*>([^<]*)</g)].map(([, text]) => text);

describe('twoModels', () => {
  const figure = twoModels(rows, others, { labels: { x: 'HPQA', y: 'last token' } });

  it('draws a point for each clip by its label, and the differences with their paired interval', () => {
    const [pass, fail] = scattersOf(figure);
    expect([pass.name, fail.name]).toEqual(['Pass', 'Fail']);
    expect(pass.x.length + fail.x.length).toBe(60);
    expect(figure.data.objects()[3]).toEqual({
      clip: 'clip 3',
      first: rows[3].score,
      second: others[3].score,
      difference: rows[3].score - others[3].score,
    });
    const { difference } = comparisonOf(rows, others);
    const mean = scattersOf(figure).find(({ name }) => name === 'mean difference')!;
    expect(mean.x).toEqual([difference.value]);
    expect(mean.error_x!.array[0]).toBeCloseTo(difference.high - difference.value, 12);
    expect(barsOf(figure)[0].y.reduce((sum, share) => sum + share, 0)).toBeCloseTo(1, 12);
    expect(texts(figure)).toEqual(expect.arrayContaining(['HPQA', 'last token', 'HPQA − last token']));
    expect(figure.layout.title.subtitle?.text).toContain('AUC');
  });

  it('says how many clips it leaves out', () => {
    const odd = [
      { ...rows[0], clip: 'odd', score: Number.NaN },
      { ...rows[0], clip: 'half' },
    ];
    const unscored = [
      { ...others[0], clip: 'odd', score: undefined },
      { ...others[0], clip: 'half', score: null },
    ];
    const { layout, summary } = twoModels([...rows, ...odd], [...others.slice(4), ...unscored]);
    const note = 'left out: 5 clips of one model only, 1 clip of neither';
    expect(layout.title.subtitle?.text).toMatch(new RegExp(`; AUC difference .*; ${note}$`));
    expect(summary).toContain(note);
  });

  it('draws clips without a label as such, and leaves them out of the AUC', () => {
    const given = rows.map((row, i) => ({ ...row, pass: i < 3 ? undefined : row.pass }));
    const unlabelled = others.map(({ pass: _, ...row }) => row);
    const figure = twoModels(given, unlabelled);
    expect(
      scattersOf(figure)
        .slice(0, 3)
        .map(({ name, x }) => [name, x.length]),
    ).toEqual([
      ['Pass', rows.slice(3).filter(({ pass }) => pass).length],
      ['Fail', rows.slice(3).filter(({ pass }) => !pass).length],
      ['no label', 3],
    ]);
    expect(figure.summary).toMatch(/; no label: 3 of 60 clips$/);
    const { auc } = comparisonOf(given, unlabelled);
    expect(auc).toEqual({ ...comparisonOf(rows.slice(3), others.slice(3)).auc, leftOut: 3 });
  });

  it('calls the models by their only metrics, or models, where these differ', () => {
    const of = (given: typeof rows, more: object) => given.map((row) => ({ ...row, ...more }));
    const columns = { clip: rows.map(({ clip }) => clip), score: rows.map(({ score }) => score) };
    const axes = (figure: Figure) => [figure.layout.xaxis.title?.text, figure.layout.yaxis.title?.text];
    const [hpqa, last] = [
      of(rows, { metric: 'hpqa', model: 'a' }),
      of(others, { metric: 'last token', model: 'a' }),
    ];
    expect(axes(twoModels(hpqa, last))).toEqual(['hpqa', 'last token']);
    expect(comparisonOf(hpqa, last).names).toEqual({ first: 'hpqa', second: 'last token' });
    const [a, b] = [of(rows, { metric: 'score', model: 'a' }), of(others, { metric: 'score', model: 'b' })];
    expect(axes(twoModels(a, b))).toEqual(['a', 'b']);
    expect(axes(twoModels(rows, last))).toEqual(['first model', 'last token']);
    const read = Object.assign(table(columns), { metric: 'VQ' });
    expect(axes(twoModels(read, others))).toEqual(['VQ', 'second model']);
    expect(axes(twoModels(hpqa, last, { labels: { y: 'mine' } }))).toEqual(['hpqa', 'mine']);
    expect(axes(twoModels(rows, others))).toEqual(['first model', 'second model']);
    expect(() => twoModels([...hpqa, hpqa[0]], last)).toThrow(
      'twoModels: hpqa: clip "clip 0" is scored twice',
    );
  });

  it('writes the axis of a margin once', () => {
    expect(texts(figure).filter((text) => text === 'last token')).toHaveLength(1);
  });

  it('puts its panels below each other in a column', () => {
    const { layout } = twoModels([1, 2, 3], [1, 3, 2], { theme: 'paper' });
    expect((layout.xaxis4 as { domain: number[] }).domain).toEqual([0, 1]);
    expect(layout.yaxis.domain?.[0]).toBeGreaterThan(0.3);
  });
});

describe('againstRatings', () => {
  it('draws the mean at each rating with its interval, and points beside each other', () => {
    const figure = againstRatings(rows);
    const means = scattersOf(figure).find(({ error_y }) => error_y)!;
    expect(means.x).toEqual([1, 2, 3, 4, 5]);
    const own = rows.filter(({ rating }) => rating === 2).map(({ score }) => score);
    expect(means.y[1]).toBeCloseTo(own.reduce((sum, score) => sum + score, 0) / own.length, 12);
    expect(scattersOf(figure)[0].x.every((x, i) => Math.abs(x - rows[i].rating) <= 0.3)).toBe(true);
    expect(figure.data.objects()[7]).toEqual({ rating: 3, score: rows[7].score });
    expect(figure.summary).toMatch(/^Score against rating, 60 clips: Spearman .* \(.* to .*\), Kendall/);
  });

  it('of many ratings draws tenths of the clips', () => {
    const figure = againstRatings(
      rows.map(({ score }) => score),
      others.map(({ score }) => score),
    );
    expect(scattersOf(figure).find(({ error_y }) => error_y)!.x).toHaveLength(10);
  });
});

describe('byGroup', () => {
  it('draws means and differences, grey where Holm’s p is not below 0.05', () => {
    const figure = byGroup(rows, { by: 'generator' });
    const found = rowsOf(rows);
    for (const { group, mean, difference, differs } of found) {
      const [left, right] = scattersOf(figure).filter(({ name }) => name === group);
      expect([left.x, right.x]).toEqual([[mean.value], [difference.value]]);
      expect(right.marker!.color === '#7f7f7f').toBe(!differs);
    }
    expect(found.some(({ differs }) => differs) && found.some(({ differs }) => !differs)).toBe(true);
    expect(figure.data.objects().map(({ group, holm }) => [group, holm])).toEqual(
      found.map(({ group, holm }) => [group, holm]),
    );
    expect(texts(figure).filter((text) => /^p (=|&lt;|<)/.test(text))).toHaveLength(3);
  });

  it('does not draw the difference of the group that others are compared with', () => {
    const figure = byGroup(rows, { against: 'pika' });
    expect(scattersOf(figure).filter(({ name }) => name === 'pika')).toHaveLength(1);
    expect(figure.layout.xaxis2).toMatchObject({ title: { text: 'difference from pika' } });
  });
});

describe('byPrompt', () => {
  it('names few prompts, the highest mean above', () => {
    const figure = byPrompt(rows);
    const [dots] = scattersOf(figure);
    expect(dots.x).toEqual([...dots.x].sort((a, b) => b - a));
    expect(figure.layout.yaxis.ticktext?.[0]).toMatch(/^p\d \(6\)$/);
    expect(figure.data.numRows()).toBe(10);
  });

  it('draws many as a band from the lowest to the highest clip', () => {
    const figure = byPrompt(rows.map((row, i) => ({ ...row, promptId: i >> 1 })).slice(0, 80));
    byPrompt(rows.map((row, i) => ({ ...row, promptId: `${i % 31}` })));
    expect(figure.layout.yaxis.ticktext).toHaveLength(30);
    const many = byPrompt(rows.map((row, i) => ({ ...row, promptId: i % 31 })));
    expect(scattersOf(many).map(({ name, fill }) => [name, fill])).toEqual([
      ['lowest to highest', 'toself'],
      ['mean', undefined],
    ]);
  });
});

describe('overCheckpoints', () => {
  it('draws a ridge for each step from above, and its AUC in the same row', () => {
    const figure = overCheckpoints(rows);
    expect(figure.layout.yaxis.ticktext).toEqual(['step 100 (20)', 'step 200 (20)', 'step 300 (20)']);
    const areas = scattersOf(figure).filter(({ xaxis }) => xaxis === 'x2');
    expect(areas.map(({ x, y }) => [x[0], y[0]])).toEqual(
      checkpointsOf(rows).map(({ auc }, i) => [auc!.value, 2 - i]),
    );
    expect(figure.data.columnNames()).toContain('aucLow');
  });

  it('has no AUC without labels', () => {
    const figure = overCheckpoints([1, 2, 3, 4], [1, 1, 2, 2], { intervals: true });
    expect(figure.layout.xaxis2).toBeUndefined();
    expect(figure.data.columnNames()).not.toContain('auc');
  });
});

it('effectSizes draws Hedges’ g of each group around 0', () => {
  const figure = effectSizes(rows, { by: 'generator' });
  expect(figure.data.objects().map(({ name, value }) => [name, value])).toEqual(
    rowsOf(rows).map(({ group, hedgesG }) => [group, hedgesG.value]),
  );
  expect(figure.layout.shapes).toMatchObject([{ y0: 0, y1: 0 }]);
});

it.each([
  ['twoModels', (options: object) => twoModels(rows, others, options)],
  ['againstRatings', (options: object) => againstRatings(rows, options)],
  ['byGroup', (options: object) => byGroup(rows, options)],
  ['byPrompt', (options: object) => byPrompt(rows, options)],
  ['overCheckpoints', (options: object) => overCheckpoints(rows, options)],
  ['effectSizes', (options: object) => effectSizes(rows, options)],
])('%s takes the options of every figure, and refuses others by its name', (name, draw) => {
  expect(draw({ title: 'Mine', theme: 'paper' }).toSvg()).toContain('>Mine<');
  expect(draw({ theme: 'paper' }).layout.title.text).toBe('');
  expect(draw({ theme: 'slides' }).toSvg()).toContain('viewBox="0 0 1280');
  expect(() => draw({ theme: 'dark' })).toThrow(`${name}: theme: expected one of`);
  expect(() => draw({ nonsense: 1 })).toThrow(`${name}: there is no option nonsense here`);
});
