import { describe, expect, it } from 'vitest';
import { inPrompt } from '../../src/pairing/inPrompt.js';
import { labelsOf, someLabels } from '../support/labels.js';

const options = { dimension: 'physics', seed: 1 };

describe('inPrompt', () => {
  it('pairs clips of the same prompt only', () => {
    const pairs = inPrompt(someLabels(40, 60), { ...options, winTie: 0.2, loseTie: 0.1 }).next(1000);
    for (const { chosen, rejected } of pairs) {
      expect(chosen.promptId).toBe(rejected.promptId);
      expect(chosen.id).not.toBe(rejected.id);
    }
    const share = (wanted: string) => pairs.filter(({ kind }) => kind === wanted).length / 1000;
    expect(share('win-tie')).toBeCloseTo(0.2, 2);
    expect(share('lose-tie')).toBeCloseTo(0.1, 2);
  });

  it('leaves out a prompt whose clips have one label only', () => {
    const labels = labelsOf([
      { clip: 'a', pass: true, promptId: '1' },
      { clip: 'b', pass: false, promptId: '1' },
      { clip: 'c', pass: true, promptId: '2' },
    ]);
    const pairs = inPrompt(labels, { ...options, winTie: 0 }).next(5);
    expect(new Set(pairs.map(({ chosen, rejected }) => chosen.id + rejected.id))).toEqual(new Set(['ab']));
  });

  it('says what is missing when no prompt has the clips of a pair', () => {
    const apart = labelsOf([
      { clip: 'a', pass: true, promptId: '1' },
      { clip: 'b', pass: true, promptId: '2' },
      { clip: 'c', pass: false, promptId: '3' },
      { clip: 'd', pass: false, promptId: '3' },
    ]);
    expect(() => inPrompt(apart, { ...options, winTie: 0 })).toThrow(
      /none of the 3 prompts of dimension "physics" has both a Pass and a Fail clip .* use crossPrompt/,
    );
    expect(() => inPrompt(apart, { ...options, winTie: 1 })).toThrow(/two Pass clips .* set winTie to 0/);
    expect(inPrompt(apart, { ...options, winTie: 0, loseTie: 1 }).next(1)[0].kind).toBe('lose-tie');
  });

  it('refuses clips without a prompt', () => {
    const labels = labelsOf([
      { clip: 'a', pass: true },
      { clip: 'b', pass: false },
    ]);
    expect(() => inPrompt(labels, { ...options, winTie: 0 })).toThrow(
      'clip "a" has neither promptId nor prompt',
    );
  });
});
