import { parseHTML } from 'linkedom';
import { describe, expect, it } from 'vitest';
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

it('has one font, its own or the one that is asked for, for ticks too', () => {
  for (const font of ['system-ui, sans-serif', 'Arimo'])
    expect(staticSvg([bars], layout, { font }).match(/font-family="[^"]*"/g)).toEqual([
      `font-family="${font}"`,
    ]);
});

it('cuts what leaves a range that is given, by ids that are the same each time', () => {
  const zoomed = (range: [number, number]) => staticSvg([bars], { ...layout, yaxis: { range } });
  expect(zoomed([0, 5])).not.toContain('clip');
  const [first, second] = [zoomed([0, 3]), zoomed([0, 3])];
  const [, id] = /<g[^>]*clip-path="url\(#(clip-\w{8}-0)\)"/.exec(first)!;
  expect(parse(first).querySelector(`clipPath[id="${id}"] rect`)).not.toBeNull();
  expect(second).toBe(first);
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

describe('any figure of plotly', () => {
  const svgOf = (data: unknown[], given: object = {}) =>
    staticSvg(data as object[], { ...layout, ...given } as Layout);

  it('names in place the kinds that it cannot draw, beside those that it can', () => {
    const svg = svgOf([
      bars,
      { type: 'pie', values: [1, 2] },
      { type: 'heatmap', z: [[1]] },
      { type: 'pie' },
    ]);
    expect(texts(svg).filter((text) => text?.includes('only where plotly runs'))).toEqual([
      '“pie” is drawn only where plotly runs.',
      '“heatmap” is drawn only where plotly runs.',
    ]);
    expect(parse(svg).querySelectorAll('g[fill="#123456"] rect')).toHaveLength(3);
  });

  it('draws points over names, lines with dots, areas, and lying bars', () => {
    const svg = svgOf([
      { x: ['a', 'b', 'a'], y: [1, 2, 3], mode: 'lines+markers', line: { color: '#111111' } },
      { type: 'bar', orientation: 'h', y: [0, 1], x: [2, 3], marker: { color: '#222222' } },
      { x: [0, 1], y: [1, 2], fill: 'tozeroy', fillcolor: '#333333', mode: 'none' },
    ]);
    const document = parse(svg);
    expect(texts(svg)).toEqual(expect.arrayContaining(['a', 'b', 'trace 0']));
    expect(document.querySelectorAll('g[stroke="#111111"] path')).toHaveLength(1);
    expect(document.querySelectorAll('g[fill="#111111"] circle')).toHaveLength(3);
    const widths = Array.from(document.querySelectorAll('g[fill="#222222"] rect'), (rect) =>
      Number(rect.getAttribute('width')),
    );
    expect((widths[1] + 1) / (widths[0] + 1)).toBeCloseTo(1.5, 1);
    expect(document.querySelectorAll('g[fill="#333333"] path')).toHaveLength(1);
  });

  it('has panels beside each other, each with its ticks, lines and notes', () => {
    const svg = svgOf([bars, { ...bars, xaxis: 'x2', yaxis: 'y2' }], {
      xaxis: { domain: [0, 0.4], anchor: 'y' },
      xaxis2: { domain: [0.6, 1], anchor: 'y2', title: 'right' },
      yaxis: {},
      yaxis2: { anchor: 'x2' },
      shapes: [verticalLine(1, '2')],
      annotations: [{ text: 'a note', x: 1, y: 2, xref: 'x2', yref: 'y2', showarrow: false }],
    });
    const document = parse(svg);
    expect(document.querySelectorAll('[aria-label="x-axis tick label"]')).toHaveLength(2);
    expect(texts(svg)).toEqual(expect.arrayContaining(['right', 'a note']));
    const placeOf = (label: Element) =>
      Number(/translate\(([\d.]+)/.exec(label.querySelector('text')!.getAttribute('transform')!)?.[1]);
    const [left, right] = Array.from(document.querySelectorAll('[aria-label="x-axis tick label"]'), placeOf);
    expect(right).toBeGreaterThan(left + 300);
    expect(
      document.querySelectorAll('svg svg:last-of-type g[aria-label="rule"] line').length,
    ).toBeGreaterThan(0);
  });

  it.each<[string, unknown[], object]>([
    ['no trace', [], {}],
    ['what is not a trace', [null, 3, 'x', []], {}],
    ['a trace without values', [{}, { type: 'bar' }, { x: [], y: [] }], {}],
    [
      'values that are none',
      [{ x: [null, 'a', Number.NaN], y: [undefined, Number.POSITIVE_INFINITY, {}] }],
      {},
    ],
    ['dates', [{ x: ['2024-01-01', '2024-01-02'], y: [1, 2] }], {}],
    ['lists of different lengths', [{ x: [1, 2, 3], y: [1] }], {}],
    [
      'an axis that is not an axis',
      [bars],
      { xaxis: 3, yaxis: null, title: 'A text', shapes: 'x', annotations: [null] },
    ],
    ['a range of names', [bars], { xaxis: { range: ['a', 'b'] }, yaxis: { range: [0] } }],
    ['a logarithmic axis below 0', [{ x: [-1, 0, 10], y: [1, 2, 3] }], { xaxis: { type: 'log' } }],
    ['an unknown format', [bars], { xaxis: { tickformat: '%%%' }, yaxis: { tickformat: '$.2fx' } }],
    ['a size that is none', [bars], { width: 'wide', height: Number.NaN }],
  ])('never throws: %s', (_, data, given) => {
    const svg = svgOf(data, given);
    expect(svg).toMatch(/^<svg .*<\/svg>$/s);
    expect(svg).not.toMatch(/="[^"]*NaN/);
  });
});

it('adds the lines of a long title and legend to its height, unless a height is asked for', () => {
  const many = Array.from({ length: 12 }, (_, i) => ({ ...bars, name: `a group with a long name ${i}` }));
  const heightOf = (svg: string) => Number(/viewBox="0 0 [\d.]+ ([\d.]+)"/.exec(svg)?.[1]);
  expect(heightOf(staticSvg(many, layout))).toBeGreaterThan(heightOf(staticSvg([bars], layout)) + 30);
  expect(heightOf(staticSvg(many, layout, { height: 300 }))).toBe(300);
});

it('tilts names that have no room beside each other', () => {
  const names = ['text2video-zero', 'videocrafter-two', 'modelscope-large'];
  const named: Layout = { ...layout, xaxis: { tickvals: [0, 1, 2], ticktext: names } };
  expect(staticSvg([bars], named, { width: 300 })).toMatch(/rotate\(-30\)/);
  expect(staticSvg([bars], named, { width: 900 })).not.toMatch(/rotate\(-30\)/);
});
