import { describe, expect, it } from 'vitest';
import type { Clip } from '../../src/data/clip.js';
import { GroupedPairs } from '../../src/pairing/groupedPairs.js';
import type { Pair } from '../../src/pairing/pair.js';
import { tally } from '../support/labels.js';

const clips = (name: string, count: number): Clip[] =>
  Array.from({ length: count }, (_, i) => ({ id: `${name}${i}`, path: `${name}${i}.mp4` }));
const rule = { dimension: 'physics', winTie: 0.25, loseTie: 0, seed: 1 };
const oneGroup = [{ pass: clips('p', 30), fail: clips('f', 50) }];
const ids = (pairs: Pair[]) =>
  pairs.map(({ chosen, rejected, kind }) => `${chosen.id} ${rejected.id} ${kind}`);

describe('GroupedPairs', () => {
  it('is a function of the seed and the cursor', () => {
    const stream = new GroupedPairs(oneGroup, rule);
    const whole = ids(stream.next(500));
    expect(ids(new GroupedPairs(oneGroup, rule).next(500))).toEqual(whole);
    stream.cursor = 123;
    expect(ids(stream.next(50))).toEqual(whole.slice(123, 173));
    expect(stream.cursor).toBe(173);
    expect(ids(new GroupedPairs(oneGroup, { ...rule, seed: 2 }).next(500))).not.toEqual(whole);
  });

  it('has an epoch that uses each clip of the larger side once in win-lose pairs', () => {
    const stream = new GroupedPairs(oneGroup, rule);
    expect(stream.length).toBe(Math.round(50 / 0.75));
    expect(new GroupedPairs(oneGroup, { ...rule, winTie: 1 }).length).toBe(30);
    expect(new GroupedPairs(oneGroup, { ...rule, count: 12 }).length).toBe(12);
  });

  it('uses each clip of a side equally often, up to one, in any number of rounds', () => {
    const pairs = new GroupedPairs(oneGroup, { ...rule, winTie: 0 }).next(350);
    for (const [side, size] of [
      ['chosen', 30],
      ['rejected', 50],
    ] as const) {
      const counts = [...tally(pairs.map((pair) => pair[side].id)).values()];
      expect(counts).toHaveLength(size);
      expect(Math.max(...counts) - Math.min(...counts)).toBeLessThanOrEqual(1);
    }
  });

  it('uses each clip once on either side of a round of ties, never with itself', () => {
    const stream = new GroupedPairs(oneGroup, { ...rule, winTie: 0, loseTie: 1 });
    for (let round = 0; round < 3; round++) {
      const pairs = stream.next(50);
      expect(new Set(pairs.map(({ chosen }) => chosen.id)).size).toBe(50);
      expect(new Set(pairs.map(({ rejected }) => rejected.id)).size).toBe(50);
      for (const { chosen, rejected, kind } of pairs) {
        expect(chosen.id).not.toBe(rejected.id);
        expect(kind).toBe('lose-tie');
      }
    }
  });

  it('matches each clip with ever new partners', () => {
    const pairs = new GroupedPairs(oneGroup, { ...rule, winTie: 0 }).next(50 * 30);
    // 1,500 draws of 1,500 possible pairs hit 1 - 1/e of them
    expect(new Set(ids(pairs)).size).toBeGreaterThan(0.6 * 1500);
    expect(new Set(ids(pairs)).size).toBeLessThan(0.7 * 1500);
  });

  it('stays within groups, and uses each group by its larger side', () => {
    const groups = [
      { pass: clips('a', 1), fail: clips('b', 4) },
      { pass: clips('c', 3), fail: clips('d', 2) },
      { pass: clips('e', 5), fail: [] },
    ];
    const together = new Map([
      ['a', 'b'],
      ['c', 'd'],
    ]);
    const pairs = new GroupedPairs(groups, { ...rule, winTie: 0 }).next(7 * 6);
    const counts = tally(pairs.flatMap(({ chosen, rejected }) => [chosen.id, rejected.id]));
    for (const { chosen, rejected } of pairs) expect(together.get(chosen.id[0])).toBe(rejected.id[0]);
    expect(counts.get('a0')).toBe(24);
    expect([0, 1, 2, 3].map((i) => counts.get(`b${i}`))).toEqual([6, 6, 6, 6]);
    expect([0, 1, 2].map((i) => counts.get(`c${i}`))).toEqual([6, 6, 6]);
    expect([0, 1].map((i) => counts.get(`d${i}`))).toEqual([9, 9]);
  });

  it.each([0, 1.5, -3])('refuses a count of %d pairs an epoch', (count) => {
    expect(() => new GroupedPairs(oneGroup, { ...rule, count })).toThrow(`received ${count}`);
  });

  it('refuses a cursor or a count that is not a whole number', () => {
    const stream = new GroupedPairs(oneGroup, rule);
    expect(() => stream.next(-1)).toThrow('expected count to be an integer >= 0, received -1');
    stream.cursor = 0.5;
    expect(() => stream.next(1)).toThrow('expected cursor to be an integer >= 0, received 0.5');
  });
});
