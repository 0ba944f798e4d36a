import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Client, contents, printed, result } from '../support/kernelClient.js';

let client: Client;
let folder: string;
const write = (path: string, text: string) => {
  mkdirSync(dirname(join(folder, path)), { recursive: true });
  writeFileSync(join(folder, path), text);
};
const writePackage = (name: string, json: object, files: Record<string, string>) => {
  write(`node_modules/${name}/package.json`, JSON.stringify({ name, version: '1.0.0', ...json }));
  for (const [path, text] of Object.entries(files)) write(`node_modules/${name}/${path}`, text);
};

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'solireward-language-'));
  writePackage(
    'waits',
    { type: 'module', exports: { '.': { types: './index.d.ts', import: './index.js' } } },
    {
      'index.js': 'export const value = await Promise.resolve(42); export default class Waits {}',
      'index.d.ts': 'export declare const value: number; export default class Waits {}',
    },
  );
  writePackage(
    'modern',
    {
      type: 'module',
      exports: {
        '.': { types: './types/main.d.ts', default: './main.js' },
        './sub/*': { types: './types/*.d.ts', default: './lib/*.js' },
      },
    },
    {
      'main.js': 'export let count = 0; export const bump = () => ++count; export default "the default";',
      'types/main.d.ts':
        'export declare let count: number; export declare const bump: () => number; declare const d: string; export default d;',
      'lib/tools.js': 'export const tool = (n) => n * 2;',
      'types/tools.d.ts': 'export declare const tool: (n: number) => number;',
    },
  );
  writePackage(
    'classic',
    { main: 'index.js', types: 'index.d.ts' },
    {
      'index.js': 'module.exports = function classic() { return 1; }; module.exports.named = 2;',
      'index.d.ts':
        'declare function classic(): number; declare namespace classic { const named: number; } export = classic;',
    },
  );
  write('data.json', '{ "rows": 3 }');
  write(
    'own.ts',
    'import { inner } from "./lib/inner.ts";\nexport const outer = (): string => "outer " + inner;',
  );
  write('lib/inner.ts', 'export const inner: number = 1;');
  write('script.js', 'export const fromJs = 5; let wrong = 1; wrong = "not checked";');
  write('native.mjs', 'export const value = await Promise.resolve("native");');
  client = await Client.start(folder);
});
afterAll(async () => {
  await client.stop();
  rmSync(folder, { recursive: true });
});

/** Runs cells one after the other and gives the text of the last value; a failing cell throws its traceback. */
async function text(...cells: string[]): Promise<string> {
  let value = '';
  for (const cell of cells) {
    const outcome = await client.execute(cell);
    const [error] = contents(outcome, 'error') as { traceback: string[] }[];
    if (error) throw new Error(`${cell}\n${error.traceback.join('\n')}`);
    value = result(outcome)?.['text/plain'] ?? '';
  }
  return value;
}

describe('variables of cells', () => {
  it.each([
    ['closures see later assignments', ['let a1 = 1; const get1 = () => a1;', 'a1 = 7;', 'get1()'], '7'],
    [
      'later cells see what closures assign',
      ['let a2 = 1; const inc2 = () => { a2 += 1 };', 'inc2(); inc2();', 'a2'],
      '3',
    ],
    [
      'functions follow a name to its newest variable',
      ['const t3 = 1;', 'function f3() { return t3 }', 'const t3 = 2;', 'f3()'],
      '2',
    ],
    ['a variable changes its type', ['let a4 = 1', 'let a4 = "text"', 'a4.toUpperCase()'], "'TEXT'"],
    ['a const becomes a let', ['const a5 = 1', 'let a5 = 2', 'a5++; a5'], '3'],
    [
      'patterns declare',
      [
        'const { x: [x6, ...rest6], y6 = 4 } = { x: [1, 2, 3] } as { x: number[]; y6?: number };',
        '[x6, rest6, y6]',
      ],
      '[ 1, [ 2, 3 ], 4 ]',
    ],
    [
      'patterns assign',
      ['let p7 = 1, q7 = 2', '[p7, q7] = [q7, p7]; ({ p7 } = { p7: p7 * 10 })', '[p7, q7]'],
      '[ 20, 1 ]',
    ],
    ['var', ['var v8 = 1; var w8 = v8 + 1', '[v8, w8]'], '[ 1, 2 ]'],
    [
      'functions are hoisted',
      ['const early9 = late9(); function late9() { return "late" }', 'early9'],
      "'late'",
    ],
    [
      'generators and async functions',
      ['function* g10() { yield 1; yield 2 } async function f10() { return 3 }', '[...g10(), await f10()]'],
      '[ 1, 2, 3 ]',
    ],
    [
      'classes',
      [
        'class A11 { static n = 1; #p = 2; get p() { return this.#p } }',
        'class B11 extends A11 {}',
        'new B11().p + B11.n',
      ],
      '3',
    ],
    [
      'enums',
      ['enum E12 { A = 1, B }', 'const enum C12 { X = 7 }', '[E12.B, E12[1], C12.X]'],
      "[ 2, 'A', 7 ]",
    ],
    ['namespaces', ['namespace N13 { export const x = 5 }', 'N13.x'], '5'],
    [
      'types',
      [
        'interface P14 { n: number } type Q14 = P14 & { m: number }',
        'const v14: Q14 = { n: 1, m: 2 }',
        'v14.n + v14.m',
      ],
      '3',
    ],
    ['generics of functions', ['function id15<T>(x: T): T { return x }', 'id15(3).toFixed(1)'], "'3.0'"],
    ['shorthand', ['const s16 = 1, u16 = 2', '({ s16, inner: { u16 } })'], '{ s16: 1, inner: { u16: 2 } }'],
    [
      'exports',
      [
        'export const e17 = 1; export function f17() { return e17 }\nexport default class D17 {}',
        'f17() + typeof D17',
      ],
      "'1function'",
    ],
    [
      'patterns with defaults assign',
      [
        'let p23 = 1; const o23 = { q: 2, r: 3 }',
        '({ p23 = 5 } = {} as { p23?: number }); const { q: q23, r } = o23; [p23, q23, r]',
      ],
      '[ 5, 2, 3 ]',
    ],
    [
      'names of properties',
      ['const k24 = { v24: 1 }, v24 = 2', '[{ ...k24, x: v24 }.v24, { v24: 3 }.v24, k24["v24"]]'],
      '[ 1, 3, 1 ]',
    ],
    [
      'a class without a name',
      ['const n26 = 1\nexport default class { static n = n26 }'],
      '[class (anonymous)] { n: 1 }',
    ],
    ['a function without a name', ['export default function () { return 1 }\n(1)'], '1'],
    ['a list by default', ['const n27 = 1\nexport default [n27]'], '[ 1 ]'],
    [
      'a namespace at the end',
      ['namespace N28 { export const x = 1 } namespace N28 { export const y = { x } }', 'N28.y'],
      '{ x: 1 }',
    ],
    ['an enum at the end', ['enum E29 { A = "foo".length, B = A + 1 }', 'E29.B'], '4'],
    ['a lone text', ["'use strict'"], "'use strict'"],
    [
      'async cells',
      ['const a18 = await Promise.resolve(1); let b18 = a18; b18 += await Promise.resolve(2)', 'b18'],
      '3',
    ],
    ['updates', ['let u19 = 1', 'u19++; ++u19; u19 **= 2; u19 ??= 0; u19', 'u19'], '9'],
    [
      'names of globals',
      ['const name = "mine"; const process20 = process.pid > 0', '[name, process20]'],
      "[ 'mine', true ]",
    ],
    [
      'loops over variables of several cells',
      [
        'let sum21 = 0; const data21 = [1, 2, 3]',
        'for (const x of data21) sum21 += x',
        'for (let i = 0; i < data21.length; i++) { sum21 += i }',
        'sum21',
      ],
      '9',
    ],
    [
      'closures in loops',
      [
        'const fs22: (() => number)[] = []; let k22 = 0; for (let i = 0; i < 3; i++) { fs22.push(() => i + k22) }',
        'k22 = 10',
        'fs22.map((f) => f())',
      ],
      '[ 10, 11, 12 ]',
    ],
  ])('%s', async (_, cells, expected) => {
    expect(await text(...cells)).toBe(expected);
  });

  it('are checked in every one of many cells, and have the types of their declarations', async () => {
    await text('interface Many { n: number } let many: Many = { n: 0 }; declare global { var shared: Many }');
    for (let i = 1; i <= 120; i++) {
      const value = await text(
        `const many${i} = { ...many, n: many.n + 1 }; globalThis.shared = many = many${i}; many${i}.n`,
      );
      expect(value).toBe(String(i));
    }
    expect((await client.execute('many7.n = "x"')).reply.content.evalue).toBe(
      "Type 'string' is not assignable to type 'number'.",
    );
    expect((await client.execute('const wrong: string = shared.n')).reply.content.ename).toBe('CompileError');
  });

  it('keep what a failing cell has assigned, and the earlier value of what it has not', async () => {
    await text('let kept = 1; const model = "old"; let count = 0;');
    const failing = await client.execute(
      'kept = 2; const fresh = 3; for (;;) { if (++count === 5) throw new Error("stop") }\nconst model = "new"; const never = 1;',
    );
    expect(failing.reply.content.evalue).toBe('stop');
    expect(await text('[kept, fresh, count, model]')).toBe("[ 2, 3, 5, 'old' ]");
    expect((await client.execute('never')).reply.content.ename).toBe('ReferenceError');
  });

  it('see nothing of what a cell that does not compile adds to all', async () => {
    const adding = 'declare global { interface Array<T> { added(): T } } const wrongAdded: string = 1';
    expect((await client.execute(adding)).reply.content.ename).toBe('CompileError');
    expect((await client.execute('[1].added()')).reply.content.ename).toBe('CompileError');
    await client.execute('/// <reference lib="dom" />\ntypeof document');
    expect((await client.execute('let element: HTMLElement')).reply.content.evalue).toBe(
      "Cannot find name 'HTMLElement'.",
    );
  });

  it('are not changed by a cell that does not compile', async () => {
    await text('let before = 1');
    expect((await client.execute('before = 2; const n: number = "x"')).reply.content.ename).toBe(
      'CompileError',
    );
    expect(await text('before')).toBe('1');
  });
});

describe('the language', () => {
  it.each([
    ['await at the top', 'await Promise.resolve(1)', '1'],
    [
      'using',
      'const log: string[] = []; { using _ = { [Symbol.dispose]: () => { log.push("closed") } }; log.push("open") } log',
      "[ 'open', 'closed' ]",
    ],
    [
      'await using',
      'const l2: string[] = []; { await using _ = { async [Symbol.asyncDispose]() { l2.push("closed") } } } l2',
      "[ 'closed' ]",
    ],
    [
      'decorators',
      'const twice = (f: (n: number) => number, _: ClassMethodDecoratorContext) => (n: number) => f(f(n));\nclass Calc { @twice plus(n: number) { return n + 1 } } new Calc().plus(1)',
      '3',
    ],
    ['accessor', 'class Acc { accessor value = 3 } new Acc().value', '3'],
    [
      'satisfies',
      'const palette = { red: [255, 0, 0] } satisfies Record<string, number[]>; palette.red.at(-1)',
      '0',
    ],
    [
      'const type parameters',
      'function tuple<const T>(x: T) { return x } const t: readonly [1, 2] = tuple([1, 2]); t',
      '[ 1, 2 ]',
    ],
    ['newest library', 'Object.groupBy ? 1 : [3, 1, 2].toSorted()', '[ 1, 2, 3 ]'],
    ['optional chaining', 'const o: { a?: { b: number } } = {}; o.a?.b ?? "none"', "'none'"],
    ['big integers', '2n ** 64n', '18446744073709551616n'],
    ['regular expressions with v', '/[\\p{L}--[a-z]]/v.test("A")', 'true'],
    [
      'templates',
      `const tag = (s: TemplateStringsArray, ...v: unknown[]) => s.join("|") + v.length; tag\`a\${1}b\${2}c\``,
      "'a|b|c2'",
    ],
    [
      'a type error that is expected',
      '// @ts-expect-error\nconst wrong: number = "x"; typeof wrong',
      "'string'",
    ],
    [
      'import.meta',
      'import.meta.url.startsWith("file:///") && import.meta.dirname === process.cwd()',
      'true',
    ],
  ])('%s', async (_, cell, expected) => {
    expect(await text(cell)).toBe(expected);
  });

  it('for await at the top', async () => {
    const outcome = await client.execute(
      'async function* numbers() { yield 1; yield 2 }\nfor await (const n of numbers()) console.log(n)',
    );
    expect(printed(outcome)).toBe('1\n2\n');
  });

  it('says where TypeScript itself fails, and goes on', async () => {
    // Without strictNullChecks, TypeScript 5.9 fails on the type of such a field.
    const cell = 'class Static { static x; static { this.x = 1; } static y = this.x; } Static.y';
    await text('const beforeFailure = 1');
    const failed = await client.execute(cell);
    expect(failed.reply.content.evalue).toContain('TypeScript itself has failed on this cell');
    expect(await text('beforeFailure + 1')).toBe('2');
  });

  it('disposes what the cell uses when it ends', async () => {
    const outcome = await client.execute(
      'using resource = { [Symbol.dispose]: () => { console.log("disposed") } };\nconst after = 1; console.log("used")',
    );
    expect(printed(outcome)).toBe('used\ndisposed\n');
    expect(await text('after')).toBe('1');
  });
});

describe('imports', () => {
  it.each([
    [
      'a package that awaits at its top',
      ['import Waits, { value as v1 } from "waits"; [v1, typeof Waits]'],
      "[ 42, 'function' ]",
    ],
    ['the same by import()', ['(await import("waits")).value.toFixed(1)'], "'42.0'"],
    [
      'types from exports',
      ['import main, { bump, count as c0 } from "modern"; bump().toFixed(0) + main.length'],
      "'111'",
    ],
    ['a subpath', ['import { tool } from "modern/sub/tools"; tool(4)'], '8'],
    [
      'a CommonJS package',
      [
        'import classic, { named } from "classic"; import * as all from "classic"; [classic(), named, all.named]',
      ],
      '[ 1, 2, 2 ]',
    ],
    [
      'a built-in module',
      [
        'import { basename } from "node:path"; import fs, * as fsAll from "fs"; [basename("/a/b"), fs.existsSync === fsAll.existsSync]',
      ],
      "[ 'b', true ]",
    ],
    [
      'JSON with an attribute',
      ['import data from "./data.json" with { type: "json" }; data.rows.toFixed(1)'],
      "'3.0'",
    ],
    ['JSON by import()', ['(await import("./data.json", { with: { type: "json" } })).default.rows'], '3'],
    [
      'a name that a later cell uses',
      ['import { tool as later } from "modern/sub/tools"', 'later(1) + [1].map(later)[0]'],
      '4',
    ],
    [
      'types only',
      ['import type { Stats } from "node:fs"; const size = (s: Stats) => s.size; typeof size'],
      "'function'",
    ],
    ['a TypeScript file of the folder', ['import { outer } from "./own"; outer()'], "'outer 1'"],
    ['a file by its extension', ['import { inner } from "./lib/inner.ts"; inner'], '1'],
    ['a file by import()', ['(await import("./own")).outer()'], "'outer 1'"],
    ['a JavaScript file, unchecked', ['import { fromJs } from "./script.js"; fromJs'], '5'],
    ['an .mjs file', ['const { value: v2 } = await import("./native.mjs"); v2'], "'native'"],
    ['require', ['const { sep } = require("node:path"); sep'], "'/'"],
  ])('%s', async (_, cells, expected) => {
    expect(await text(...cells)).toBe(expected);
  });

  it('sees an edited file, and what imports it', async () => {
    await text('import { outer } from "./own"; outer()');
    write('lib/inner.ts', 'export const inner: number = 2222;');
    expect(await text('import { outer } from "./own"; outer()')).toBe("'outer 2222'");
    write('data.json', '{ "rows": 4, "more": true }');
    expect(await text('import data from "./data.json" with { type: "json" }; data.more')).toBe('true');
  });

  it('finds a file and a package that were not there before', async () => {
    expect(
      (await client.execute('import { x } from "./made"; import y from "made"')).reply.content.status,
    ).toBe('error');
    write('made.ts', 'export const x = 1;');
    writePackage(
      'made',
      { types: 'i.d.ts', main: 'i.js' },
      {
        'i.js': 'exports.default = 2; exports.__esModule = true;',
        'i.d.ts': 'declare const y: number; export default y;',
      },
    );
    expect(await text('import { x } from "./made"; import y from "made"; x + y')).toBe('3');
  });

  it('says what cannot be imported', async () => {
    const missing = await client.execute('import { nothing } from "not-there-at-all"');
    expect(missing.reply.content.evalue).toContain("Cannot find module 'not-there-at-all'");
    const reexport = await client.execute('export * from "modern"');
    expect(reexport.reply.content.evalue).toContain('a cell cannot re-export a module');
    const broken = await client.execute('await import("./nowhere.mjs" as string)');
    expect(broken.reply.content.evalue).toContain('nowhere.mjs');
  });
});

describe('tsconfig.json of the folder', () => {
  let own: Client;
  let project: string;
  beforeAll(async () => {
    project = mkdtempSync(join(tmpdir(), 'solireward-tsconfig-'));
    mkdirSync(join(project, 'parts'));
    writeFileSync(join(project, 'parts', 'one.ts'), 'export const one = 1;');
    writeFileSync(join(project, 'base.json'), '{ "compilerOptions": { "strict": true } }');
    writeFileSync(
      join(project, 'tsconfig.json'),
      `{ // as people write it
  "extends": "./base.json",
  "compilerOptions": { "target": "ES5", "module": "amd", "lib": ["ES5", "DOM"], "paths": { "@/*": ["./parts/*"] }, "noEmit": true, "nonsense": true },
}`,
    );
    own = await Client.start(project);
  });
  afterAll(async () => {
    await own.stop();
    rmSync(project, { recursive: true });
  });

  it('is reported once where it is wrong, and holds otherwise', async () => {
    const first = await own.execute('1');
    expect(printed(first, 'stderr')).toContain("tsconfig.json: Unknown compiler option 'nonsense'");
    expect(result(first)['text/plain']).toBe('1');
    expect(printed(await own.execute('2'), 'stderr')).toBe('');
  });

  it('makes cells strict', async () => {
    const { reply } = await own.execute(
      'const text: string | undefined = undefined as string | undefined; text.length',
    );
    expect(reply.content.evalue).toContain("'text' is possibly 'undefined'");
  });

  it('adds libraries and aliases, and takes nothing away', async () => {
    const code =
      'import { one } from "@/one"; const e = null as HTMLElement | null; [one, e, [1].at(-1), await 2, 3n]';
    expect(result(await own.execute(code))['text/plain']).toBe('[ 1, null, 1, 2, 3n ]');
  });
});
