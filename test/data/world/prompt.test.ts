import { describe, expect, it } from 'vitest';
import { Random } from '../../../src/base/random.js';
import { drawPhrases, kindsOf, promptText, vocabulary } from '../../../src/data/world/prompt.js';

const drawn = Array.from({ length: 2000 }, (_, seed) => drawPhrases(new Random(seed)));

describe('promptText', () => {
  it('writes counts, verbs and directions as English does', () => {
    expect(
      promptText([
        { count: 1, colour: 'red', shape: 'circle', motion: 'falls' },
        { count: 2, colour: 'blue', shape: 'square', motion: 'rolls right' },
      ]),
    ).toBe('a red circle falls and two blue squares slide right');
    expect(promptText([{ count: 1, colour: 'black', shape: 'circle', motion: 'rolls left' }])).toBe(
      'a black circle rolls left',
    );
    expect(promptText([{ count: 3, colour: 'green', shape: 'triangle', motion: 'flies left' }])).toBe(
      'three green triangles fly left',
    );
  });

  it('stays within a small vocabulary, of which every word is used', () => {
    const used = new Set(drawn.flatMap((phrases) => promptText(phrases).split(' ')));
    expect([...used].sort()).toEqual([...vocabulary].sort());
    expect(vocabulary.length).toBeLessThan(60);
  });
});

describe('drawPhrases', () => {
  it('asks for 1 to 3 bodies of which one moves, in many ways', () => {
    for (const phrases of drawn) {
      expect(kindsOf(phrases).length).toBe(phrases.reduce((sum, { count }) => sum + count, 0));
      expect([1, 2, 3]).toContain(kindsOf(phrases).length);
      expect(phrases.some(({ motion }) => motion !== 'rests')).toBe(true);
    }
    expect(new Set(drawn.map(promptText)).size).toBeGreaterThan(1000);
  });

  it('never asks for one colour and shape in two phrases', () => {
    for (const phrases of drawn) {
      expect(new Set(phrases.map(({ colour, shape }) => `${colour} ${shape}`)).size).toBe(phrases.length);
    }
  });
});
