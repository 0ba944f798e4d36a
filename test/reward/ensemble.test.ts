import { describe, expect, it } from 'vitest';
import { ensemble } from '../../src/reward/ensemble.js';

describe('ensemble', () => {
  it('gives mean and sample deviation over the members', () => {
    const { mean, spread } = ensemble([
      [1, 5],
      [2, 5],
      [6, 5],
    ]);
    expect(mean).toEqual([3, 5]);
    expect(spread).toBeAllclose([Math.sqrt(7), 0]);
  });

  it('brings members to one scale first', () => {
    const { mean, spread } = ensemble(
      [
        [1, 3],
        [10, 30],
      ],
      [
        { mean: 1, deviation: 1 },
        { mean: 10, deviation: 10 },
      ],
    );
    expect(mean).toEqual([0, 2]);
    expect(spread).toEqual([0, 0]);
  });

  it('refuses what is not an ensemble', () => {
    expect(() => ensemble([[1]])).toThrow('at least two members, received 1');
    expect(() => ensemble([[1], [1, 2]])).toThrow('member 2: expected 1 scores, as of the first, received 2');
    expect(() => ensemble([[1], [Number.NaN]])).toThrow('member 2: score 1 is NaN');
    expect(() => ensemble([[1], [2]], [{ mean: 0, deviation: 1 }])).toThrow('expected 2 scales');
    const flat = { mean: 0, deviation: 0 };
    expect(() => ensemble([[1], [2]], [flat, flat])).toThrow(
      'member 1: expected a finite mean and a deviation above 0',
    );
  });
});
