import { describe, expect, it } from 'vitest';
import { Observed } from '../../kernel/hotLoops.js';
import { parameters, transformCell, transformModule } from '../../kernel/transform.js';

/** Runs a transformed cell with the variables `exports`; gives its value and the accessors that it defines. */
async function run(js: string, { exports = {}, result = undefined as string | undefined, words = [0] } = {}) {
  const { code } = transformCell(js, { result, observed: new Observed() });
  let defined: Record<string, unknown> = {};
  const globals: Record<string, unknown> = {
    exports,
    [parameters.words]: words,
    [parameters.stop]: () => {
      throw new Error('stopped');
    },
    [parameters.live]: (value: unknown) => value,
    [parameters.import]: async (specifier: string, options: unknown) => ({
      default: [specifier, options],
      named: 1,
    }),
    [parameters.define]: (accessors: Record<string, unknown>) => {
      defined = accessors;
    },
    [parameters.meta]: { url: 'file:///here' },
  };
  const cell = new Function(...Object.keys(globals), `return (async () => {"use strict";${code}})()`);
  const value = await cell(...Object.values(globals));
  return { value, defined, code };
}

describe('transformCell', () => {
  it('gives later cells accessors of locals', async () => {
    const { defined } = await run('let a = 1; const b = () => a; export { a, b };');
    defined.a = 5;
    expect([(defined.b as () => number)(), defined.a]).toEqual([5, 5]);
  });

  it('returns the named constant', async () => {
    expect((await run('export const last = 6 * 7;', { result: 'last' })).value).toBe(42);
  });

  it('returns the named constant that has a comment above its value', async () => {
    expect((await run('export const last = // the answer\n6 * 7;', { result: 'last' })).value).toBe(42);
  });

  it('imports at the top, in each way, with attributes', async () => {
    const js = `export const last = [d, e, all.named, star.default[0], json];
import d, { named as e } from 'a'; import * as all from 'b'; import f, * as star from 'c'; import 'bare';
import json from './x.json' with { type: 'json' }; export { d, e };`;
    const { value, defined } = await run(js, { result: 'last' });
    expect(value).toEqual([['a', undefined], 1, 1, 'c', ['./x.json', { with: { type: 'json' } }]]);
    expect(Object.getOwnPropertyDescriptor(defined, 'd')?.set).toBeUndefined();
  });

  it('replaces import() and import.meta', async () => {
    const js = 'export const last = [(await import("x")).named, import.meta.url];';
    expect((await run(js, { result: 'last' })).value).toEqual([1, 'file:///here']);
  });

  it('calls functions of earlier cells without a this', async () => {
    const exports = {
      whoAmI: function (this: unknown) {
        return this;
      },
    };
    expect((await run('export const last = exports.whoAmI();', { result: 'last', exports })).value).not.toBe(
      exports,
    );
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
    await expect(run(js, { words: [1] })).rejects.toThrow('stopped');
  });

  it('breaks no loop that nobody interrupts', async () => {
    const js = `let n = 0; outer: for (let i = 0; i < 3; i++) { for (const j of [1, 2, 3]) { if (j === 2) continue outer; n += j; } }
for (const k in { a: 1, b: 2 }) n++; let m = 3; while (m --> 0) n++; do n++; while (n < 0);
export { n }; export const last = n;`;
    expect((await run(js, { result: 'last' })).value).toBe(9);
  });
});

describe('loops on copies', () => {
  it('leave the same values as without', async () => {
    const js = `let s = 0.5; const a = [1, 2, 3]; for (const x of a) { s += x; exports.t += x; exports.u = s; }
export { s, a };`;
    const exports = { t: 1, u: 0 };
    const { defined, code } = await run(js, { exports });
    expect([defined.s, exports]).toEqual([6.5, { t: 7, u: 6.5 }]);
    expect(code).toContain('__copy_s');
  });

  it('leave what was assigned when the loop throws', async () => {
    const exports = { t: 0 };
    await expect(
      run('for (;;) { exports.t++; if (exports.t === 3) throw new Error("three"); }', { exports }),
    ).rejects.toThrow('three');
    expect(exports.t).toBe(3);
  });

  it('do not copy what a function sees', async () => {
    const js = `let n = 0; const bump = () => { n += 10; }; for (let i = 0; i < 3; i++) { bump(); n++; }
export { n, bump }; export const last = n;`;
    const { value, code } = await run(js, { result: 'last' });
    expect(value).toBe(33);
    expect(code).not.toContain('__copy_n');
  });

  it('do not copy what a function of another cell follows by its name', () => {
    const observed = new Observed();
    const loop = 'let n = 0; for (let i = 0; i < 3; i++) n++; export { n };';
    expect(transformCell(loop, { observed }).code).toContain('__copy_n');
    transformCell('const show = () => exports.n; export { show };', { observed });
    expect(transformCell(loop, { observed }).code).not.toContain('__copy_n');
  });

  it('copy a variable anew when it is declared anew without a function', () => {
    const observed = new Observed();
    transformCell('let n = 0; const get = () => n; export { n, get };', { observed });
    expect(transformCell('for (;;) exports.n++;', { observed }).code).not.toContain('__copy_n');
    transformCell('let n = 0; export { n };', { observed });
    expect(transformCell('for (;;) exports.n++;', { observed }).code).toContain('__copy_n');
  });

  it('do not copy across an await', () => {
    const js = 'let n = 0; for (;;) { await null; n++; for (;;) n++; } export { n };';
    const { code } = transformCell(js, { observed: new Observed() });
    expect(code.match(/let __copy_n/g)).toHaveLength(1);
  });

  it('do not clash with a var of the loop', async () => {
    const js = 'for (var i = 0; i < 3; i++); export { i }; export const last = i;';
    expect((await run(js, { result: 'last' })).value).toBe(3);
  });

  it('know a name that means something else inside', async () => {
    const js = `let s = 0; const f = (s) => s + 1; for (const x of [1, 2]) { s += x; { const s = 9; f(s); } } export { s, f };`;
    const { defined, code } = await run(js);
    expect(defined.s).toBe(3);
    expect(code).toContain('__copy_s');
  });
});

it('makes CommonJS of a module, with checks', () => {
  const { code } = transformModule('export async function f() { for (;;); await 1; }');
  expect(code).toContain('exports.f = f');
  expect(code).toContain(`${parameters.words}[0] & 1`);
  expect(code).toContain(`${parameters.live}(await 1)`);
});
