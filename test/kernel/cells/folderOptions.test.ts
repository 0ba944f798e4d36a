import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { combineOptions, readFolderOptions } from '../../../kernel/cells/folderOptions.js';
import { ts } from '../../../kernel/cells/typescript.js';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'solireward-options-'));
});
afterEach(() => {
  rmSync(folder, { recursive: true });
});
const write = (name: string, text: string) => writeFileSync(join(folder, name), text);

it('has nothing to say about a folder without a tsconfig.json', () => {
  expect(readFolderOptions(folder)).toEqual({ options: {}, problems: [] });
});

it('reads what concerns cells, also of the file that is extended', () => {
  write('base.json', '{ "compilerOptions": { "noUncheckedIndexedAccess": true, "strict": true } }');
  write(
    'tsconfig.json',
    '{ "extends": "./base.json", /* a comment */ "compilerOptions": { "strict": false, "outDir": "x", "module": "amd" } }',
  );
  expect(readFolderOptions(folder)).toEqual({
    options: { noUncheckedIndexedAccess: true, strict: false },
    problems: [],
  });
});

it('names what is wrong, and takes the rest', () => {
  write('tsconfig.json', '{ "compilerOptions": { "strict": true, "target": "es1066" } }');
  const { options, problems } = readFolderOptions(folder);
  expect(options.strict).toBe(true);
  expect(problems).toHaveLength(1);
  expect(problems[0]).toContain(join(folder, 'tsconfig.json'));
  expect(problems[0]).toContain('--target');
});

it('extends the kernel’s options and does not take them back', () => {
  const own = {
    target: ts.ScriptTarget.ES2022,
    lib: ['a'],
    types: ['node'],
    paths: { solireward: ['here'] },
  };
  const options = { target: ts.ScriptTarget.ES5, lib: ['b'], paths: { solireward: ['there'], mine: ['x'] } };
  expect(combineOptions(own, { ...options, strict: false })).toEqual({
    target: ts.ScriptTarget.ES2022,
    lib: ['a', 'b'],
    types: ['node'],
    paths: { solireward: ['here'], mine: ['x'] },
    strict: false,
  });
});
