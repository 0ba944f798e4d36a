import { execFileSync } from 'node:child_process';
import { copyFileSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Client, contents, printed, result } from '../support/kernelClient.js';

let client: Client;
let folder: string;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'solireward-conformance-'));
  for (const name of ['kernel-side-effect-import', 'kernel-tla-in-file']) {
    const cases = fileURLToPath(new URL(`../cases/${name}`, import.meta.url));
    for (const file of readdirSync(cases).filter((path) => path.endsWith('.ts')))
      copyFileSync(join(cases, file), join(folder, file));
  }
  writeFileSync(join(folder, 'waits.ts'), "import { tla } from './tla';\nexport const twice = 2 * tla;\n");
  writeFileSync(
    join(folder, 'ring.ts'),
    "import { twice } from './waits';\nimport { far } from './far';\nexport const near = twice;\nexport const both = () => [near, far()];\n",
  );
  writeFileSync(
    join(folder, 'far.ts'),
    "import { near } from './ring';\nexport const far = () => near + 1;\n",
  );
  client = await Client.start(folder);
});
afterAll(async () => {
  await client.stop();
  rmSync(folder, { recursive: true });
});

async function run(cell: string) {
  const outcome = await client.execute(cell);
  const [error] = contents(outcome, 'error') as { traceback: string[] }[];
  if (error) throw new Error(`${cell}\n${error.traceback.join('\n')}`);
  return outcome;
}
const value = async (cell: string) => result(await run(cell))?.['text/plain'];
async function failure(cell: string): Promise<string> {
  const [error] = contents(await client.execute(cell), 'error') as { traceback: string[] }[];
  return error?.traceback.join('\n') ?? 'no error';
}

/** Modules of one file that print what they do: in a cell they print what plain Node prints. */
const modules: Record<string, string> = {
  'names with two underscores': `
    const __x = 1; function __f() { return 3; } class __C { n = 4; }
    const { a: __a } = { a: 5 }; type __T = number; enum __E { One = 1 } let ___three: __T = 6;
    console.log(__x, __f(), new __C().n, __a, __E.One, ___three);`,
  'names that the kernel uses': `
    const module = 1, exports = { own: 2 }, __filename = 'f', __dirname = 'd', __value = 3, __copy_n = 4;
    let n = 0; for (; n < 3; n++) { if (__copy_n !== 4) throw n; }
    console.log(module, exports.own, __filename, __dirname, __value, __copy_n, n);`,
  'require of its own': `
    import { createRequire } from 'node:module';
    const require = createRequire(import.meta.url);
    console.log(require('node:path').basename('/a/b'));`,
  'import under another name': `
    import { join as __join, default as path } from 'node:path';
    import * as __all from 'node:path';
    console.log(__join('a', 'b') === path.join('a', 'b'), __all.sep);`,
  'declare global': `
    declare global { var counted: number; interface Array<T> { last(): T; } }
    globalThis.counted = 7; Array.prototype.last = function () { return this[this.length - 1]; };
    console.log(counted, [1, 2].last()); delete (Array.prototype as any).last;`,
  'no check': `
    // @ts-nocheck
    const text: number = 'text'; console.log(text.length, undefined?.missing);`,
  'tagged templates': `
    function tag(this: unknown, parts: TemplateStringsArray, ...values: number[]) {
      return [this === undefined, parts.raw.join('|'), values]; }
    console.log(tag\`a\${1}\\n\${2}\`);`,
  namespaces: `
    namespace Outer { export const one = 1; export namespace Inner { export const two = Outer.one + 1; } }
    namespace Outer { export const three = Inner.two + 1; }
    import Inner = Outer.Inner;
    console.log(Outer.three, Inner.two);`,
  enums: `
    enum Colour { Red, Green = 5, Blue } const enum Size { Small = 'S' } enum Colour { Black = 9 }
    console.log(Colour.Blue, Colour[5], Size.Small, Colour.Black, Object.keys(Colour).length);`,
  classes: `
    class A { #secret = 1; static count = 0; static { A.count = 2; } accessor open = 3; get sum() { return this.#secret + this.open; }
      static #of(a: A) { return a.#secret; } static look(a: A) { return #secret in a ? A.#of(a) : 0; } constructor(readonly extra = 4) {} }
    class B extends A { override get sum() { return super.sum * 10; } declare later: string; }
    console.log(new B().sum, A.count, A.look(new A()), new B().extra, 'later' in new B());`,
  decorators: `
    const log = <T extends (...args: never[]) => unknown>(method: T, { name }: ClassMethodDecoratorContext) =>
      function (this: unknown, ...args: Parameters<T>) { console.log('call', name); return method.apply(this, args); } as T;
    class Greeter { @log greet(who: string) { return 'hello ' + who; } }
    console.log(new Greeter().greet('x'));`,
  generators: `
    function* count(to: number): Generator<number, string, void> { for (let i = 0; i < to; i++) yield i; return 'end'; }
    async function* slow() { for (const i of count(2)) { await null; yield i * 2; } }
    const all: number[] = []; for await (const i of slow()) all.push(i);
    console.log([...count(3)], all, (function* () { yield* count(1); })().next());`,
  destructuring: `
    const { a = 1, ...rest } = { b: 2, c: 3 } as { a?: number; b: number; c: number };
    const [first, , third = 9, ...others] = 'xyzw'; let u = 1, v = 2; [u, v] = [v, u];
    const f = ({ p, q: { r } = { r: 5 } }: { p: number; q?: { r: number } }) => p + r;
    console.log(a, rest, first, third, others, u, v, f({ p: 1 }));`,
  labels: `
    outer: for (let i = 0; ; i++) { inner: for (let j = 0; ; j++) { if (j === 2) continue outer; if (i === 2) break outer; console.log(i, j); } }
    block: { if (Date.now() > 0) break block; console.log('never'); }
    do { console.log('once'); } while (false);`,
  closures: `
    const made: (() => number)[] = []; for (let i = 0; i < 3; i++) made.push(() => i++);
    var old: (() => number)[] = []; for (var k = 0; k < 3; k++) old.push(() => k);
    console.log(made.map((f) => f() + f()), old.map((f) => f()));`,
  hoisting: `
    console.log(typeof later, early()); function early() { return 'early'; } var later = 1;
    // @ts-ignore
    try { eager; } catch (error) { console.log((error as Error).name); } const eager = 1;`,
  'switch and try': `
    const f = (x: unknown) => { switch (typeof x) { case 'number': { const y = 1; return y; } case 'string': default: return 2; } };
    const g = () => { try { return 'try'; } finally { console.log('finally'); } };
    const h = () => { for (const i of [1, 2]) { try { continue; } finally { console.log(i); } } return 'h'; };
    console.log(f(1), f(''), g(), h());`,
  using: `
    class Held { [Symbol.dispose]() { console.log('disposed'); } async [Symbol.asyncDispose]() { console.log('later'); } }
    (Symbol as any).dispose ??= Symbol('dispose');
    { using held = new Held(); await using other = new Held(); console.log('in'); }
    console.log('out');`,
  operators: `
    let a: number | undefined; a ??= 1; a ||= 2; a &&= 3; const o: { f?: () => number } = {};
    console.log(a, o.f?.(), o?.['f'], 2 ** 3 ** 2, 7n ** 2n, void 0, typeof null, 1_000, 0b11, -0 === 0);`,
  types: `
    type Shape = { kind: 'c'; r: number } | { kind: 's'; a: number };
    const area = (s: Shape) => (s.kind === 'c' ? s.r : s.a); const conf = { a: 1 } as const satisfies Record<string, number>;
    function assert(x: unknown): asserts x is string { if (typeof x !== 'string') throw new TypeError('no'); }
    function over(x: number): number; function over(x: string): string; function over(x: unknown) { return x; }
    abstract class Base<in out T> { abstract get(): T; } class Num extends Base<number> { get() { return 1; } }
    let t: unknown = 'x'; assert(t); console.log(area({ kind: 'c', r: 2 }), conf.a, t.length, over(3), new Num().get());`,
  'this and arguments': `
    function f(this: any) { return this === undefined; } const o = { m() { return this === o; }, a: () => typeof this };
    console.log(f(), o.m(), o.a(), (function () { return arguments.length; } as any)(1, 2));`,
  symbols: `
    const key = Symbol('key'); class It { *[Symbol.iterator]() { yield 1; } static [Symbol.hasInstance](_: unknown) { return true; } get [key]() { return 2; } }
    console.log([...new It()], ({} as any) instanceof It, new It()[key], \`\${{ [Symbol.toPrimitive]: () => 'p' } as any}\`);`,
  'dynamic import': `
    const { sep } = await import('node:path'); const os = (await import('node:os')).default;
    console.log(sep, typeof os.EOL, import.meta.url.startsWith('file:'));`,
  'exports of many kinds': `
    export const one = 1; export function two() { return 2; } export class Three {} export { one as uno };
    export type { Four }; interface Four { four: 4 } export default { five: 5 };
    console.log(one, two(), new Three() instanceof Three);`,
  'regular expressions': String.raw`
    console.log('2026-11-26'.match(/(?<y>\d+)-(?<m>\d+)/)?.groups?.m, 'aXbX'.replaceAll('X', '-'), /\p{L}+/u.exec('é1')?.[0], [...'a1b2'.matchAll(/\d/g)].length);`,
  'comments and odd text': `
    #!no
    console.log(1) // last`.replace('#!no', '/* </script> \u2028 */'),
};

describe('files of the folder', () => {
  it('are imported for what they do', async () => {
    expect(printed(await run("import './side';"))).toBe('side effect ran\n');
    expect(printed(await run("import './side2';"))).toBe('side2\n');
    expect(await value("import { a } from './side2'; a")).toBe('1');
    expect(await value("import { v } from './usesside'; v")).toBe('7');
    await run("require('./side')");
  });

  it('may await at their tops, and import each other', async () => {
    expect(await value("import { tla } from './tla'; tla")).toBe('9');
    expect(await value("import { twice } from './waits'; twice")).toBe('18');
    expect(await value("import { both } from './ring'; both().join()")).toBe("'18,19'");
    expect(await failure("require('./tla')")).toContain('awaits at its top; use "import"');
  });
});

describe('modules of one file', () => {
  it.each(Object.keys(modules))('%s', async (name) => {
    const source = modules[name].replace(/^\n/, '');
    const { outputText } = ts.transpileModule(source, {
      compilerOptions: { module: ts.ModuleKind.ESNext, target: ts.ScriptTarget.ES2022 },
    });
    const file = join(folder, 'plain.mjs');
    writeFileSync(file, outputText);
    const expected = execFileSync(process.execPath, [file], { encoding: 'utf8' });
    expect(printed(await run(source))).toBe(expected);
  });
});

describe('what later cells see', () => {
  it('names with two underscores, global variables and namespaces, for good', async () => {
    await run(
      'const __kept = 1; declare global { var forGood: number }; namespace Kept { export const n = 2; export type T = string }',
    );
    await run('globalThis.forGood = 3;');
    await run('const between = 0;');
    expect(await value('const typed: Kept.T = "t"; [__kept, forGood, Kept.n, typed].join()')).toBe(
      "'1,3,2,t'",
    );
    expect(await failure('Kept.missing')).toContain('missing');
    await run('namespace Kept { export const other = 4 }');
    expect(await value('Kept.other')).toBe('4');
  });

  it('a tag of an earlier cell is called without this', async () => {
    await run(
      'function tagOf(this: unknown, parts: TemplateStringsArray) { return [this === undefined, parts[0]].join(); }',
    );
    expect(await value('tagOf`x`')).toBe("'true,x'");
  });

  it('variables beside an `exports` and a `require` of the cell', async () => {
    await run('let beside = 1;');
    await run(
      'const exports = { beside: 2 }; const require = () => 3; beside += exports.beside + require();',
    );
    expect(await value('[beside, exports.beside].join()')).toBe("'6,2'");
  });

  it.each(['kernel-double-underscore/cells.txt', 'kernel-const-require/cell.txt'])(
    'the cells of %s',
    async (name) => {
      const text = readFileSync(fileURLToPath(new URL(`../cases/${name}`, import.meta.url)), 'utf8');
      for (const cell of text.trim().split('\n')) await run(cell);
    },
  );
});

describe('hints', () => {
  it.each([
    ['!ls -l', 'await sr.notebook.sh("ls -l")'],
    ['%%bash\nls', 'sr.notebook.sh('],
    ['!pip install x', 'await sr.notebook.npm('],
    ['%matplotlib inline', 'There are no magics here'],
    ['?console', 'Shift+Tab'],
    ['console.log?', 'Shift+Tab'],
    ["import { x } from '@scope/none/deep'", 'await sr.notebook.npm("@scope/none")'],
    ["import none from 'no-such-package'", 'await sr.notebook.npm("no-such-package")'],
    ["const name = 'no-such-package'; await import(name)", 'await sr.notebook.npm("no-such-package")'],
    [
      "process.getBuiltinModule('module').createRequire(import.meta.url)('@a/b/c')",
      'await sr.notebook.npm("@a/b")',
    ],
  ])('%s', async (cell, hint) => {
    expect(await failure(cell)).toContain(hint);
  });

  it('are not given for a file that is not there', async () => {
    expect(await failure("import { x } from './none'")).not.toContain('npm');
  });
});

describe('cells of tslab', () => {
  it('show through its own display', async () => {
    const outcome = await run(
      "import * as tslab from 'tslab'; tslab.display.html('<b>x</b>'); tslab.display.png(new Uint8Array([137])); tslab.versions.node",
    );
    expect(contents(outcome, 'display_data')).toMatchObject([
      { data: { 'text/html': '<b>x</b>' } },
      { data: { 'image/png': 'iQ==' } },
    ]);
    expect(result(outcome)?.['text/plain']).toBe(`'${process.version}'`);
  });

  it('write one output anew', async () => {
    const outcome = await run(
      "import { display, newDisplay } from 'tslab'; const d = newDisplay(); d.markdown('1'); d.markdown('2'); display.raw('text/plain', 'raw');",
    );
    const [shown] = contents(outcome, 'display_data') as { transient: { display_id: string } }[];
    const [updated] = contents(outcome, 'update_display_data') as { transient: { display_id: string } }[];
    expect(updated).toMatchObject({ data: { 'text/markdown': '2' } });
    expect(updated.transient.display_id).toBe(shown.transient.display_id);
  });
});
