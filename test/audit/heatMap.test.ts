import { parseHTML } from 'linkedom';
import { describe, expect, it } from 'vitest';
import { familyLines } from '../../src/audit/familyLines.js';
import { type Drawn, heatMap } from '../../src/audit/heatMap.js';
import type { Row, Verdict } from '../../src/audit/verdicts.js';

const row = (family: Row['family'], level: number, value: number, adjusted: number): Row => ({
  ...{
    family,
    level,
    strength: `“<${level}>” & more`,
    expectation: 'drop',
    clips: 30,
    wins: 0.5,
    p: adjusted,
    adjusted,
  },
  drop: { value, low: value - 0.2, high: value + 0.2 },
});
const rows = [
  row('blur', 1, 0.5, 0.2),
  row('blur', 2, 1, 0.01),
  row('blur', 3, 4, 0.001),
  row('reversed', 1, -1.25, 0.01),
];
const verdicts: Verdict[] = [
  {
    ...{
      kind: 'wrong way',
      family: 'reversed',
      level: 1,
      strength: '',
      text: '',
      drop: rows[3].drop,
      adjusted: 0.01,
    },
    worst: { clip: 0, first: 0, second: 1 },
  },
];
const drawn: Drawn = {
  name: 'a <script>model</script> with a very long name that nobody can read in one line',
  rows,
  verdicts,
};
const shapes = (svg: string, tag: string) => [
  ...parseHTML(`<html><body>${svg}</body></html>`).document.querySelectorAll(tag),
];

describe('heatMap', () => {
  it('has a cell for each level, as strong as its drop, framed where there is a verdict', () => {
    const svg = heatMap([drawn]).toSvg();
    const cells = shapes(svg, 'rect');
    expect(cells).toHaveLength(4);
    expect(cells.map((cell) => Number(cell.getAttribute('fill-opacity')))).toBeAllclose(
      [0.2125, 0.425, 0.85, 0.53125],
      {
        rtol: 1e-2,
      },
    );
    const [costs, preferred] = [cells[0], cells[3]].map((cell) => cell.getAttribute('fill'));
    expect(costs).not.toBe(preferred);
    expect(cells.map((cell) => cell.hasAttribute('stroke'))).toEqual([false, false, false, true]);
    const words = shapes(svg, 'text').map(({ textContent }) => textContent);
    for (const word of ['+0.50', '+1.00*', '+4.00*', '−1.25*', 'wrong way', 'blur', 'drop'])
      expect(words).toContain(word);
    expect(shapes(svg, 'title')[0].textContent).toBe('blur, “<1>” & more: +0.50 (+0.30 to +0.70)');
  });

  it('draws two audits side by side, and runs nothing of their names', () => {
    const picture = heatMap([drawn, { ...drawn, name: 'other' }]);
    expect(shapes(picture.toSvg(), 'rect')).toHaveLength(8);
    expect(picture.toSvg()).not.toContain('<script');
    expect(picture.summary).toContain('other: mean drop in deviations of the control');
    expect(picture.summary).toContain('reversed 1        drop    −1.25* wrong way');
  });
});

describe('familyLines', () => {
  it('draws a line for each family with levels, all on one scale', () => {
    const svg = familyLines([drawn]).toSvg();
    expect(shapes(svg, 'polyline')).toHaveLength(1);
    const heights = shapes(svg, 'circle').map((dot) => Number(dot.getAttribute('cy')));
    expect(heights).toHaveLength(3);
    // Three times as far from 1 to 4 as from 0 to 1, of which 0.5 is the half.
    expect((heights[1] - heights[2]) / (heights[0] - heights[1])).toBeCloseTo(6, 0);
    expect(familyLines([drawn]).summary).toBe('Mean drop by strength\nblur: +0.50 +1.00 +4.00');
  });

  it('is empty where no family has levels', () => {
    expect(shapes(familyLines([{ ...drawn, rows: rows.slice(3) }]).toSvg(), 'circle')).toHaveLength(0);
  });
});
