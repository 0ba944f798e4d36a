import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { table } from 'arquero';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { auc } from '../../src/analysis/auc.js';
import { spearman } from '../../src/analysis/spearman.js';
import type { Interval } from '../../src/base/bootstrap.js';
import { jupyterDisplay, mime } from '../../src/base/host.js';
import { Random } from '../../src/base/random.js';
import { analyze } from '../../src/report/analyze.js';
import { fetvReference } from '../analysis/reference/reference.js';
import { describeShared, shared } from '../support/shared.js';

/** 60 clips of 15 prompts and two generators; a pass is likelier with a high score. */
function rows(seed = 1) {
  const random = new Random(seed);
  return Array.from({ length: 60 }, (_, i) => {
    const quality = random.normal();
    return {
      clip: `clip-${i}`,
      score: quality + 0.7 * random.normal(),
      pass: quality > 0.3,
      generator: i % 3 === 0 ? 'rare' : 'common',
      prompt: `a prompt of number ${i % 15}`,
      duration: 2 + quality,
    };
  });
}

const csv = (objects: Record<string, unknown>[]): string =>
  [Object.keys(objects[0]), ...objects.map(Object.values)].map((row) => `${row.join(',')}\n`).join('');

describe('analyze', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'analyze-'));
  });
  afterEach(() => rm(folder, { recursive: true }));

  async function file(name: string, content: string) {
    await mkdir(dirname(join(folder, name)), { recursive: true });
    await writeFile(join(folder, name), content);
    return join(folder, name);
  }

  it('finds in a score file what its statistics find, and says how it was read', async () => {
    const report = await analyze(await file('scores.csv', csv(rows())));
    const values = JSON.parse(JSON.stringify(report));
    expect(values.read).toEqual([
      'scores.csv: clip: clip',
      'scores.csv: score: score',
      'scores.csv: label: pass',
      'scores.csv: group: generator',
      'scores.csv: prompt: prompt',
      'scores.csv: possible shortcuts: duration',
      '60 clips, 1 metric',
    ]);
    const scores = rows().map(({ score }) => score);
    const passes = rows().map(({ pass }) => pass);
    const [{ best, metrics }] = values.agreement;
    expect(best).toBe('score');
    expect(metrics[0].auc.value).toBeAllclose(auc(scores, passes), { rtol: 1e-12 });
    const sections = Object.fromEntries(
      values.metrics[0].sections.map((section: { title: string }) => [section.title, section]),
    );
    expect(Object.keys(sections)).toEqual([
      'Distribution, ties and collapse',
      'Telling Pass from Fail: pass',
      'From score to decision: pass',
      'Shortcuts',
      'Advantages within prompts',
    ]);
    expect(
      sections['Telling Pass from Fail: pass'].groups.map(({ group }: { group: string }) => group),
    ).toEqual(['common', 'rare']);
    const byDuration = sections.Shortcuts.shortcuts.find(({ name }: { name: string }) => name === 'duration');
    expect(byDuration.correlation.value).toBeAllclose(
      spearman(
        scores,
        rows().map(({ duration }) => duration),
      ),
      { rtol: 1e-12 },
    );
    expect(sections['Advantages within prompts']).toMatchObject({ prompts: 15, flat: 0 });
  });

  it('takes a table, and shows itself in a notebook without scripts', async () => {
    const report = await analyze(table(columnsOf(rows())));
    const bundle = await report[jupyterDisplay]();
    expect(bundle[mime.text]).toContain('60 clips, 1 metric');
    expect(bundle[mime.html]).toMatch(/^<div class="solireward-report"><style>/);
    expect(bundle[mime.html]).not.toMatch(/<script|<iframe/);
    expect(bundle[mime.svg]).toMatch(/^<svg /);
    expect(String(report)).toBe(report.summary);
  });

  it('never lets text of a file run', async () => {
    const evil = '<script>alert(1)</script><img src=x onerror=alert(2)>"\'';
    const evilRows = rows().map((row, i) => ({
      ...row,
      clip: `${evil}${i}`,
      prompt: evil,
      generator: `${evil}${i % 2}`,
    }));
    const report = await analyze(evilRows, {
      labels: evilRows.map(({ clip, pass }) => ({ clip, dimension: evil, pass })),
    });
    const html = report.toHtml();
    expect(html).toContain("default-src 'none'");
    expect(html).not.toMatch(/<script|<img|onerror=alert\(2\)>["']/i);
    expect(html).toContain('&#60;script&#62;');
  });

  it('needs nothing from elsewhere', async () => {
    const html = (await analyze(rows())).toHtml();
    const addresses = [...html.matchAll(/(?:src|href|url\()\s*=?\s*["']?(\w+:[^"')\s]*)/g)].map(
      ([, address]) => address,
    );
    expect(addresses.filter((address) => !address.startsWith('data:'))).toEqual([]);
  });

  it('joins votes by the clip, takes the majority, and counts what has no score', async () => {
    const votes = rows().flatMap(({ clip, pass }) =>
      ['x', 'y', 'z'].map((annotator) => ({
        clip,
        annotator,
        dimension: 'physics',
        pass: annotator === 'z' ? !pass : pass,
      })),
    );
    votes.push({ clip: 'unknown', annotator: 'x', dimension: 'physics', pass: true });
    const scores = rows().map(({ clip, score }) => ({ clip, score }));
    const labels = await file('votes.csv', csv(votes));
    const report = await analyze(await file('s.csv', csv(scores)), { labels });
    const values = JSON.parse(JSON.stringify(report));
    expect(values.agreement[0].dimension).toBe('physics');
    expect(values.agreement[0].metrics[0].auc.value).toBeAllclose(
      auc(
        rows().map(({ score }) => score),
        rows().map(({ pass }) => pass),
      ),
      { rtol: 1e-12 },
    );
    expect(values.read).toContain('1 judged clip left out, for want of a score');
    expect(report.toHtml()).toContain('Clips that divide the annotators');
  });

  it('compares two models on the same clips, and their drift', async () => {
    const better = rows().map((row) => ({ ...row, score: row.duration }));
    const report = await analyze(await file('a.csv', csv(better)), {
      against: await file('b.csv', csv(rows())),
    });
    const [same, moved] = JSON.parse(JSON.stringify(report)).against;
    expect(same.clips).toBe(60);
    expect(same.dimensions[0].delong.difference.low).toBeGreaterThan(0);
    expect(same.dimensions[0].delong.first.value).toBe(1);
    expect(same.dimensions[0].pairedBootstrap).toHaveLength(2);
    expect(same.dimensions[0].mcnemar.onlySecond).toBe(0);
    expect(moved.kolmogorovSmirnov.distance).toBeGreaterThan(0);
    expect(report.summary).toContain('60 clips are scored by both a and b');
    expect(report.toHtml()).toContain('<h2>a against b</h2>');
  });

  it('calls two models by their files, folders or the column of the model, and their metrics where these differ', async () => {
    const [one, two] = [await file('one/s.csv', csv(rows())), await file('two/s.csv', csv(rows()))];
    expect((await analyze(one, { against: two })).summary).toContain('scored by both one/s and two/s');
    const named = (model: string) => rows().map((row) => ({ ...row, model, generator: undefined }));
    const by = await analyze(await file('c.csv', csv(named('HPQA'))), {
      by: 'model',
      against: await file('d.csv', csv(named('last'))),
    });
    expect(by.summary).toContain('scored by both HPQA and last');
    const renamed = rows().map(({ score, ...row }) => ({ ...row, reward: score }));
    const metrics = await analyze(await file('e.csv', csv(renamed)), {
      against: await file('f.csv', csv(rows())),
    });
    expect(metrics.summary).toContain('scored by both e: reward and f: score');
  });

  it('says the main numbers of each metric in its summary, with labels or without', async () => {
    const scores = [0, 1, 1, 2].map((score, i) => ({ clip: `c${i}`, score }));
    expect((await analyze(scores)).summary).toContain(
      'score: 4 clips, mean 1, deviation 0.707, 3 distinct values, the most frequent of 50.0%',
    );
    const judged = [...scores, ...scores].map((row, i) => ({ ...row, clip: `c${i}`, pass: i % 4 > 1 }));
    expect((await analyze(judged)).summary).toMatch(
      /the most frequent of 50\.0%; AUC 0\.875 \(.* to .*\) on pass/,
    );
  });

  it('finds drift only between files of different clips', async () => {
    const others = rows(2).map((row) => ({ ...row, clip: `other-${row.clip}`, score: row.score + 2 }));
    const report = await analyze(rows(), { against: others });
    const { against } = JSON.parse(JSON.stringify(report));
    expect(against).toHaveLength(1);
    expect(against[0].wasserstein).toBeGreaterThan(1);
    expect(report.toHtml()).toContain('shifted');
  });

  it('leaves out rows without a score, and says so', async () => {
    const gaps = rows().map((row, i) => ({ ...row, score: i === 6 || i === 9 ? 'NaN' : row.score }));
    const report = await analyze(await file('gaps.csv', csv(gaps)));
    expect(report.summary).toContain('2 rows without a score left out, the first is row 7');
    expect(JSON.parse(JSON.stringify(report)).metrics[0].sections[0].clips).toBe(58);
  });

  it.each([
    [
      'one class only',
      rows().map((row) => ({ ...row, pass: true })),
      'Of 60 labelled clips 60 pass and 0 fail',
    ],
    ['constant scores', rows().map((row) => ({ ...row, score: 1 })), 'That is a collapse'],
    ['one clip', rows().slice(0, 1), 'Of 1 labelled clip'],
    ['scores alone', [{ score: 3 }, { score: 1 }, { score: 2 }], 'clip: the number of the row'],
  ])('reports %s', async (_, objects, text) => {
    expect((await analyze(objects)).toHtml()).toContain(text);
  });

  it.each<[string, string, Parameters<typeof analyze>[1], string]>([
    ['an empty file', '', {}, 'analyze: s.csv has no rows'],
    [
      'no numeric column',
      'clip,note\na,b\n',
      {},
      'analyze: s.csv has no column of scores; it has clip, note',
    ],
    [
      'an unknown column',
      'clip,score\na,1\n',
      { by: 'model' },
      'has no column "model" (given for the group); it has clip, score',
    ],
    [
      'text for a score',
      'clip,score\na,1\nb,high\n',
      {},
      's.csv row 2, column "score": expected a finite number, received "high"',
    ],
    [
      'an infinite score',
      'clip,score\na,1\nb,inf\n',
      {},
      'row 2, column "score": expected a finite number, received "inf"',
    ],
    ['no score at all', 'clip,score\na,\nb,NaN\n', {}, 'no row has a score of "score"'],
    ['a clip scored twice', 'clip,score\na,1\nb,2\na,3\n', {}, 'clip "a" has two scores, in rows 1 and 3'],
    [
      'a clip without name',
      'clip,score\na,1\n,2\n',
      {},
      'row 2, column "clip": expected the name of a clip, received nothing',
    ],
    [
      'a label that is none',
      'clip,score,tag\na,1,Pass\nb,2,perhaps\n',
      { label: 'tag' },
      'column "tag": expected Pass/Fail',
    ],
    [
      'labels of other clips',
      'clip,score\na,1\n',
      { labels: [{ clip: 'z', pass: true }] },
      'none of its clips has a score: it names "z" by clip, s.csv names "a"',
    ],
    [
      'labels without verdicts',
      'clip,score\na,1\n',
      { labels: [{ clip: 'a', note: 'x' }] },
      'has no column of labels',
    ],
    [
      'labels without clips',
      'clip,score\na,1\n',
      { labels: [{ who: 'a', pass: true }] },
      'has no column "clip", by which s.csv names its clips',
    ],
    ['no labels at all', 'clip,score\na,1\n', { labels: [] }, 'has no rows'],
    [
      'labels of nameless clips',
      'score\n1\n',
      { labels: [{ clip: 'a', pass: true }] },
      'does not name its clips',
    ],
    [
      'another metric',
      'clip,aesthetics\na,1\nb,2\n',
      { against: [{ clip: 'a', x: 1, y: 2 }] },
      'no metric in common: aesthetics and x, y',
    ],
    ['a cost of 0', 'clip,score\na,1\n', { cost: 0 }, 'analyze: cost: expected a number above 0, received 0'],
    [
      'a threshold that is none',
      'clip,score\na,1\n',
      { threshold: Number.NaN },
      'threshold: expected a finite number',
    ],
  ])('refuses %s', async (_, content, options, message) => {
    await expect(analyze(await file('s.csv', content), options)).rejects.toThrow(message);
  });

  it('names a file that is not there', async () => {
    await expect(analyze(join(folder, 'none.csv'))).rejects.toThrow(/analyze: cannot read .*none\.csv/);
  });
});

function columnsOf(objects: Record<string, unknown>[]): Record<string, unknown[]> {
  return Object.fromEntries(Object.keys(objects[0]).map((name) => [name, objects.map((row) => row[name])]));
}

describeShared('analyze on FETV', () => {
  it("equals scipy's correlations, and names the best metric of each dimension", async () => {
    const report = await analyze(shared('data', 'fetv', 'metric_scores.csv'), {
      labels: shared('data', 'fetv', 'ratings_full.csv'),
    });
    const { agreement } = JSON.parse(JSON.stringify(report));
    const found = agreement.flatMap(({ dimension, metrics }: { dimension: string; metrics: object[] }) =>
      metrics.map((row) => ({ dimension, ...row })),
    );
    expect(found).toHaveLength(fetvReference.rows.length);
    for (const expected of fetvReference.rows) {
      const row = found.find(
        ({ metric, dimension }: { metric: string; dimension: string }) =>
          metric === expected.metric && dimension === expected.dimension,
      );
      expect(row.clips).toBe(expected.clips);
      expect(Math.abs(row.spearman.value - expected.spearman)).toBeLessThanOrEqual(1e-9);
      expect(Math.abs(row.kendall.value - expected.kendall)).toBeLessThanOrEqual(1e-9);
      expect(row.spearman.low).toBeLessThan(expected.spearman);
      expect(row.spearman.high).toBeGreaterThan(expected.spearman);
    }
    const best = (dimension: string) =>
      fetvReference.rows
        .filter((row) => row.dimension === dimension)
        .reduce((a, b) => (b.spearman > a.spearman ? b : a)).metric;
    for (const { dimension, best: named } of agreement) expect(named).toBe(best(dimension));
    expect(report.summary).toContain(`Best on alignment: ${best('alignment')}, Spearman 0.463`);
  });
});

describe('analyze of judgements in the score file', () => {
  const stored = (name: string) => fileURLToPath(new URL(`../cases/analyze-labels/${name}`, import.meta.url));

  it('gives the AUC of one Pass among a hundred, without an interval', async () => {
    const report = await analyze(stored('one.csv'));
    expect(report.summary).toContain('score has AUC 0.727 with pass on 100 clips.');
  });

  it('prints −1 for the metric that runs against the ratings of its own rows', async () => {
    const long = Array.from({ length: 12 }, (_, i) => [
      { clip: `c${i}`, metric: 'with', score: i, rating: i },
      { clip: `c${i}`, metric: 'against', score: i, rating: 12 - i },
    ]).flat();
    const { summary, values } = await analyze(long);
    expect(summary).toContain('each metric is compared with its own');
    const [{ metrics }] = (values as { agreement: { metrics: { metric: string; spearman: Interval }[] }[] })
      .agreement;
    expect(metrics.map(({ metric, spearman }) => [metric, Math.round(1e9 * spearman.value) / 1e9])).toEqual([
      ['with', 1],
      ['against', -1],
    ]);
  });

  it('names the columns that are left aside in page, numbers and summary', async () => {
    const report = await analyze([
      { clip: 'a', score: 1, label: 'cat' },
      { clip: 'b', score: 2, label: 'dog' },
    ]);
    const reason = 'no words of Pass and Fail: row 1 holds "cat"';
    expect(report.summary).toContain(`left aside: label (${reason})`);
    expect(report.values).toMatchObject({ leftAside: [{ column: 'label', reason }] });
    expect(report.toHtml()).toContain('left aside: label (');
  });
});

it('calls a few ties among few scores no collapse', async () => {
  const scores = Array.from({ length: 41 }, (_, i) => ({ clip: `c${i}`, score: i < 3 ? 0.5 : i }));
  expect((await analyze(scores)).toHtml()).not.toContain('That is a collapse');
  const many = Array.from({ length: 410 }, (_, i) => ({ clip: `c${i}`, score: i < 60 ? 0.5 : i }));
  expect((await analyze(many)).toHtml()).toContain('That is a collapse');
});
