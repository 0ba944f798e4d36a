import { describe, expect, it } from 'vitest';
import { advantagesWithin, groupAdvantages } from '../../src/analysis/groupAdvantages.js';
import { reference } from './reference/reference.js';

describe('groupAdvantages', () => {
  it("equals scipy's z-scores in each group, in any order of rows; flat groups have 0", () => {
    const rows = reference.advantages.flatMap(({ group, scores, advantages }) =>
      scores.map((score, i) => ({ group, score, expected: advantages?.[i] ?? 0 })),
    );
    const mixed = [...rows.filter((_, i) => i % 2 === 1), ...rows.filter((_, i) => i % 2 === 0)];
    const received = groupAdvantages(
      mixed.map(({ score }) => score),
      mixed.map(({ group }) => group),
    );
    expect(received.advantages).toBeAllclose(
      mixed.map(({ expected }) => expected),
      { rtol: 1e-12 },
    );
    expect(received).toMatchObject({ groups: 4, flat: 2 });
  });

  it('has no advantage of a score that is missing, and the others without it', () => {
    const { advantages, ...counts } = groupAdvantages([1, Number.NaN, 3, 5], ['a', 'a', 'a', 'b']);
    expect(advantages).toEqual([-1 / Math.SQRT2, Number.NaN, 1 / Math.SQRT2, 0]);
    expect(counts).toEqual({ groups: 2, flat: 1, leftOut: 1 });
    // What a policy learns from has to be there.
    expect(() => advantagesWithin([1, Number.NaN], ['a', 'a'])).toThrow('scores[1]');
  });

  it('refuses no scores, infinity and another number of groups', () => {
    expect(() => groupAdvantages([], [])).toThrow('received none');
    expect(() => groupAdvantages([Number.POSITIVE_INFINITY], ['a'])).toThrow('score 1');
    expect(() => groupAdvantages([1, 2], ['a'])).toThrow('expected 2 groups');
  });
});
