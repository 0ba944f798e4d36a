import { describe, expect, it } from 'vitest';
import { groupShares } from '../../src/plot/groupShares.js';
import { precisionRecallCurve } from '../../src/plot/precisionRecallCurve.js';
import { reliabilityCurve } from '../../src/plot/reliabilityCurve.js';
import { roc } from '../../src/plot/roc.js';
import { thin } from '../../src/plot/thin.js';
import { thresholdCosts } from '../../src/plot/thresholdCosts.js';

const scores = [1, 2, 3, 4];
const labels = [false, true, false, true];

describe('groupShares', () => {
  it('shows unequal groups as shares in the same bins', () => {
    const figure = groupShares(
      new Map([
        ['few', [1, 2]],
        ['many', [1, 1, 2, 2]],
      ]),
      { title: 'Both', axis: 'score' },
    );
    expect(figure.data.map(({ name }) => name)).toEqual(['few (2)', 'many (4)']);
    expect(figure.data[0].x).toEqual(figure.data[1].x);
    expect(figure.data[0].y).toEqual(figure.data[1].y);
    expect(figure.data[0].type).toBe('bar');
    expect(figure.toSvg()).toContain('Both');
  });

  it('draws many groups as lines, and refuses none and empty ones', () => {
    const groups = new Map(['a', 'b', 'c'].map((name) => [name, [1, 2, 3]]));
    expect(groupShares(groups, { title: '', axis: '' }).data.every(({ type }) => type === 'scatter')).toBe(
      true,
    );
    expect(() => groupShares(new Map(), { title: '', axis: '' })).toThrow('at least one group');
    expect(() => groupShares(new Map([['a', []]]), { title: '', axis: '' })).toThrow('received none');
  });
});

describe('curves', () => {
  it('precisionRecallCurve has the average precision in its title and chance at the share of Pass', () => {
    const figure = precisionRecallCurve(scores, labels);
    // Precision 1 at recall 1/2, and 2/3 at recall 1.
    expect(figure.summary).toBe('Precision and recall: average precision 0.833');
    expect(figure.data[1].y).toEqual([0.5, 0.5]);
  });

  it('reliabilityCurve has a dot with its interval for each bin that has clips', () => {
    const figure = reliabilityCurve([0.1, 0.1, 0.9, 0.9], [false, false, true, false]);
    expect(figure.data[0]).toMatchObject({ x: [0.1, 0.9], y: [0, 0.5] });
    const svg = figure.toSvg();
    expect(svg.match(/<circle/g)).toHaveLength(2);
    expect(svg).toContain('expected error');
  });

  it('thresholdCosts has a line at the cheapest threshold, and none where nothing passes', () => {
    const figure = thresholdCosts(scores, labels);
    expect(figure.layout.shapes?.[0].x0).toBe(4);
    expect(figure.summary).toBe('Threshold: cheapest at 4.00, cost 0.250 a clip');
    expect(thresholdCosts([1, 2], [true, false], { falsePass: 9 }).layout.shapes).toEqual([]);
  });

  it('are drawn with some hundreds of points', () => {
    const many = Array.from({ length: 5000 }, (_, i) => i);
    const figure = roc(
      many,
      many.map((i) => i % 3 === 0),
    );
    expect(figure.data[0].x).toHaveLength(300);
    expect([figure.data[0].x[0], figure.data[0].x[299]]).toEqual([0, 1]);
    expect(thin(3)).toEqual([0, 1, 2]);
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
