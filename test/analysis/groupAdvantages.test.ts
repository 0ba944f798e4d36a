import { describe, expect, it } from 'vitest';
import { groupAdvantages } from '../../src/analysis/groupAdvantages.js';
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

  it('refuses no scores, NaN and another number of groups', () => {
    expect(() => groupAdvantages([], [])).toThrow('received none');
    expect(() => groupAdvantages([Number.NaN], ['a'])).toThrow('scores[0]');
    expect(() => groupAdvantages([1, 2], ['a'])).toThrow('expected 2 groups');
  });
});
