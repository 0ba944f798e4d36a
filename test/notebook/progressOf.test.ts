import { expect, it } from 'vitest';
import { progressOf } from '../../src/notebook/progressOf.js';
import { insideNotebook } from '../support/fakeHost.js';

const notebook = insideNotebook();
const lines = () => notebook.shown.map(({ bundle }) => String(bundle['text/plain']));

it('goes through an array and shows how far it is', () => {
  const seen: number[] = [];
  for (const item of progressOf([5, 6, 7], { label: 'clips' })) seen.push(item);
  expect(seen).toEqual([5, 6, 7]);
  expect(lines()[0]).toMatch(/^clips 0\/3 0%/);
  expect(lines().at(-1)).toMatch(/^clips 3\/3 100% in 0:0\d$/);
  expect(notebook.shown.slice(1).every(({ options }) => options?.update)).toBe(true);
});

it('goes through what comes in time, with a total that is told', async () => {
  async function* coming() {
    yield 'a';
    yield 'b';
  }
  const seen: string[] = [];
  for await (const item of progressOf(coming(), { total: 2 })) seen.push(item);
  expect(seen).toEqual(['a', 'b']);
  expect(lines().at(-1)).toMatch(/^items 2\/2 100%/);
});

it('counts where nobody knows how many there are', () => {
  function* some() {
    yield 1;
    yield 2;
  }
  expect([...progressOf(some())]).toEqual([1, 2]);
  expect(lines().at(-1)).toMatch(/^items 2/);
});

it('knows the size of a set and of nothing', () => {
  expect([...progressOf(new Set([1, 2]))]).toEqual([1, 2]);
  expect(lines().at(-1)).toContain('2/2');
  expect([...progressOf([])]).toEqual([]);
});

it('shows where a loop was left, and closes what it went through', () => {
  let closed = false;
  function* endless() {
    try {
      for (let i = 0; ; i++) yield i;
    } finally {
      closed = true;
    }
  }
  for (const i of progressOf(endless(), { total: 10 })) if (i === 3) break;
  expect(lines().at(-1)).toContain('3/10');
  expect(closed).toBe(true);
});

it('refuses what cannot be gone through, and a total below 0', () => {
  expect(() => progressOf(5 as never)).toThrow(
    'progressOf: expected something to go through, such as an array, received number',
  );
  expect(() => progressOf(null as never)).toThrow('received object');
  expect(() => progressOf([], { total: -1 })).toThrow(
    'progressOf: "items": total must be 0 or more, received -1',
  );
});
