import { describe, expect, it } from 'vitest';
import { annotate, annotatePairs, type Truth } from '../../../src/data/world/annotators.js';

/** Clips that pass, and clips that fail with strengths spread over [0.35, 1]. */
function truthOf(count: number): Truth[] {
  return Array.from({ length: count }, (_, i) => {
    const pass = i % 2 === 0;
    const strength = pass ? 0 : 0.35 + (0.65 * (i % 100)) / 100;
    const fault = pass ? '' : 'jumps';
    return { clip: `clip-${i}`, dimension: 'physics', pass, fault, strength, quality: 1 - strength };
  });
}

describe('annotate', () => {
  const truth = truthOf(8000);
  const byClip = new Map(truth.map((one) => [one.clip, one]));
  const annotators = [
    { name: 'careful', falsePass: 0.1, falseFail: 0.02 },
    { name: 'careless', falsePass: 0.25, falseFail: 0.15 },
  ];
  const votes = annotate(truth, { annotators, seed: 3 });
  const wrongShare = (chosen: typeof votes) =>
    chosen.filter(({ clip, pass }) => byClip.get(clip)!.pass !== pass).length / chosen.length;

  it('errs as often as each annotator is said to', () => {
    for (const { name, falsePass, falseFail } of annotators) {
      const own = votes.filter(({ annotator }) => annotator === name);
      const onFails = wrongShare(own.filter(({ clip }) => !byClip.get(clip)!.pass));
      const onPasses = wrongShare(own.filter(({ clip }) => byClip.get(clip)!.pass));
      // Four standard deviations of a binomial share over 4000 clips.
      const tolerance = (rate: number) => 4 * Math.sqrt((rate * (1 - rate)) / 4000);
      expect(Math.abs(onFails - falsePass)).toBeLessThan(tolerance(falsePass));
      expect(Math.abs(onPasses - falseFail)).toBeLessThan(tolerance(falseFail));
    }
  });

  it('misses weak faults more often than strong ones', () => {
    const fails = votes.filter(({ clip }) => !byClip.get(clip)!.pass);
    const weak = wrongShare(fails.filter(({ clip }) => byClip.get(clip)!.strength < 0.5));
    const strong = wrongShare(fails.filter(({ clip }) => byClip.get(clip)!.strength > 0.85));
    expect(weak).toBeGreaterThan(1.3 * strong);
  });

  it('repeats itself for the same seed only, and draws the panel it is asked for', () => {
    expect(annotate(truth, { annotators, seed: 3 })).toEqual(votes);
    expect(annotate(truth, { annotators, seed: 4 })).not.toEqual(votes);
    expect(annotate(truth, { annotators, votesPerClip: 1, seed: 3 })).toHaveLength(truth.length);
  });

  it('refuses too few annotators and rates that are none', () => {
    expect(() => annotate(truth, { annotators, votesPerClip: 3, seed: 1 })).toThrow(
      /votesPerClip.*2 annotators/,
    );
    expect(() =>
      annotate(truth, { annotators: [{ name: 'x', falsePass: 1.5, falseFail: 0 }], seed: 1 }),
    ).toThrow(/x has the error rate 1.5/);
  });
});

describe('annotatePairs', () => {
  const qualities = [1, 0.9, 0.7, 0.3];
  const truth: Truth[] = qualities.map((quality, i) => ({
    clip: `${i}`,
    dimension: 'physics',
    pass: quality === 1,
    fault: '',
    strength: 1 - quality,
    quality,
  }));

  it('errs less the farther two clips are apart in quality', () => {
    const errors = [1, 2, 3].map((other) => {
      const pairs = Array.from({ length: 3000 }, () => ({ first: '0', second: `${other}` }));
      const answers = annotatePairs(pairs, truth, { dimension: 'physics', annotators: ['a'], seed: 5 });
      return answers.filter(({ preferred }) => preferred === 'second').length / answers.length;
    });
    // σ(-Δ / 0.15) for differences of 0.1, 0.3 and 0.7.
    for (const [i, difference] of [0.1, 0.3, 0.7].entries()) {
      expect(Math.abs(errors[i] - 1 / (1 + Math.exp(difference / 0.15)))).toBeLessThan(0.035);
    }
  });

  it('refuses clips without a truth and temperatures that are none', () => {
    const pairs = [{ first: '0', second: 'unknown' }];
    expect(() => annotatePairs(pairs, truth, { dimension: 'physics', seed: 1 })).toThrow(
      /"unknown" on physics/,
    );
    expect(() => annotatePairs([], truth, { dimension: 'physics', temperature: 0, seed: 1 })).toThrow(
      /temperature/,
    );
  });
});
