import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';
import { expect, it } from 'vitest';
import { importLines, nestedBlocks } from './support/nestedBlocks.js';

const { anchors } = await import(new URL('../scripts/docs/anchors.mjs', import.meta.url).href);

const root = resolve(fileURLToPath(new URL('..', import.meta.url)));
const pagesIn = (folder: string) =>
  readdirSync(folder)
    .filter((name) => name.endsWith('.md'))
    .map((name) => join(folder, name));
const pages = [join(root, 'README.md'), ...pagesIn(join(root, 'docs'))];

/** The TypeScript blocks of a page as one module: each sees those before it and may use their names anew. */
function moduleOf(page: string): string {
  const blocks = [...page.matchAll(/^```ts\n(.*?)^```/gms)].map(([, code]) => code);
  const imports = new Set([
    "import * as sr from 'solireward';",
    ...blocks.flatMap((code) => code.match(importLines) ?? []),
  ]);
  return [...imports, nestedBlocks(blocks)].join('\n');
}

/** What the compiler says of modules, by file name. */
function mistakes(modules: ReadonlyMap<string, string>): string[] {
  const options: ts.CompilerOptions = {
    ...ts.parseJsonConfigFileContent(
      ts.readConfigFile(join(root, 'tsconfig.json'), ts.sys.readFile).config,
      ts.sys,
      root,
    ).options,
    noEmit: true,
    noUnusedLocals: false,
    noUnusedParameters: false,
    skipLibCheck: true,
    paths: { solireward: [join(root, 'src', 'index.ts')] },
  };
  const host = ts.createCompilerHost(options);
  const { fileExists, getSourceFile } = host;
  host.fileExists = (name) => modules.has(name) || fileExists(name);
  host.getSourceFile = (name, ...rest) => {
    const text = modules.get(name);
    return text === undefined
      ? getSourceFile(name, ...rest)
      : ts.createSourceFile(name, text, ts.ScriptTarget.ESNext);
  };
  const program = ts.createProgram([...modules.keys()], options, host);
  return [...modules.keys()].flatMap((name) =>
    ts.getPreEmitDiagnostics(program, program.getSourceFile(name)).map(({ messageText, file, start }) => {
      const { line } = file!.getLineAndCharacterOfPosition(start!);
      const code = file!.text.split('\n')[line].trim();
      return `${basename(name)}: "${code}": ${ts.flattenDiagnosticMessageText(messageText, ' ')}`;
    }),
  );
}

it('shows code that the public surface has', () => {
  const modules = new Map(
    pages.map((page) => [
      join(root, `${basename(page, '.md')}.docs.ts`),
      moduleOf(readFileSync(page, 'utf8')),
    ]),
  );
  const wrong = join(root, 'wrong.docs.ts');
  modules.set(wrong, moduleOf('```ts\nsr.data.readVotes(3);\n```\n\n```ts\nsr.data.nothing();\n```\n'));
  const found = mistakes(modules);
  // The check itself can fail: two mistakes were put there.
  expect(found.filter((line) => line.startsWith('wrong'))).toHaveLength(2);
  expect(found.filter((line) => !line.startsWith('wrong'))).toEqual([]);
});

/** Links of a page to files or headings that are not there. */
function brokenLinks(page: string, text: string): string[] {
  return [...text.matchAll(/\]\(([^)\s]+)\)/g)]
    .map(([, link]) => link)
    .filter((link) => !/^https?:/.test(link))
    .filter((link) => {
      const [path, anchor] = link.split('#');
      const target = path ? join(dirname(page), path) : page;
      if (!existsSync(target)) return true;
      if (!anchor || !target.endsWith('.md')) return false;
      const there: { anchor: string }[] = anchors(path ? readFileSync(target, 'utf8') : text);
      return there.every((one) => one.anchor !== anchor);
    })
    .map((link) => `${basename(page)}: ${link}`);
}

it('links to files and headings that are there', () => {
  const readme = join(root, 'README.md');
  expect(brokenLinks(readme, '# A b\n[1](#a-b) [2](#b) [3](docs/engines.md#none) [4](none.md)')).toEqual([
    'README.md: #b',
    'README.md: docs/engines.md#none',
    'README.md: none.md',
  ]);
  expect(brokenLinks(readme, '# A\n## A\n[1](#a-1) [2](#a-2)')).toEqual(['README.md: #a-2']);
  const all = [...pages, ...pagesIn(join(root, 'docs', 'api'))];
  expect(all.flatMap((page) => brokenLinks(page, readFileSync(page, 'utf8')))).toEqual([]);
});
