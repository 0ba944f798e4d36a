import { describe, expect, it } from 'vitest';
import { Observed } from '../../../kernel/cells/hotLoops.js';
import { parameters, transformCell, transformModule } from '../../../kernel/cells/transform.js';
import { runTransformed } from '../../support/runTransformed.js';

describe('transformCell', () => {
  it('gives later cells accessors of locals', async () => {
    const { defined } = await runTransformed('let a = 1; const b = () => a; export { a, b };');
    defined.a = 5;
    expect([(defined.b as () => number)(), defined.a]).toEqual([5, 5]);
  });

  it('returns the named constant', async () => {
    expect((await runTransformed('export const last = 6 * 7;', { result: 'last' })).value).toBe(42);
  });

  it('returns the named constant that has a comment above its value', async () => {
    expect(
      (await runTransformed('export const last = // the answer\n6 * 7;', { result: 'last' })).value,
    ).toBe(42);
  });

  it('imports at the top, in each way, with attributes', async () => {
    const js = `export const last = [d, e, all.named, star.default[0], json];
import d, { named as e } from 'a'; import * as all from 'b'; import f, * as star from 'c'; import 'bare';
import json from './x.json' with { type: 'json' }; export { d, e };`;
    const { value, defined } = await runTransformed(js, { result: 'last' });
    expect(value).toEqual([['a', undefined], 1, 1, 'c', ['./x.json', { with: { type: 'json' } }]]);
    expect(Object.getOwnPropertyDescriptor(defined, 'd')?.set).toBeUndefined();
  });

  it('replaces import() and import.meta', async () => {
    const js = 'export const last = [(await import("x")).named, import.meta.url];';
    expect((await runTransformed(js, { result: 'last' })).value).toEqual([1, 'file:///here']);
  });

  it('calls functions of earlier cells without a this', async () => {
    const exports = {
      whoAmI: function (this: unknown) {
        return this;
      },
    };
    expect(
      (await runTransformed('export const last = exports.whoAmI();', { result: 'last', exports })).value,
    ).not.toBe(exports);
  });

  it('refuses a re-export', () => {
    const transform = () => transformCell('export * from "x";', { observed: new Observed() });
    expect(transform).toThrow('a cell cannot re-export a module');
  });

  it.each([
    'for (;;);',
    'while (true) { }',
    'do { } while (true);',
    'for (const x of [1]) ;',
    'for (const x in { a: 1 }) ;',
    'outer: for (;;) { for (;;) continue outer; }',
    'const f = () => { for (;;); }; f();',
    'class A { static { for (;;); } }',
  ])('stops %s', async (js) => {
    await expect(runTransformed(js, { words: [1] })).rejects.toThrow('stopped');
  });

  it('breaks no loop that nobody interrupts', async () => {
    const js = `let n = 0; outer: for (let i = 0; i < 3; i++) { for (const j of [1, 2, 3]) { if (j === 2) continue outer; n += j; } }
for (const k in { a: 1, b: 2 }) n++; let m = 3; while (m --> 0) n++; do n++; while (n < 0);
export { n }; export const last = n;`;
    expect((await runTransformed(js, { result: 'last' })).value).toBe(9);
  });
});

it('makes CommonJS of a module, with checks', () => {
  const { code } = transformModule('export async function f() { for (;;); await 1; }');
  expect(code).toContain('exports.f = f');
  expect(code).toContain(`${parameters.words}[0] & 1`);
  expect(code).toContain(`${parameters.live}(await 1)`);
});
