import { expect, it } from 'vitest';
import { completeness } from '../../../kernel/cells/completeness.js';

it.each([
  '',
  '1 + 1',
  'let x: number = 1;\nx',
  'await [1]',
  'for await (const x of [1]) { x }',
  '// a comment',
  'using file = open()',
  'const f = async (x) => { await x }',
  '`a\nb`',
])('is complete: %s', (code) => {
  expect(completeness(code)).toEqual({ status: 'complete' });
});

it.each([
  ['function f() {', '  '],
  ['  if (x) {\n    y(', '      '],
  ['const x =', ''],
  ['1 +\n', ''],
  ['[1,\n  2,', '  '],
  ['`a\nb', ''],
  ['/* no end', ''],
  ['try { f() }', ''],
  ['let x: Array<number', ''],
  ['class A {\n  m() {}', '  '],
])('is incomplete: %s', (code, indent) => {
  expect(completeness(code)).toEqual({ status: 'incomplete', indent });
});

it.each(['let 1x = 2', 'f(1))', "'no end", 'const const = {', 'x = }', 'x = /a'])(
  'is invalid: %s',
  (code) => {
    expect(completeness(code)).toEqual({ status: 'invalid' });
  },
);
