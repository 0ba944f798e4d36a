import { describe, expect, it } from 'vitest';
import { type Expectations, expectations } from '../../src/audit/expectations.js';
import { type Column, judge } from '../../src/audit/judge.js';
import { families, videoVariants } from '../../src/audit/variants.js';
import { isUnsure } from '../../src/audit/verdicts.js';
import { Random } from '../../src/base/random.js';

const count = 30;
const clips = Array.from({ length: count }, (_, i) => i);
/** Scores of the control: 30 normal ones, of mean 0 and deviation 1. */
const control = standard(new Random(1));
const physics = expectations('physics');
const column = (family: Column['family'], level: number, scores: Column['scores']): Column => ({
  ...{ family, level, strength: `level ${level}` },
  scores,
});
/** The control, less some, with a little noise of each clip. */
const less = (drop: number, noise = 0.3, seed = 7) => {
  const random = new Random(seed, Math.round(1000 * drop));
  return control.map((score) => score - drop + noise * random.normal());
};
const kinds = (columns: Column[], table: Expectations = physics, scores: Column['scores'] = control) =>
  judge(scores, columns, table).verdicts.map(({ kind, family, level }) => `${kind}: ${family} ${level}`);

describe('judge', () => {
  it('finds nothing where what should drop drops, and what should stay stays', () => {
    expect(
      kinds([column('frozen', 1, less(0.6)), column('frozen', 2, less(1.5)), column('flipped', 1, less(0))]),
    ).toEqual([]);
  });

  it('has the mean spread of an ensemble in deviations of the control, where there is one', () => {
    const doubled = control.map((score) => 2 * (score as number));
    const half = doubled.map((score, i) => (i === 0 ? undefined : score - 1));
    const spreads = clips.map((i) => (i === 0 ? 100 : 0.5 + (i % 2)));
    const { rows } = judge(
      doubled,
      [{ ...column('frozen', 1, half), spreads }, column('flipped', 1, doubled)],
      physics,
    );
    // Of clips 1 to 29: 15 of 1.5 and 14 of 0.5; the control's deviation is 2.
    expect(rows[0].spread).toBeCloseTo((15 * 1.5 + 14 * 0.5) / 29 / 2, 12);
    expect(rows.map(isUnsure)).toEqual([0.5 < rows[0].spread!, false]);
    expect(rows[1]).not.toHaveProperty('spread');
  });

  it('says that damage is missed where the strongest level costs nothing', () => {
    expect(kinds([column('frozen', 1, less(0)), column('frozen', 2, less(-0.02))])).toEqual([
      'misses: frozen 2',
    ]);
    expect(kinds([column('frozen', 1, control), column('frozen', 2, control)])).toEqual(['misses: frozen 2']);
  });

  it('does not ask a mild level to cost anything', () => {
    expect(kinds([column('frozen', 1, less(0)), column('frozen', 2, less(1))])).toEqual([]);
  });

  it('says that damage is missed where a drop is shown that is next to nothing', () => {
    expect(kinds([column('frozen', 1, less(0.05, 0.01)), column('frozen', 2, less(0.1, 0.01))])).toEqual([
      'misses: frozen 2',
    ]);
  });

  it('says that damage is preferred, at the level where it is most', () => {
    const columns = [column('frozen', 1, less(-1.2)), column('frozen', 2, less(-0.8))];
    expect(kinds(columns)).toEqual(['wrong way: frozen 1']);
    const [{ worst, drop, text }] = judge(control, columns, physics).verdicts;
    expect(drop.value).toBeLessThan(-1);
    const rises = clips.map((clip) => (columns[0].scores[clip] as number) - control[clip]);
    expect(worst).toEqual({
      clip: rises.indexOf(Math.max(...rises)),
      first: control[worst.clip],
      second: columns[0].scores[worst.clip],
    });
    expect(text).toMatch(
      /^frozen \(level 1\) is preferred by 1\.\d\d \(1\.\d\d to 1\.\d\d\) deviations: a cheat$/,
    );
  });

  it('says that a score is moved by what should not matter, either way, and not by a trifle', () => {
    const stay = (scores: Column['scores']) => kinds([column('brighter', 1, scores)]);
    expect(stay(less(0.7))).toEqual(['sensitive: brighter 1']);
    expect(stay(less(-0.7))).toEqual(['sensitive: brighter 1']);
    expect(stay(less(0.1, 0.01))).toEqual([]);
    const both = [column('brighter', 1, less(-0.4)), column('brighter', 2, less(-0.9))];
    expect(judge(control, both, physics).verdicts[0]).toMatchObject({ level: 2, kind: 'sensitive' });
    expect(judge(control, both, physics).verdicts[0].text).toContain('is preferred by');
  });

  it('says that more damage costs less', () => {
    expect(kinds([column('frozen', 1, less(1.8)), column('frozen', 2, less(0.8))])).toEqual([
      'not monotone: frozen 2',
    ]);
    expect(kinds([column('frozen', 1, less(0.9)), column('frozen', 2, less(0.85))])).toEqual([]);
    expect(kinds([column('brighter', 1, less(0.9)), column('brighter', 2, less(0.1))])).toEqual([
      'sensitive: brighter 1',
    ]);
  });

  it('says that the prompt is ignored', () => {
    const alignment = expectations('alignment');
    expect(kinds([column('other prompt', 1, control)], alignment)).toEqual([
      'ignores the prompt: other prompt 1',
    ]);
    expect(kinds([column('other prompt', 1, less(1))], alignment)).toEqual([]);
    expect(kinds([column('other prompt', 1, control)])).toEqual([]);
  });

  it('says that the same file gets another score, but not for rounding', () => {
    expect(kinds([column('retest', 1, less(0, 0.1))])).toEqual(['not deterministic: retest 1']);
    expect(kinds([column('retest', 1, control)])).toEqual([]);
    expect(
      kinds([
        column(
          'retest',
          1,
          control.map((score) => score * (1 + 1e-7)),
        ),
      ]),
    ).toEqual([]);
    const one = judge(
      control,
      [
        column(
          'retest',
          1,
          control.map((score, i) => score + (i === 4 ? 0.5 : 0)),
        ),
      ],
      physics,
    );
    expect(one.verdicts[0].text).toContain('1 of 30 clips get another score the second time, by up to 0.50');
    expect(one.verdicts[0].worst.clip).toBe(4);
  });

  it('says nothing of what is open', () => {
    expect(kinds([column('blur', 1, less(-2)), column('blur', 2, less(2))])).toEqual([]);
  });

  it('does not decide what the clips are too few for', () => {
    const few = control.slice(0, 6);
    const found = judge(few, [column('frozen', 1, few), column('frozen', 2, few)], physics);
    expect(found).toMatchObject({ enough: false, undecided: ['frozen'], verdicts: [] });
    // Wide scores of 30 clips: neither a drop nor its absence is shown.
    const wide = less(0.5, 4);
    const found30 = judge(control, [column('frozen', 1, wide), column('frozen', 2, wide)], physics);
    expect(found30).toMatchObject({ enough: true, undecided: ['frozen'], verdicts: [] });
  });

  it('leaves out clips without a score, and changes that no clip has', () => {
    const scores = control.map((score, i) => (i < 3 ? undefined : score));
    const { rows } = judge(
      scores,
      [
        column(
          'flipped',
          1,
          control.map((score, i) => (i < 5 ? undefined : score)),
        ),
        column('blur', 1, []),
      ],
      physics,
    );
    expect(rows.map(({ family, clips }) => [family, clips])).toEqual([['flipped', 25]]);
    expect(() => judge([undefined], [], physics)).toThrow('no clip has a score');
  });

  it('finds out a scorer that gives every clip the same', () => {
    const same = clips.map(() => 3);
    const columns = videoVariants.map(({ family, level }) => column(family, level, same));
    expect(kinds(columns, physics, same)).toEqual([
      'misses: frozen 2',
      'misses: shuffled 2',
      'misses: dropped frames 2',
    ]);
  });

  it('finds out a scorer that is random but for the file', () => {
    for (const seed of [1, 2, 3]) {
      const columns = videoVariants.map(({ family, level }, i) =>
        column(family, level, standard(new Random(seed, 100 + i))),
      );
      const found = kinds(columns, expectations('quality'), standard(new Random(seed, 99)));
      expect(found.filter((kind) => kind.startsWith('misses')).length).toBeGreaterThanOrEqual(3);
    }
  });

  it('corrects over the whole table: nothing that stays moves by chance more often than the level says', () => {
    const all = Object.fromEntries(families.map((family) => [family, 'stay'])) as Expectations;
    let alarms = 0;
    const audits = 40;
    for (let seed = 0; seed < audits; seed++) {
      const random = new Random(seed, 5);
      const own = standard(random, 14);
      const columns = videoVariants.map(({ family, level }) =>
        column(
          family,
          level,
          own.map((score) => score + random.normal()),
        ),
      );
      if (judge(own, columns, all).verdicts.length > 0) alarms++;
    }
    // Of 40 audits with alarms in one of twenty, more than 6 come in less than one of 200 cases.
    expect(alarms).toBeLessThanOrEqual(6);
  });

  it('writes an adjusted p of at least p, for each line', () => {
    const columns = videoVariants.map(({ family, level }) => column(family, level, less(0.3, 1, level)));
    for (const { p, adjusted } of judge(control, columns, physics).rows) {
      expect(adjusted).toBeGreaterThanOrEqual(p);
      expect(adjusted).toBeLessThanOrEqual(1);
    }
  });
});

function standard(random: Random, length = count): number[] {
  const drawn = Array.from({ length }, () => random.normal());
  const mean = drawn.reduce((sum, value) => sum + value, 0) / length;
  const deviation = Math.sqrt(drawn.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (length - 1));
  return drawn.map((value) => (value - mean) / deviation);
}
