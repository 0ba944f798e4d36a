import { expect, it } from 'vitest';
import { textTable } from '../../../kernel/cells/textTable.js';

const widest = (text: string) => Math.max(...text.split('\n').map((line) => line.length));

it('is what console.table prints', () => {
  expect(textTable([{ a: 1 }], ['a'])).toBe(
    ['┌─────────┬───┐', '│ (index) │ a │', '├─────────┼───┤', '│ 0       │ 1 │', '└─────────┴───┘', ''].join(
      '\n',
    ),
  );
});

it('leaves out the columns that have no place, and names the first of them', () => {
  const columns = Array.from({ length: 40 }, (_, i) => `column${i}`);
  const text = textTable([Object.fromEntries(columns.map((name) => [name, 1]))], columns);
  expect(widest(text)).toBeLessThanOrEqual(120);
  expect(text).toMatch(/and \d+ more columns: column\d+, column\d+, column\d+, column\d+, column\d+, …\n$/);
});

it('cuts long texts off before it leaves out a column', () => {
  const text = textTable([{ prompt: 'x'.repeat(500), score: 1 }], ['prompt', 'score']);
  expect(widest(text)).toBeLessThanOrEqual(120);
  expect(text).toContain('score');
  expect(text).not.toContain('more columns');
});
