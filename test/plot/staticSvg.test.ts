import { parseHTML } from 'linkedom';
import { expect, it } from 'vitest';
import { staticSvg } from '../../src/plot/staticSvg.js';
import { type Layout, type Trace, verticalLine } from '../../src/plot/traces.js';

const bars: Trace = {
  type: 'bar',
  name: 'bars',
  x: [0.5, 1.5, 2.5],
  y: [1, 2, 4],
  width: 1,
  marker: { color: '#123456', opacity: 0.5 },
};
const layout: Layout = { title: { text: 'A <b>title</b>' }, xaxis: { title: { text: 'across' } }, yaxis: {} };
const parse = (svg: string) => parseHTML(`<body>${svg}</body>`).document;
const texts = (svg: string) =>
  Array.from(parse(svg).querySelectorAll('text'), ({ textContent }) => textContent);

it('draws a bar for each value, as high as the value', () => {
  const rects = parse(staticSvg([bars], layout)).querySelectorAll('g[fill="#123456"] rect');
  const heights = Array.from(rects, (rect) => Number(rect.getAttribute('height')));
  expect(heights).toHaveLength(3);
  expect(heights[2] + 1).toBeCloseTo(2 * (heights[1] + 1), 0);
});

it('draws lines, leaving out what is not finite, and vertical lines', () => {
  const line: Trace = {
    type: 'scatter',
    mode: 'lines',
    name: 'line',
    x: [0, 1, 2],
    y: [0, Number.NaN, 1],
    line: { color: '#654321' },
  };
  const document = parse(staticSvg([line], { ...layout, shapes: [verticalLine(1)] }));
  const path = document.querySelector('g[stroke="#654321"] path')!.getAttribute('d')!;
  expect(path.match(/[ML]/g)).toHaveLength(2);
  expect(path).not.toContain('NaN');
  expect(document.querySelectorAll('g[aria-label="rule"] line')).toHaveLength(1);
});

it('writes title, legend and axis titles as text', () => {
  const svg = staticSvg([bars], layout);
  expect(texts(svg)).toEqual(expect.arrayContaining(['A <b>title</b>', 'bars', 'across']));
  expect(svg).not.toContain('<b>');
});

it('draws a panel for each vertical axis, with one horizontal axis', () => {
  const second: Trace = { ...bars, yaxis: 'y2' };
  const document = parse(
    staticSvg([bars, second], {
      ...layout,
      yaxis: { domain: [0.5, 1] },
      yaxis2: { domain: [0, 0.45] },
    }),
  );
  expect(document.querySelectorAll('svg svg')).toHaveLength(2);
  expect(document.querySelectorAll('[aria-label="x-axis tick label"]')).toHaveLength(1);
});

it('draws a single value without a zero-wide axis', () => {
  const svg = staticSvg([{ ...bars, x: [1], y: [1], width: 0 }], layout);
  expect(svg).not.toContain('NaN');
});
