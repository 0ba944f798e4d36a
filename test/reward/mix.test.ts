import { from } from 'arquero';
import { describe, expect, it } from 'vitest';
import { Scores } from '../../src/data/tables/scores.js';
import { mix } from '../../src/reward/mix.js';

describe('mix', () => {
  const scores = { physics: [1, 2, 3, 4], alignment: [10, 30, 20, 40] };

  it('sums weighted z-scores by the numbers that it is given', () => {
    const mixed = mix([
      { name: 'physics', weight: 2, mean: 2, deviation: 0.5 },
      { name: 'alignment', mean: 20, deviation: 10 },
    ])(scores);
    // 2 (s - 2) / 0.5 + (s - 20) / 10
    expect(mixed.rewards).toEqual([-4 - 1, 0 + 1, 4 + 0, 8 + 2]);
    expect(mixed.contributions).toEqual({ physics: [-4, 0, 4, 8], alignment: [-1, 1, 0, 2] });
    expect(mix([{ name: 'physics' }])(scores).rewards).toEqual([1, 2, 3, 4]);
  });

  it('takes the metrics of a table of scores by the names of its parts', () => {
    const row = (clip: string, metric: string, score: number) => ({ clip, metric, score });
    const long = (rows: object[]) => {
      const made = from(rows);
      return new Scores(made.data(), made.columnNames());
    };
    const rows = [1, 2].flatMap((i) => [
      row(`c${i}`, 'physics', i),
      row(`c${i}`, 'alignment', 10 * i),
      row(`c${i}`, 'other', 0),
    ]);
    const reward = mix([{ name: 'alignment', weight: 0.1 }, { name: 'physics' }]);
    expect(reward(long(rows))).toEqual(reward({ alignment: [10, 20], physics: [1, 2] }));
    const swapped = [...rows.slice(0, 3), row('c3', 'physics', 2), ...rows.slice(4)];
    expect(() => reward(long(swapped))).toThrow('"physics" has scores of other clips than "alignment"');
    expect(() => reward(long(rows.slice(0, 4)))).toThrow(
      '"physics" has scores of other clips than "alignment"',
    );
    expect(() => reward(long([{ clip: 'a', score: 1 }]))).toThrow('the table has no column "metric"');
    expect(() => mix([{ name: 'beauty' }])(long(rows))).toThrow('there are no scores of "beauty"');
  });

  it('does not depend on which clips are scored together', () => {
    const reward = mix([
      { name: 'physics', mean: 2, deviation: 3 },
      { name: 'alignment', weight: 0.1, floor: -1 },
    ]);
    const alone = [0, 1, 2, 3].map(
      (i) => reward({ physics: [scores.physics[i]], alignment: [scores.alignment[i]] }).rewards[0],
    );
    expect(alone).toEqual(reward(scores).rewards);
  });

  it('says what share of the variance each part has, and that they add up to 1', () => {
    const { parts } = mix([
      { name: 'physics', weight: 2, mean: 2, deviation: 0.5 },
      { name: 'alignment', mean: 20, deviation: 10 },
    ])(scores);
    // By hand: rewards -5, 1, 4, 10 (mean 2.5); parts -4, 0, 4, 8 (mean 2) and -1, 1, 0, 2 (mean 0.5).
    const variance = (7.5 ** 2 + 1.5 ** 2 + 1.5 ** 2 + 7.5 ** 2) / 4;
    const first = (-6 * -7.5 + -2 * -1.5 + 2 * 1.5 + 6 * 7.5) / 4;
    const second = (-1.5 * -7.5 + 0.5 * -1.5 + -0.5 * 1.5 + 1.5 * 7.5) / 4;
    expect(parts.map(({ varianceShare }) => varianceShare)).toBeAllclose([
      first / variance,
      second / variance,
    ]);
    expect(parts[0].varianceShare + parts[1].varianceShare).toBeCloseTo(1, 12);
  });

  it('says how parts go together', () => {
    const { agreements } = mix([{ name: 'physics' }, { name: 'alignment' }])(scores);
    // Pearson's of 1 2 3 4 and 1 3 2 4 is 0.8; one of six pairs is ordered differently.
    expect(agreements).toEqual([
      { first: 'physics', second: 'alignment', correlation: expect.closeTo(0.8, 12), disagreement: 1 / 6 },
    ]);
    const { agreements: ties } = mix([{ name: 'a' }, { name: 'b' }])({ a: [1, 1, 2], b: [2, 1, 1] });
    expect(ties[0].disagreement).toBe(1 / 3);
  });

  it('counts what is below a floor as the floor', () => {
    const { rewards, parts } = mix([
      { name: 'physics', mean: 2, floor: 0 },
      { name: 'alignment', weight: 0.1 },
    ])(scores);
    expect(rewards).toBeAllclose([0 + 1, 0 + 3, 1 + 2, 2 + 4]);
    expect(parts[0].floored).toBe(1);
  });

  it('shuts a clip that fails a gate: nothing else counts above its floor, and failing never pays', () => {
    const reward = mix([
      { name: 'physics', gate: 2.5 },
      { name: 'alignment', weight: 0.1, floor: 15 },
    ]);
    const { rewards, parts } = reward(scores);
    expect(rewards).toBeAllclose([1 + 1.5, 2 + 1.5, 3 + 2, 4 + 4]);
    expect(parts.map(({ shut }) => shut)).toEqual([2, 0]);
    const just = reward({ physics: [2.5, 2.4999], alignment: [10, 99] }).rewards;
    expect(just[0]).toBeGreaterThan(just[1]);
  });

  it('lets each of several gates that fail count with its own score', () => {
    const reward = mix([
      { name: 'physics', gate: 2, floor: 0 },
      { name: 'alignment', gate: 20, floor: 0 },
      { name: 'quality', floor: 0 },
    ]);
    // Both fail: 1 + 10 and nothing of quality; one fails: its score and the floors of the others.
    expect(reward({ physics: [1, 1], alignment: [10, 30], quality: [5, 5] }).rewards).toEqual([11, 1]);
  });

  it('refuses parts that make no sense', () => {
    expect(() => mix([])).toThrow('expected at least one part');
    expect(() => mix([{ name: 'a' }, { name: 'a' }])).toThrow('two parts are called "a"');
    expect(() => mix([{ name: 'a', deviation: 0 }])).toThrow('"a": expected a deviation above 0, received 0');
    expect(() => mix([{ name: 'a', weight: Number.NaN }])).toThrow('expected a finite weight, received NaN');
    expect(() => mix([{ name: 'a', weight: -1 }])).toThrow('expected a weight from 0 on');
    expect(() => mix([{ name: 'a', gate: 1 }, { name: 'b' }])).toThrow(
      '"a" has a gate, so "b" needs a floor',
    );
  });

  it('refuses scores that do not fit', () => {
    const reward = mix([{ name: 'physics' }, { name: 'alignment' }]);
    expect(() => reward({ physics: [1] })).toThrow('no scores of "alignment"; there are physics');
    expect(() => reward({ physics: [1, 2], alignment: [1] })).toThrow(
      'expected 2 scores of "alignment", as of "physics", received 1',
    );
    expect(() => reward({ physics: [Number.NaN], alignment: [1] })).toThrow('"physics": score 1 is NaN');
    expect(() => reward({ physics: [], alignment: [] })).toThrow('expected at least one score');
  });
});
