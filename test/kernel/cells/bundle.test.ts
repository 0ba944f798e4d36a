import { table } from 'arquero';
import { describe, expect, it } from 'vitest';
import { bundleOf, displayedBundle } from '../../../kernel/cells/bundle.js';
import { jupyterDisplay } from '../../../src/base/host.js';

it('lets a value show itself', async () => {
  const bundle = { 'text/html': '<b>x</b>' };
  expect(await bundleOf({ [jupyterDisplay]: () => bundle })).toBe(bundle);
});

it('leaves the HTML of a large figure out, beside its data and its picture', async () => {
  const figure = (length: number) => ({
    'application/vnd.plotly.v1+json': { data: [] },
    'text/html': 'x'.repeat(length),
    'image/svg+xml': '<svg></svg>',
    'text/plain': 'figure',
  });
  const typesOf = async (bundle: object) => Object.keys(await bundleOf({ [jupyterDisplay]: () => bundle }));
  expect(await typesOf(figure(300_000))).toContain('text/html');
  expect(await typesOf(figure(300_001))).toEqual([
    'application/vnd.plotly.v1+json',
    'image/svg+xml',
    'text/plain',
  ]);
  expect(await typesOf({ 'text/html': 'x'.repeat(300_001) })).toEqual(['text/html']);
});

it('shows an arquero table as HTML and as a table of text', async () => {
  const bundle = await bundleOf(table({ clip: ['a', 'b'], score: [1.5, -2] }));
  expect(bundle['text/html']).toContain('<table');
  expect(bundle['text/html']).toContain('2 rows, 2 columns');
  expect(bundle['text/plain']).toMatch(/│ clip +│ score +│/);
});

it('escapes cells and column names of a table', async () => {
  const bundle = await bundleOf(table({ '<img src=x onerror=alert(1)>': ['<script>alert(1)</script>'] }));
  expect(bundle['text/html']).not.toMatch(/<script>alert|<img/);
});

it('shows a long table in part and says its size', async () => {
  const bundle = await bundleOf(table({ n: Array.from({ length: 5000 }, (_, i) => i) }));
  expect((bundle['text/html'] as string).match(/<tr>/g)).toHaveLength(101);
  expect(bundle['text/html']).toContain('5,000 rows, 1 column; shown: the first 100 rows');
  expect(bundle['text/plain']).toMatch(/│ 19 +│ 19 +│\n└─+┴─+┘\n5,000 rows, 1 column$/);
});

it('shows records as a table, beside what Node prints', async () => {
  const bundle = await bundleOf([{ a: 1 }, { a: 2 }]);
  expect(bundle['text/html']).toContain('2 rows, 1 column');
  expect(bundle['text/plain']).toBe('[ { a: 1 }, { a: 2 } ]');
});

it('shows the bytes of a picture as one', async () => {
  const png = Buffer.from('iVBORw0KGgo=', 'base64');
  for (const bytes of [png, new Uint8Array(png)])
    expect(await bundleOf(bytes)).toEqual({
      'image/png': 'iVBORw0KGgo=',
      'text/plain': expect.stringMatching(/^(<Buffer 89|Uint8Array\(8\) \[)/),
    });
  expect(Object.keys(await bundleOf(Buffer.concat([png, Buffer.alloc(2 ** 21)])))).toEqual(['text/plain']);
});

it('folds maps and sets', async () => {
  const bundle = await bundleOf(new Map([['a', 1]]));
  expect(bundle['text/html']).toMatch(/^<details>/);
  expect(bundle['text/plain']).toBe("Map(1) { 'a' => 1 }");
});

it('shows all else as Node prints it', async () => {
  expect(await bundleOf([{ a: 1 }, 2])).toEqual({ 'text/plain': '[ { a: 1 }, 2 ]' });
});

describe('an object that is given to display', () => {
  it('is a bundle, if a MIME type is among its names', async () => {
    const bundle = { 'text/html': '<b>x</b>', 'text/plain': 'x' };
    expect(await displayedBundle(bundle)).toEqual(bundle);
    expect(await displayedBundle({ 'image/png': new Uint8Array([1]) })).toEqual({ 'image/png': 'AQ==' });
  });

  it.each([
    [{ 'text/html': 5 }, 'display: expected text or bytes of text/html, received 5'],
    [
      { 'text/html': '<b>x</b>', metadata: {} },
      'display: expected a MIME type such as text/html, received "metadata"',
    ],
  ])('is an error if it is half of one', async (value, message) => {
    await expect(displayedBundle(value)).rejects.toThrow(message);
  });

  it.each([[{ 'clips/a.mp4': 1 }], [{ a: 1 }], [new Map([['text/html', 'x']])], [null], [new Proxy({}, {})]])(
    'is shown as any other value if there is none: %j',
    async (value) => {
      expect(await displayedBundle(value)).toEqual(await bundleOf(value));
    },
  );
});
