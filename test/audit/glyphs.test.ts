import { describe, expect, it } from 'vitest';
import { textFilters, textWidth } from '../../src/audit/glyphs.js';

describe('textFilters', () => {
  it('draws the runs of a letter as boxes', () => {
    // T: a bar of three squares, and four rows of the middle one.
    const bar = 'drawbox=x=10:y=20:w=6:h=2:color=red:t=fill';
    const stem = [22, 24, 26, 28].map((y) => `drawbox=x=12:y=${y}:w=2:h=2:color=red:t=fill`);
    expect(textFilters('T', { x: 10, y: 20, square: 2 }, 'red')).toEqual([bar, ...stem]);
  });

  it('sets letters four columns apart', () => {
    expect(textWidth('TT')).toBe(7);
    expect(textFilters(' T', { x: 0, y: 0, square: 1 }, 'red')[0]).toContain('x=4:');
  });

  it('refuses a letter that it cannot draw', () => {
    expect(() => textFilters('é', { x: 0, y: 0, square: 1 }, 'red')).toThrow('no letter "é"');
  });
});
