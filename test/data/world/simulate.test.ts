import { describe, expect, it } from 'vitest';
import { kindsOf, promptText } from '../../../src/data/world/prompt.js';
import { simulate } from '../../../src/data/world/simulate.js';
import { clips } from '../../support/scene.js';

describe('simulate', () => {
  it('is a pure function of index, seed and rules', () => {
    expect(simulate(7, { seed: 1 })).toEqual(simulate(7, { seed: 1 }));
    expect(simulate(7, { seed: 1 }).frames).not.toEqual(simulate(7, { seed: 2 }).frames);
  });

  it('gives each prompt to several generators', () => {
    const made = clips(40, { seed: 3 });
    for (let first = 0; first < 40; first += 4) {
      const same = made.slice(first, first + 4);
      expect(new Set(same.map(({ promptId }) => promptId)).size).toBe(1);
      expect(same.map(({ generator }) => generator)).toEqual(['gen-a', 'gen-b', 'gen-c', 'gen-d']);
    }
  });

  it('shows what the prompt says, unless alignment fails', () => {
    for (const { prompt, phrases, bodies, faults } of clips(300, { seed: 4 })) {
      expect(prompt).toBe(promptText(phrases));
      const asked = kindsOf(phrases);
      const matches =
        bodies.length === asked.length &&
        bodies.every(({ kind, look, vx }, i) => {
          const heading = kind.motion.split(' ')[1];
          const right =
            heading === 'left' ? vx < -0.25 : heading === 'right' ? vx > 0.25 : Math.abs(vx) <= 0.05;
          return JSON.stringify(kind) === JSON.stringify(asked[i]) && look.morph === 0 && right;
        });
      if (faults.alignment === undefined) expect(matches).toBe(true);
      else if (faults.alignment.kind !== 'colour') expect(matches).toBe(false);
    }
  });

  it('fails each dimension on its own, as often as asked, and some generators more often', () => {
    const made = clips(2000, { seed: 5, failShare: { physics: 0.5, deformity: 0.2 } });
    const share = (dimension: 'physics' | 'deformity' | 'alignment', chosen = made) =>
      chosen.filter(({ faults }) => faults[dimension]).length / chosen.length;
    // Four standard deviations of a share over 2000 clips are at most 0.045.
    expect(Math.abs(share('physics') - 0.5)).toBeLessThan(0.045);
    expect(Math.abs(share('deformity') - 0.2)).toBeLessThan(0.045);
    expect(Math.abs(share('alignment') - 0.4)).toBeLessThan(0.045);
    const both = made.filter(({ faults }) => faults.physics && faults.deformity).length / made.length;
    expect(Math.abs(both - share('physics') * share('deformity'))).toBeLessThan(0.035);
    const by = (name: string) => made.filter(({ generator }) => generator === name);
    expect(share('physics', by('gen-d'))).toBeGreaterThan(share('physics', by('gen-a')) + 0.15);
  });

  it('draws strengths from the range', () => {
    const strengths = clips(400, { seed: 6, strength: [0.5, 0.6] }).flatMap(({ faults }) =>
      Object.values(faults).map((fault) => fault.strength),
    );
    expect(strengths.length).toBeGreaterThan(300);
    expect(Math.min(...strengths)).toBeGreaterThanOrEqual(0.5);
    expect(Math.max(...strengths)).toBeLessThanOrEqual(0.6);
  });

  it('makes both of two faults visible on a single body', () => {
    for (const { bodies, faults } of clips(600, { seed: 7, failShare: { physics: 1, deformity: 1 } })) {
      if (bodies.length > 1) continue;
      expect(['passes the floor', 'vanishes']).not.toContain(faults.physics?.kind);
    }
  });

  it('refuses rules out of range', () => {
    const taste = { taste: 0.5 } as Record<string, number>;
    expect(() => simulate(0, { seed: 0.5 })).toThrow(/seed must be an integer, received 0.5/);
    expect(() => simulate(-1, { seed: 1 })).toThrow(/index must be/);
    expect(() => simulate(0, { seed: 1, clipsPerPrompt: 0 })).toThrow(/clipsPerPrompt.*received 0/);
    expect(() => simulate(0, { seed: 1, failShare: 1.2 })).toThrow(/within 0 and 1, received 1.2/);
    expect(() => simulate(0, { seed: 1, failShare: { physics: -1 } })).toThrow(/physics.*received -1/);
    expect(() => simulate(0, { seed: 1, failShare: taste })).toThrow(/no dimension "taste"/);
    expect(() => simulate(0, { seed: 1, strength: [0, 1] })).toThrow(/strength must be/);
    expect(() => simulate(0, { seed: 1, strength: [0.9, 0.5] })).toThrow(/received \[0.9,0.5\]/);
  });
});
