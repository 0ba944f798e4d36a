import { describe, expect, it } from 'vitest';
import { Observed } from '../../../kernel/cells/hotLoops.js';
import { transformCell } from '../../../kernel/cells/transform.js';
import { runTransformed } from '../../support/runTransformed.js';

describe('loops on copies', () => {
  it('leave the same values as without', async () => {
    const js = `let s = 0.5; const a = [1, 2, 3]; for (const x of a) { s += x; exports.t += x; exports.u = s; }
export { s, a };`;
    const exports = { t: 1, u: 0 };
    const { defined, code } = await runTransformed(js, { exports });
    expect([defined.s, exports]).toEqual([6.5, { t: 7, u: 6.5 }]);
    expect(code).toContain('__copy_s');
  });

  it('leave what was assigned when the loop throws', async () => {
    const exports = { t: 0 };
    await expect(
      runTransformed('for (;;) { exports.t++; if (exports.t === 3) throw new Error("three"); }', { exports }),
    ).rejects.toThrow('three');
    expect(exports.t).toBe(3);
  });

  it('do not copy what a function sees', async () => {
    const js = `let n = 0; const bump = () => { n += 10; }; for (let i = 0; i < 3; i++) { bump(); n++; }
export { n, bump }; export const last = n;`;
    const { value, code } = await runTransformed(js, { result: 'last' });
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
    expect((await runTransformed(js, { result: 'last' })).value).toBe(3);
  });

  it('know a name that means something else inside', async () => {
    const js = `let s = 0; const f = (s) => s + 1; for (const x of [1, 2]) { s += x; { const s = 9; f(s); } } export { s, f };`;
    const { defined, code } = await runTransformed(js);
    expect(defined.s).toBe(3);
    expect(code).toContain('__copy_s');
  });
});
