import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { auc } from '../../src/analysis/auc.js';
import { spearman } from '../../src/analysis/spearman.js';
import { jupyterDisplay, mime } from '../../src/base/host.js';
import { Random } from '../../src/base/random.js';
import { Benchmark } from '../../src/benchmark/benchmark.js';
import { evaluate } from '../../src/benchmark/evaluate.js';
import { halvesOf } from '../../src/benchmark/halves.js';
import { read } from '../../src/benchmark/read.js';
import { readScores } from '../../src/data/tables/readScores.js';

const sample = (name: string) => join('test', 'benchmark', 'samples', name);
const withoutTies = 'without ties';
const published = 'with ties, threshold fitted on the same pairs (VideoAlign)';
const heldOut = 'with ties, threshold fitted on the other half of the prompts';
const given = 'with ties, threshold given';

/** Fields of the sample files, none of which has a comma in what is asked for here. */
const rowsOf = (name: string) => {
  const [head, ...lines] = readFileSync(sample(name), 'utf8')
    .trim()
    .split('\n')
    .map((line) => line.replaceAll(/"([^"]*)"/g, (_, text: string) => text.replaceAll(',', ';')).split(','));
  return lines.map((line) => Object.fromEntries(head.map((column, i) => [column, line[i]])));
};

describe('preferences', () => {
  let bench: Benchmark;
  let scores: Awaited<ReturnType<typeof readScores>>;
  beforeAll(async () => {
    bench = await read('videogen-rewardbench', sample('videogen-rewardbench.csv'));
    scores = await readScores(sample('videogen-scores.csv'), {
      clip: 'path',
      score: ['reward_VQ', 'reward_MQ', 'reward_TA', 'reward_Overall'],
    });
  });

  /** The pairs of a dimension, joined here by hand. */
  const joined = (dimension: string) => {
    const rewards = new Map(
      rowsOf('videogen-scores.csv').map((row) => [row.path, Number(row[`reward_${dimension}`])]),
    );
    return rowsOf('videogen-rewardbench.csv')
      .filter((row) => row[dimension] !== '' && rewards.has(row.path_A) && rewards.has(row.path_B))
      .map((row) => ({
        word: row[dimension],
        prompt: row.prompt.replaceAll(';', ','),
        difference: rewards.get(row.path_A)! - rewards.get(row.path_B)!,
      }));
  };
  const says = (difference: number, threshold: number) =>
    Math.abs(difference) <= threshold ? 'same' : difference > 0 ? 'A' : 'B';

  it('are judged by each rule as by hand, and say what counts', () => {
    const result = evaluate(bench, scores, {
      dimensions: { VQ: 'reward_VQ', TA: 'reward_TA' },
      threshold: 0.5,
      seed: 3,
    });
    for (const [dimension, count] of [
      ['VQ', 15],
      ['TA', 14],
    ] as const) {
      const pairs = joined(dimension);
      expect(pairs).toHaveLength(count);
      const row = (rule: string) =>
        result.rows.find((found) => found.dimension === dimension && found.rule === rule)!;
      const share = (among: typeof pairs, right: (pair: (typeof pairs)[number]) => boolean) =>
        among.filter(right).length / among.length;

      const decided = pairs.filter(({ word }) => word !== 'same');
      expect(row(withoutTies).value).toBeCloseTo(
        share(decided, ({ word, difference }) => (difference > 0 ? 'A' : 'B') === word),
        12,
      );
      expect(row(withoutTies)).toMatchObject({
        ...{ n: decided.length, ties: count - decided.length, prompts: 8, score: `reward_${dimension}` },
      });
      const at = (threshold: number) =>
        share(pairs, ({ word, difference }) => says(difference, threshold) === word);
      // No two sizes are equal in the sample: the published rule is the best threshold.
      const sizes = pairs.map(({ difference }) => Math.abs(difference));
      expect(new Set(sizes).size).toBe(count);
      expect(row(published).value).toBeCloseTo(Math.max(...sizes.map(at)), 12);
      expect(at(row(published).thresholds[0])).toBeCloseTo(row(published).value, 12);
      expect(row(published).n).toBe(count);
      expect(row(given).value).toBeCloseTo(at(0.5), 12);

      const half = halvesOf(
        pairs.map(({ prompt }) => prompt),
        3,
      );
      const fit = (side: number) => {
        const own = pairs.filter(({ prompt }) => half.get(prompt) === side);
        const candidates = [0, ...own.map(({ difference }) => Math.abs(difference))].sort((a, b) => a - b);
        const value = (threshold: number) =>
          share(own, ({ word, difference }) => says(difference, threshold) === word);
        return candidates.reduce((best, candidate) => (value(candidate) > value(best) ? candidate : best));
      };
      const thresholds = [fit(0), fit(1)];
      expect(row(heldOut).thresholds).toEqual(thresholds);
      expect(row(heldOut).value).toBeCloseTo(
        share(
          pairs,
          ({ word, prompt, difference }) => says(difference, thresholds[1 - half.get(prompt)!]) === word,
        ),
        12,
      );
      for (const { value, low, high } of result.rows) {
        expect(low).toBeLessThanOrEqual(value);
        expect(high).toBeGreaterThanOrEqual(value);
      }
    }
    expect(result.leftOut[0]).toEqual({
      dimension: 'VQ',
      count: 1,
      reason: 'of a pair with a clip without a score (of 1 in all, such as videos/gamma/gamma_00007.mp4)',
    });
  });

  it('are the same for the same seed, and show themselves as a table with what was left out', () => {
    const of = (seed: number) =>
      evaluate(bench, scores.of('reward_Overall'), { dimensions: ['Overall'], seed });
    expect(JSON.stringify(of(1))).toBe(JSON.stringify(of(1)));
    expect(JSON.stringify(of(1))).not.toBe(JSON.stringify(of(2)));
    const shown = of(1)[jupyterDisplay]();
    expect(shown[mime.html]).toContain('<table');
    for (const text of [shown[mime.html], shown[mime.text], String(of(1))]) {
      expect(text).toContain('VideoGen-RewardBench');
      expect(text).toContain(heldOut);
      expect(text).toContain('Overall: 1 left out');
    }
  });

  it('count prompts, not pairs: an interval is as wide as that of independent prompts', () => {
    const random = new Random(2);
    const clips = [];
    const preferences = [];
    const scored = [];
    for (let prompt = 0; prompt < 100; prompt++) {
      const isRight = random.chance(0.7);
      for (let pair = 0; pair < 10; pair++) {
        const [first, second] = ['a', 'b'].map((side) => `p${prompt}/${pair}${side}.mp4`);
        for (const id of [first, second]) clips.push({ id, path: id, prompt: `prompt ${prompt}` });
        preferences.push({ dimension: 'd', first, second, preference: 1 as const });
        scored.push({ clip: first, score: isRight ? 1 : 0 }, { clip: second, score: isRight ? 0 : 1 });
      }
    }
    const many = new Benchmark({ name: 'M', source: 'm', clips, preferences, notes: [] });
    const { rows, notes } = evaluate(many, scored);
    expect(rows.map(({ rule }) => rule)).toEqual([withoutTies]);
    expect(notes).toEqual(['d: no pair is a tie of people: accuracy with ties is that without']);
    const [{ value, low, high }] = rows;
    const expected = 2 * 1.96 * Math.sqrt((value * (1 - value)) / 100);
    expect((high - low) / expected).toBeGreaterThan(0.85);
    expect((high - low) / expected).toBeLessThan(1.15);
  });

  it('across prompts belong to a half with both clips, and else to none', async () => {
    const official = await read('solireward', sample('solireward.json'));
    const scored = official.clips.map(({ id }, i) => ({ clip: id, score: [5, 1, 4, 4, 3, 0, 2][i] }));
    const { rows, notes } = evaluate(official, scored, { seed: 1 });
    const half = halvesOf(['p0', 'p1', 'p2', 'p3'], 1);
    const prompts = [
      ['p0', 'p0'],
      ['p1', 'p1'],
      ['p0', 'p1'],
      ['p1', 'p0'],
      ['p2', 'p2'],
      ['p2', 'p3'],
    ];
    const inside = prompts.filter(([a, b]) => half.get(a) === half.get(b)).length;
    const row = (rule: string) => rows.find((found) => found.rule === rule);
    expect(row(withoutTies)).toMatchObject({ n: 4, ties: 2, value: 3 / 4 });
    expect(row(heldOut)?.n).toBe(inside);
    expect(inside).toBeLessThan(6);
    expect(notes).toContain(
      `physics: ${6 - inside} pairs of prompts of both halves are in neither, where halves are used`,
    );
    expect(notes).toContain('physics: equal scores, which are wrong, in 1 of 4 pairs without ties');
  });

  it('of one prompt have no interval and no halves', () => {
    const clips = ['a', 'b', 'c'].map((id) => ({ id, path: id, prompt: 'p' }));
    const one = new Benchmark({
      ...{ name: 'O', source: 'o', clips, notes: [] },
      preferences: [
        { dimension: 'd', first: 'a', second: 'b', preference: 1 },
        { dimension: 'd', first: 'a', second: 'c', preference: 0 },
      ],
    });
    const scored = clips.map(({ id }, i) => ({ clip: id, score: i }));
    const { rows, notes } = evaluate(one, scored);
    expect(rows.map(({ rule }) => rule)).toEqual([withoutTies, published]);
    expect(rows[0]).toMatchObject({ value: 0, low: Number.NaN, high: Number.NaN });
    expect(notes).toEqual(['d: too few prompts for two halves: no threshold is fitted on the other one']);
  });

  it('say where the published figure depends on the order of the rows', () => {
    const clips = ['a', 'b'].flatMap((prompt) =>
      [0, 1].map((i) => ({ id: `${prompt}${i}`, path: '', prompt })),
    );
    const preferences = [0, 1].map((preference, i) => ({
      ...{ dimension: 'd', first: `${'ab'[i]}1`, second: `${'ab'[i]}0`, preference: preference as 0 | 1 },
    }));
    const two = new Benchmark({ name: 'T', source: 't', clips, preferences, notes: [] });
    const { notes } = evaluate(
      two,
      clips.map(({ id }) => ({ clip: id, score: Number(id[1]) })),
    );
    expect(notes[0]).toBe(
      "d: the published rule's 1.0000 depends on the order of the rows, since many differences are equal: no threshold gives more than 0.5000",
    );
  });

  it('need to know which score judges which dimension', () => {
    expect(() => evaluate(bench, scores)).toThrow(
      'no score has the name of a dimension: the dimensions are VQ, MQ, TA, Overall, the scores reward_VQ, reward_MQ',
    );
    expect(() => evaluate(bench, scores, { dimensions: ['X'] })).toThrow(
      'no dimension "X"; there are VQ, MQ',
    );
    expect(() => evaluate(bench, scores, { dimensions: { VQ: 'q' } })).toThrow(
      'no score "q"; there are reward_VQ',
    );
    const named = scores
      .objects()
      .map((row) => ({ ...row, metric: row.metric!.replace('reward_', '').toLowerCase() }));
    const some = named.filter(({ metric }) => metric !== 'ta');
    const result = evaluate(bench, some, { samples: 10 });
    expect([...new Set(result.rows.map(({ dimension, score }) => `${dimension} ${score}`))]).toEqual([
      ...['VQ vq', 'MQ mq', 'Overall overall'],
    ]);
    expect(result.notes).toContain('TA: no score has its name');
  });

  it('take a threshold that is a size', () => {
    expect(() => evaluate(bench, scores, { threshold: -1 })).toThrow(
      'expected a finite number from 0 on, received -1',
    );
    expect(() => evaluate(bench, scores, { threshold: Number.NaN })).toThrow(RangeError);
  });

  it('without any pair of which both clips have scores are an error', () => {
    const [{ id }] = bench.clips;
    expect(() => evaluate(bench, [{ clip: id, score: 1 }])).toThrow(
      'nothing of the dimension VQ has its scores (score)',
    );
  });
});

describe('ratings', () => {
  it('of 1 to 5 are judged by correlations, ROC-AUC, F1 and accuracies as by hand', async () => {
    const bench = await read('videophy-2', sample('videophy2.csv'));
    const values = [4.6, 2.5, 3.5, 1.2, 3, 4.4, 2.2, 1];
    const scored = bench.clips.map(({ id }, i) => ({ clip: id, score: values[i] }));
    const { rows } = evaluate(bench, scored, { threshold: 4, seed: 5 });
    const row = (dimension: string, metric: string, rule = '') =>
      rows.find(
        (found) => found.dimension === dimension && found.metric === metric && found.rule.startsWith(rule),
      )!;
    const sa = [5, 2, 4, 1, 3, 4, 5, 2];
    expect(row('sa', 'spearman').value).toBeCloseTo(spearman(values, sa), 12);
    expect(row('sa', 'auc').value).toBeCloseTo(
      auc(
        values,
        sa.map((rating) => rating >= 4),
      ),
      12,
    );
    // Half to even, as Python: 2.5 is 2, 3.5 is 4. Right: 5, 2, 4, 1, 3, 4; not 2 of 5, 1 of 2.
    expect(row('sa', 'accuracy', 'the rounded').value).toBe(6 / 8);
    expect(row('sa', 'relaxed accuracy').value).toBe(7 / 8);
    // From 4 on: 4.6 and 4.4, both high; high are four.
    expect(row('sa', 'f1', 'threshold given').value).toBeCloseTo((2 * 2) / (2 * 2 + 2), 12);
    expect(row('sa', 'accuracy', 'threshold given').value).toBe(6 / 8);

    const half = halvesOf(
      bench.clips.map(({ prompt }) => prompt!),
      5,
    );
    const clips = values.map((score, i) => ({
      score,
      high: sa[i] >= 4,
      side: half.get(bench.clips[i].prompt!)!,
    }));
    const f1 = (cutOf: (side: number) => number, among: typeof clips) => {
      const right = among.filter(({ score, high, side }) => high && score >= cutOf(side)).length;
      const wrong = among.filter(({ score, high, side }) => high !== score >= cutOf(side)).length;
      return right === 0 ? 0 : (2 * right) / (2 * right + wrong);
    };
    const cuts = [0, 1].map((side) => {
      const own = clips.filter((clip) => clip.side === side);
      const candidates = own.map(({ score }) => score).sort((a, b) => b - a);
      return candidates.reduce((best, cut) => (f1(() => cut, own) > f1(() => best, own) ? cut : best));
    });
    const fitted = row('sa', 'f1', 'threshold fitted');
    expect(fitted.thresholds).toEqual(cuts);
    expect(fitted.value).toBeCloseTo(
      f1((side) => cuts[1 - side], clips),
      12,
    );
    expect(row('pc', 'auc')).toMatchObject({ n: 7, prompts: 4 });
    // The mean is of both dimensions, with an interval of its own.
    const mean = row('mean of the dimensions', 'pearson');
    expect(mean.value).toBeCloseTo((row('sa', 'pearson').value + row('pc', 'pearson').value) / 2, 12);
    expect(mean).toMatchObject({ n: 7, prompts: 4 });
  });

  it('have no accuracy where scores are not on their scale, and none of high and low without a level', async () => {
    const bench = await read('videofeedback2', sample('videofeedback2.json'));
    const scored = bench.clips.map(({ id }, i) => ({ clip: id, score: i - 3 }));
    const { rows, notes } = evaluate(bench, scored, { dimensions: ['visual quality'] });
    expect(rows.map(({ metric }) => metric)).toEqual(['pearson', 'spearman']);
    expect(notes).toEqual([
      'visual quality: no accuracy of whole ratings: the scores are from -3 to 4, the ratings from 1 to 5',
    ]);
  });

  it('of 0 and 1 are judged by ROC-AUC, F1 and accuracy; of one kind by none', async () => {
    const bench = await read('videophy', sample('videophy.csv'));
    const scored = bench.clips.map(({ id }, i) => ({ clip: id, score: i }));
    const { rows } = evaluate(bench, scored, { dimensions: ['pc'] });
    expect(rows.map(({ metric }) => metric)).toEqual(['auc', 'f1', 'accuracy']);
    expect(rows[0].value).toBeCloseTo(2 / 9, 12);
    const { rows: none, notes } = evaluate(bench, scored.slice(2, 4), { dimensions: ['pc'] });
    expect(none).toEqual([]);
    expect(notes[0]).toBe('pc: 2 of 2 ratings are 1 or more: high and low cannot be compared');
  });
});
