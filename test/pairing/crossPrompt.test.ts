import { describe, expect, it } from 'vitest';
import { crossPrompt } from '../../src/pairing/crossPrompt.js';
import { labelsOf, someLabels, tally } from '../support/labels.js';

const options = { dimension: 'physics', seed: 1 };

describe('crossPrompt', () => {
  it('puts Pass before Fail in win-lose pairs, and two Pass in a quarter of the pairs', () => {
    const pairs = crossPrompt(someLabels(300, 200), options).next(4000);
    const kinds = tally(pairs.map(({ kind }) => kind));
    expect(Object.fromEntries(kinds)).toEqual({ 'win-lose': 3000, 'win-tie': 1000 });
    for (const { chosen, rejected, kind, dimension } of pairs) {
      expect(dimension).toBe('physics');
      expect(chosen.id).toMatch(/^pass/);
      expect(rejected.id).toMatch(kind === 'win-tie' ? /^pass/ : /^fail/);
      expect(chosen.id).not.toBe(rejected.id);
      expect(chosen.path).toBe(`${chosen.id}.mp4`);
    }
  });

  it('pairs prompts by chance', () => {
    const pairs = crossPrompt(someLabels(700, 700, 7), { ...options, winTie: 0 }).next(7000);
    const same = pairs.filter(({ chosen, rejected }) => chosen.promptId === rejected.promptId).length;
    expect(same / 7000).toBeCloseTo(1 / 7, 1);
  });

  it('makes lose-ties when asked to', () => {
    const pairs = crossPrompt(someLabels(20, 20), { ...options, winTie: 0, loseTie: 0.5 }).next(100);
    const ties = pairs.filter(({ kind }) => kind === 'lose-tie');
    expect(ties).toHaveLength(50);
    for (const { chosen, rejected } of ties) expect(`${chosen.id} ${rejected.id}`).toMatch(/^fail.* fail/);
  });

  it('streams 250,000 clips balanced, without a list of pairs', () => {
    const stream = crossPrompt(someLabels(100_000, 150_000), { ...options, winTie: 0 });
    expect(stream.length).toBe(150_000);
    const pairs = stream.next(150_000);
    expect(new Set(pairs.map(({ rejected }) => rejected.id)).size).toBe(150_000);
    const counts = [...tally(pairs.map(({ chosen }) => chosen.id)).values()];
    expect(counts.length).toBe(100_000);
    expect(counts.every((count) => count === 1 || count === 2)).toBe(true);
  });

  it('says which side of which dimension is empty, and what to do', () => {
    expect(() => crossPrompt(someLabels(0, 12), options)).toThrow(
      /dimension "physics" has 0 Pass and 12 Fail clips, .* needed that Pass; label more clips, or move the threshold/,
    );
    expect(() => crossPrompt(someLabels(5, 0), options)).toThrow(
      /5 Pass and 0 Fail clips, .* needed that Fail/,
    );
    expect(() => crossPrompt(someLabels(1, 5), options)).toThrow(
      /at least two are needed .* set winTie to 0/,
    );
    expect(crossPrompt(someLabels(1, 5), { ...options, winTie: 0 }).next(3)).toHaveLength(3);
    expect(crossPrompt(someLabels(5, 0), { ...options, winTie: 1 }).next(3)).toHaveLength(3);
  });

  it('refuses a clip that is labelled twice', () => {
    const labels = labelsOf([
      { clip: 'a', pass: true },
      { clip: 'a', pass: false },
    ]);
    expect(() => crossPrompt(labels, options)).toThrow('clip "a" has two labels in dimension "physics"');
  });

  it('refuses shares that are none', () => {
    expect(() => crossPrompt(someLabels(3, 3), { ...options, winTie: 2 })).toThrow(
      'crossPrompt: expected shares',
    );
  });
});
