import { describe, expect, it } from 'vitest';
import { groupShares } from '../../src/plot/groupShares.js';
import { tracesOf } from '../support/traces.js';

describe('groupShares', () => {
  it('shows unequal groups as shares in the same bins', () => {
    const figure = groupShares(
      new Map([
        ['few', [1, 2]],
        ['many', [1, 1, 2, 2]],
      ]),
      { title: 'Both', axis: 'score' },
    );
    expect(tracesOf(figure).map(({ name }) => name)).toEqual(['few (2)', 'many (4)']);
    expect(tracesOf(figure)[0].x).toEqual(tracesOf(figure)[1].x);
    expect(tracesOf(figure)[0].y).toEqual(tracesOf(figure)[1].y);
    expect(tracesOf(figure)[0].type).toBe('bar');
    expect(figure.toSvg()).toContain('Both');
  });

  it('draws many groups as lines, and refuses none and empty ones', () => {
    const groups = new Map(['a', 'b', 'c'].map((name) => [name, [1, 2, 3]]));
    const drawn = tracesOf(groupShares(groups, { title: '', axis: '' }));
    expect(drawn.every(({ type }) => type === 'scatter')).toBe(true);
    expect(() => groupShares(new Map(), { title: '', axis: '' })).toThrow('at least one group');
    expect(() => groupShares(new Map([['a', []]]), { title: '', axis: '' })).toThrow('received none');
  });
});

describe('toSvg', () => {
  it('takes a size, leaves out the title, and breaks a long legend', () => {
    const groups = new Map(['one', 'two', 'three', 'four'].map((name) => [`the group ${name}`, [1, 2, 3]]));
    const svg = groupShares(groups, { title: 'The title', axis: 'x' }).toSvg({
      width: 390,
      height: 265,
      title: false,
    });
    expect(svg).toContain('viewBox="0 0 390 265"');
    expect(svg).not.toContain('The title');
    const swatches = [...svg.matchAll(/<rect[^>]*>/g)]
      .map(([rect]) => rect)
      .filter((rect) => rect.includes('rx="2"'));
    const rows = new Set(swatches.map((rect) => rect.match(/ y="(\d+)"/)?.[1]));
    expect(swatches).toHaveLength(4);
    expect(rows.size).toBe(2);
  });
});
