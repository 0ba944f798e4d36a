import { table as arqueroTable } from 'arquero';
import { expect, it } from 'vitest';
import { jupyterDisplay, type MimeBundle } from '../../src/base/host.js';
import { table } from '../../src/notebook/table.js';

const rows = [
  { metric: 'accuracy', value: 0.912345 },
  { metric: 'auc', value: 0.95 },
];

it('is aligned text', () => {
  expect(table(rows, { caption: 'Evaluation' }).toString()).toBe(
    ['Evaluation', 'metric     value', '--------  ------', 'accuracy  0.9123', 'auc         0.95'].join('\n'),
  );
});

it('takes an arquero table and formats of columns', () => {
  const source = arqueroTable({ clip: ['a'], score: [1.5] });
  const shown = table(source, { format: { score: (value) => `${value} points` } });
  expect(shown.toString()).toContain('1.5 points');
});

it('shows what is in it as text only', () => {
  const evil = '<script>alert(1)</script>';
  const bundle = table([{ [evil]: evil }], { caption: evil })[jupyterDisplay]() as MimeBundle;
  expect(bundle['text/html']).not.toContain('<script>alert');
  expect(bundle['text/html']).toContain('&#60;script&#62;');
});
