import { Console } from 'node:console';
import { PassThrough } from 'node:stream';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { consoleTable } from '../../../kernel/cells/consoleTable.js';
import type { MimeBundle } from '../../../src/base/host.js';

afterEach(() => vi.restoreAllMocks());

/** What a call shows, and what Node itself prints. */
function tabled(data: unknown, properties?: string[]): { shown: MimeBundle | undefined; node: string } {
  let shown: MimeBundle | undefined;
  consoleTable((bundle) => {
    shown = bundle;
  })(data, properties);
  const stdout = new PassThrough({ encoding: 'utf8' });
  new Console({ stdout }).table(data, properties);
  return { shown, node: stdout.read() };
}

describe('as Node prints it, and as HTML', () => {
  it.each([
    [
      'records',
      [
        { a: 1, b: 'x' },
        { a: 2, c: true },
      ],
    ],
    ['numbers', [1, 2, 3]],
    ['records and numbers', [{ a: 1 }, 2]],
    [
      'rows',
      [
        [1, 2],
        [3, 4],
      ],
    ],
    ['an object of records', { first: { a: 1 }, second: { a: 2 } }],
    ['a map', new Map([['key', { a: 1 }]])],
    ['a set', new Set(['x', 'y'])],
    ['a typed array', new Float32Array([0.5, 1])],
    ['nothing in it', []],
  ])('%s', (_, data) => {
    const { shown, node } = tabled(data);
    expect(shown!['text/plain']).toBe(node);
    expect(shown!['text/html']).toContain('<table');
  });

  it('some of the columns', () => {
    const { shown, node } = tabled([{ a: 1, b: 2 }], ['b']);
    expect(shown!['text/plain']).toBe(node);
    expect(shown!['text/html']).not.toContain('>a<');
  });
});

it('prints what is not a table', () => {
  const log = vi.spyOn(console, 'log').mockImplementation(() => {});
  consoleTable(() => {
    throw new Error('shown');
  })(5);
  expect(log.mock.calls).toEqual([[5]]);
});

it('shows the beginning of a long one, and says how long it is', () => {
  const { shown } = tabled(Array.from({ length: 1000 }, (_, i) => ({ i })));
  expect(shown!['text/plain']).toMatch(/1,000 rows, 2 columns; shown: the first 100 rows\n$/);
  expect((shown!['text/html'] as string).match(/<tr>/g)).toHaveLength(101);
});
