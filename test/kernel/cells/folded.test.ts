import { expect, it } from 'vitest';
import { folded } from '../../../kernel/cells/folded.js';

it('folds a map: its text, and a table of its entries', () => {
  const html = folded(new Map([['<b>', 1]]))!;
  expect(html).toMatch(
    /^<details><summary[^>]*><code>Map\(1\) \{ &#39;&#60;b&#62;&#39; =&#62; 1 \}<\/code><\/summary>/,
  );
  expect(html).toContain('&#60;b&#62;</td>');
  expect(html).toContain('1 entry');
});

it('folds a set, and what is in it', () => {
  const html = folded(new Set([new Map([['inner', new Set([5])]])]))!;
  expect(html.match(/<details>/g)).toHaveLength(3);
});

it('shows a part of a large one', () => {
  const html = folded(new Map(Array.from({ length: 1e5 }, (_, i) => [i, new Set([i])])))!;
  expect(html).toContain('100,000 entries; shown: the first 100');
  expect(html.length).toBeLessThan(500_000);
});

it('ends in a map that holds itself', () => {
  const map = new Map<string, unknown>();
  map.set('self', map);
  expect(folded(map)!.match(/<details>/g)).toHaveLength(3);
});

it('asks the built-in entries, whatever a subclass says', () => {
  class Odd extends Map<unknown, unknown> {
    override entries(): never {
      throw new Error('entries');
    }
    override get size(): never {
      throw new Error('size');
    }
  }
  expect(folded(new Odd([[1, 2]]))).toContain('1 entry');
});

it.each([[{}], [[]], [null], [new WeakMap()], [new Proxy(new Map(), {})]])('folds nothing else', (value) => {
  expect(folded(value)).toBeUndefined();
});
