import { table } from 'arquero';
import { expect, it } from 'vitest';
import { bundleOf } from '../../../kernel/cells/bundle.js';
import { jupyterDisplay } from '../../../src/base/host.js';

it('lets a value show itself', async () => {
  const bundle = { 'text/html': '<b>x</b>' };
  expect(await bundleOf({ [jupyterDisplay]: () => bundle })).toBe(bundle);
});

it('shows an arquero table as HTML and as a table of text', async () => {
  const bundle = await bundleOf(table({ clip: ['a', 'b'], score: [1.5, -2] }));
  expect(bundle['text/html']).toContain('<table>');
  expect(bundle['text/html']).toContain('2 rows, 2 columns');
  expect(bundle['text/plain']).toMatch(/│ clip +│ score +│/);
});

it('escapes cells and column names of a table', async () => {
  const bundle = await bundleOf(table({ '<img src=x onerror=alert(1)>': ['<script>alert(1)</script>'] }));
  expect(bundle['text/html']).not.toMatch(/<script|<img/);
});

it('shows a long table in part and says its size', async () => {
  const bundle = await bundleOf(table({ n: Array.from({ length: 5000 }, (_, i) => i) }));
  expect((bundle['text/html'] as string).match(/<tr>/g)).toHaveLength(21);
  expect(bundle['text/html']).toContain('5000 rows');
});

it('shows all else as Node prints it', async () => {
  expect(await bundleOf([{ a: 1 }])).toEqual({ 'text/plain': '[ { a: 1 } ]' });
});
