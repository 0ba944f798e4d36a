import { describe, expect, it } from 'vitest';
import { expectations } from '../../src/audit/expectations.js';
import { type Column, judge } from '../../src/audit/judge.js';
import type { AuditedClip } from '../../src/audit/scorer.js';
import { textFamilies, videoVariants } from '../../src/audit/variants.js';
import { departureOf, worldTruth } from '../../src/audit/worldTruth.js';
import { Random } from '../../src/base/random.js';
import type { GeneratedClip } from '../../src/data/world/generate.js';

const none = { brightness: 0, contrast: 0, size: 0, speed: 0, stillness: 0 };
const made = (id: string, strength: number): GeneratedClip => ({
  clip: { id, path: `${id}.mp4` },
  ...{ fault: strength > 0 ? 'jumps' : '', strength, departures: none, left: 1, quality: 1 - strength },
});
const asked = (of: string, family: string, level: number): AuditedClip => ({
  id: `${of} ${family}`,
  path: '',
  of,
  family,
  level,
});

describe('worldTruth', () => {
  it('is the quality of the clip times what the change leaves', () => {
    const truth = worldTruth([made('a', 0), made('b', 0.5)]);
    const of = (family: string, level: number) =>
      truth([asked('a', family, level), asked('b', family, level)]);
    expect(of('control', 0)).toEqual([1, 0.5]);
    // 1 - (64 / 96)² / 2
    expect(of('darker', 3)).toBeAllclose([7 / 9, 7 / 18]);
    expect(of('harder', 3)).toEqual([0.5, 0.25]);
    expect(of('flatter', 3)).toEqual([0.5, 0.25]);
    expect(of('frozen', 1)).toEqual([0.75, 0.375]);
    expect(of('frozen', 2)).toEqual([0, 0]);
    expect(of('slower', 1)).toEqual([0, 0]);
    expect(of('blur', 3)).toEqual([1, 0.5]);
    // A clip that is too bright by 0.5 is nearer to the world when it is darker by 2 / 3.
    const bright = { ...made('c', 0), departures: { ...none, brightness: 0.5 }, left: 0.875, quality: 0.875 };
    const scores = worldTruth([bright])([asked('c', 'control', 0), asked('c', 'darker', 3)]);
    expect(scores).toBeAllclose([0.875, 1 - 1 / 72]);
    expect(() => truth([asked('c', 'control', 0)])).toThrow('no clip "c"');
  });

  it('has a departure for each family that the table of the world lets drop, and for no other one', () => {
    const table = expectations('world');
    for (const { family, level } of videoVariants)
      expect(Object.keys(departureOf({ family, level })).length > 0, family).toBe(table[family] === 'drop');
  });

  /** The table of an audit of 30 clips of a seed; each score has a little of its own, as a person's would. */
  function audited(seed: number, noise: number) {
    const random = new Random(seed, 77);
    const clips = Array.from({ length: 30 }, (_, i) =>
      made(`clip-${i}`, random.chance(0.5) ? random.uniform(0.2, 1) : 0),
    );
    const truth = worldTruth(clips);
    const scores = (family: string, level: number) =>
      (truth(clips.map(({ clip }) => asked(clip.id, family, level))) as number[]).map(
        (score) => score + noise * random.normal(),
      );
    const control = scores('control', 0);
    const columns: Column[] = [
      ...videoVariants.map(({ family, level, strength }) => ({
        family,
        level,
        strength,
        scores: scores(family, level),
      })),
      ...textFamilies.map((family) => ({ family, level: 1, strength: '', scores: scores(family, 1) })),
      { family: 'as given', level: 1, strength: '', scores: scores('as given', 1) },
      { family: 'retest', level: 1, strength: '', scores: control },
    ];
    return judge(control, columns, expectations('world'));
  }

  it.each([1, 2, 3, 4, 5])('gets no verdict as a scorer, seed %i', (seed) => {
    expect(audited(seed, 0)).toMatchObject({ verdicts: [], undecided: [], enough: true });
    expect(audited(seed, 0.1).verdicts.map(({ text }) => text)).toEqual([]);
  });
});
