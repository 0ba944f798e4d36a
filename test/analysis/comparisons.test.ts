import { table } from 'arquero';
import { describe, expect, it } from 'vitest';
import { againstRatings } from '../../src/analysis/againstRatings.js';
import { auc } from '../../src/analysis/auc.js';
import { byGroup } from '../../src/analysis/byGroup.js';
import { byPrompt } from '../../src/analysis/byPrompt.js';
import { aucInterval, delong } from '../../src/analysis/delong.js';
import { effectSize } from '../../src/analysis/effectSize.js';
import { holm } from '../../src/analysis/holm.js';
import { kendall } from '../../src/analysis/kendall.js';
import { overCheckpoints } from '../../src/analysis/overCheckpoints.js';
import { spearman } from '../../src/analysis/spearman.js';
import { twoModels } from '../../src/analysis/twoModels.js';
import type { Interval } from '../../src/base/bootstrap.js';
import { comparisons } from './reference/comparisons.js';

const { groups, paired, prompts } = comparisons;
const rows = Object.entries(groups).flatMap(([generator, scores]) =>
  scores.map((score) => ({ generator, score })),
);
const scores = rows.map(({ score }) => score);
const generators = rows.map(({ generator }) => generator);
const ends = ({ value, low, high }: Interval) => [value, low, high];
const close = (received: Interval, expected: Interval) =>
  expect(ends(received)).toBeAllclose(ends(expected), { rtol: 1e-8 });

describe('holm', () => {
  it('equals closed testing by Bonferroni', () => {
    expect(holm(comparisons.holm.p)).toBeAllclose(comparisons.holm.adjusted, { rtol: 1e-12 });
  });

  it('leaves out what was not tested, and refuses what is not a p', () => {
    expect(holm([0.02, Number.NaN, 0.01])).toEqual([0.02, Number.NaN, 0.02]);
    expect(holm([])).toEqual([]);
    expect(() => holm([0.1, 2])).toThrow('holm: values[1]: expected a p from 0 to 1, received 2');
  });
});

describe('byGroup', () => {
  it('equals scipy’s means, Welch’s tests and effect sizes, adjusted by Holm', () => {
    const found = byGroup(rows);
    expect(found.map(({ mean }) => mean.value)).toEqual(
      found.map(({ mean }) => mean.value).sort((a, b) => b - a),
    );
    for (const {
      group,
      clips,
      mean,
      difference,
      hedgesG,
      cliffDelta,
      p,
      holm: adjusted,
      differs,
      against,
    } of found) {
      const expected = comparisons.byGroup[group];
      expect(clips).toBe(groups[group].length);
      expect(against).toBe('the others');
      close(mean, expected.mean);
      close(difference, expected.difference);
      close(hedgesG, expected.hedgesG);
      expect(cliffDelta.value).toBeCloseTo(expected.cliffDelta, 12);
      expect([p, adjusted]).toBeAllclose([expected.p, expected.holm], { rtol: 1e-8 });
      expect(differs).toBe(expected.holm < 0.05);
    }
  });

  it('compares with one group, which is not tested itself', () => {
    const found = byGroup(scores, generators, { against: 'a' });
    const own = found.find(({ group }) => group === 'a')!;
    expect([own.p, own.holm, own.difference.value]).toEqual([Number.NaN, Number.NaN, Number.NaN]);
    for (const [group, expected] of Object.entries(comparisons.againstA)) {
      const row = found.find((one) => one.group === group)!;
      close(row.difference, expected.difference);
      expect(row.holm).toBeCloseTo(expected.holm, 10);
    }
  });

  it('takes rows, an arquero table and two lists alike, by any column', () => {
    expect(byGroup(table({ score: scores, generator: generators }))).toEqual(byGroup(rows));
    expect(byGroup(Float64Array.from(scores), generators)).toEqual(byGroup(rows));
    expect(
      byGroup(
        rows.map(({ generator, score }) => ({ name: generator, score })),
        { by: 'name' },
      ),
    ).toEqual(byGroup(rows));
  });

  it('has no test of a group of one clip', () => {
    const found = byGroup([1, 2, 3, 9], ['a', 'a', 'a', 'b']);
    expect(found[0]).toMatchObject({ group: 'b', clips: 1, p: Number.NaN, holm: Number.NaN, differs: false });
    expect(found[0].difference.value).toBe(7);
  });

  it('refuses one group, an unknown one, and what is not a table', () => {
    expect(() => byGroup([1, 2], ['a', 'a'])).toThrow(
      'byGroup: expected at least two groups, received one, "a"',
    );
    expect(() => byGroup(rows, { against: 'z' })).toThrow(
      "byGroup: against: expected one of a, b, c, d; received 'z'",
    );
    expect(() => byGroup([{ score: 1 }])).toThrow(
      'byGroup: the table has none of the columns generator, model, group, metric; it has score; say which with by',
    );
    expect(() => byGroup(rows, { by: 'system' })).toThrow('the table has no column "system"');
    const plain: never = [1, 2] as never;
    expect(() => byGroup(plain)).toThrow(
      'byGroup: expected a table, or the group of each score as a second list',
    );
  });
});

describe('effectSize', () => {
  it('equals Welch’s test, Hedges’ g and Cliff’s delta by their definitions', () => {
    const { difference, p, hedgesG, cliffDelta, holm: _, ...rest } = comparisons.againstA.b;
    expect(rest).toEqual({});
    const found = effectSize(groups.b, groups.a);
    expect([found.first, found.second]).toEqual([9, 12]);
    close(found.difference, difference);
    close(found.hedgesG, hedgesG);
    expect(found.p).toBeCloseTo(p, 10);
    expect(found.cliffDelta.value).toBeCloseTo(cliffDelta, 12);
    const labels = [...groups.b.map(() => true), ...groups.a.map(() => false)];
    const area = aucInterval([...groups.b, ...groups.a], labels);
    expect(found.cliffDelta.low).toBeCloseTo(2 * area.low - 1, 12);
  });

  it('takes a table and labels: Pass against Fail', () => {
    const expected = effectSize(groups.b, groups.a);
    const all = [...groups.b, ...groups.a];
    const labels = [...groups.b.map(() => true), ...groups.a.map(() => false)];
    expect(effectSize(all, labels)).toEqual(expected);
    expect(effectSize(all.map((score, i) => ({ score, pass: labels[i] })))).toEqual(expected);
  });

  it('refuses a group without scores', () => {
    expect(() => effectSize([1], [])).toThrow('effectSize: expected at least one score, received none');
    expect(() => effectSize([{ score: 1, pass: true }])).toThrow(
      'effectSize: Fail: expected at least one score',
    );
  });
});

describe('twoModels', () => {
  const clips = paired.first.map((_, i) => `clip ${i}`);
  const first = paired.first.map((score, i) => ({ clip: clips[i], score, pass: i % 3 === 0 }));
  const second = paired.second.map((score, i) => ({ clip: clips[i], score })).reverse();

  it('equals scipy’s paired test and correlations, and DeLong on the clips of both', () => {
    const found = twoModels([...first, { clip: 'alone', score: 5, pass: true }], second);
    expect(found).toMatchObject({ clips: 20, onlyFirst: 1, onlySecond: 0 });
    close(found.difference, paired.difference);
    expect(found.p).toBeCloseTo(paired.p, 10);
    expect(found.spearman.value).toBeCloseTo(paired.spearman, 12);
    expect(found.pearson.value).toBeCloseTo(paired.pearson, 12);
    expect(found.auc).toEqual(
      delong(
        paired.first,
        paired.second,
        first.map(({ pass }) => pass),
      ),
    );
  });

  it('takes two lists, clip by clip', () => {
    const { auc: _, onlyFirst: __, ...joined } = twoModels(first, second);
    expect(twoModels(paired.first, Float64Array.from(paired.second))).toMatchObject(joined);
  });

  it('of equal models says so', () => {
    expect(twoModels([1, 2, 3], [1, 2, 3])).toMatchObject({
      p: 1,
      difference: { value: 0, low: 0, high: 0 },
    });
  });

  it('refuses clips that are scored twice, none in common, and a table beside a list', () => {
    expect(() => twoModels([first[0], first[0]], second)).toThrow(
      'twoModels: first: clip "clip 0" is scored twice',
    );
    expect(() => twoModels([{ clip: 'x', score: 1 }], second)).toThrow(
      'twoModels: expected at least two clips that both have scored, received 0; clips are joined by their name',
    );
    const list: never = paired.first as never;
    expect(() => twoModels(list, second as never)).toThrow('twoModels: expected two tables or two lists');
    expect(() => twoModels([1, 2], [1])).toThrow('expected 2 scores of the second model');
  });
});

describe('byPrompt', () => {
  const found = byPrompt(prompts.scores, prompts.prompts);

  it('equals scipy’s analysis of variance', () => {
    expect(found.intraclass).toBeCloseTo(prompts.intraclass, 12);
  });

  it('has mean, spread and share of Pass of each prompt', () => {
    const given = prompts.scores.map((score, i) => ({
      score,
      prompt: prompts.prompts[i],
      pass: i < 6 ? i % 2 === 0 : undefined,
    }));
    const { prompts: listed, intraclass } = byPrompt(given);
    expect(intraclass).toBe(found.intraclass);
    for (const { prompt, clips, mean, lowest, highest, passShare } of listed) {
      const own = given.filter((row) => row.prompt === prompt);
      expect(clips).toBe(own.length);
      expect(mean).toBeCloseTo(own.reduce((sum, { score }) => sum + score, 0) / own.length, 12);
      expect([lowest, highest]).toEqual([
        Math.min(...own.map(({ score }) => score)),
        Math.max(...own.map(({ score }) => score)),
      ]);
      const judged = own.filter(({ pass }) => pass !== undefined);
      expect(passShare).toBe(
        judged.length > 0 ? judged.filter(({ pass }) => pass).length / judged.length : undefined,
      );
    }
  });

  it('refuses one prompt', () => {
    expect(() => byPrompt([1, 2], ['p', 'p'])).toThrow(
      'byPrompt: expected at least two prompts, received one',
    );
  });
});

describe('againstRatings', () => {
  it('has the three correlations, by columns or lists', () => {
    const { first: x, second: y } = paired;
    const found = againstRatings(x, y);
    expect(found.clips).toBe(20);
    expect(found.spearman.value).toBeCloseTo(spearman(x, y), 12);
    expect(found.kendall.value).toBeCloseTo(kendall(x, y), 12);
    expect(found.pearson.value).toBeCloseTo(paired.pearson, 12);
    const given = x.map((score, i) => ({ score, rating: y[i], mos: y[i], prompt: `p${i >> 1}` }));
    expect(againstRatings(given)).toEqual(found);
    expect(againstRatings(given, { rating: 'mos' })).toEqual(found);
    // Prompts of two clips change the interval, not the value.
    const clustered = againstRatings(given, { cluster: 'prompt' });
    expect(clustered.spearman.value).toBe(found.spearman.value);
    expect(clustered.spearman.low).not.toBe(found.spearman.low);
  });

  it('refuses one clip, and a column that is not there', () => {
    expect(() => againstRatings([1], [2])).toThrow(
      'againstRatings: expected at least two clips, received one',
    );
    expect(() => againstRatings([{ score: 1 }])).toThrow('the table has no column "rating"; it has score');
  });
});

describe('overCheckpoints', () => {
  const given = [200, 1000, 30].flatMap((step) =>
    paired.first.map((score, i) => ({ score: score + (i % 2) * step * 0.001, step, pass: i % 2 === 1 })),
  );

  it('has each step in its order, with its AUC', () => {
    const found = overCheckpoints(given);
    expect(found.map(({ step, clips }) => [step, clips])).toEqual([
      [30, 20],
      [200, 20],
      [1000, 20],
    ]);
    const last = given.filter(({ step }) => step === 1000);
    const area = auc(
      last.map(({ score }) => score),
      last.map(({ pass }) => pass),
    );
    expect(found[2].auc?.value).toBeCloseTo(area, 12);
    expect(found[2].mean.value).toBeCloseTo(last.reduce((sum, { score }) => sum + score, 0) / 20, 12);
  });

  it('takes two lists, without AUC', () => {
    const found = overCheckpoints(
      given.map(({ score }) => score),
      given.map(({ step }) => step),
    );
    expect(found.map(({ mean }) => mean)).toEqual(overCheckpoints(given).map(({ mean }) => mean));
    expect(found[0].auc).toBeUndefined();
  });

  it('refuses a step that is not a number', () => {
    expect(() => overCheckpoints([{ score: 1, step: 'last' }])).toThrow(
      'overCheckpoints: step 1: expected a finite number, received last',
    );
  });
});
