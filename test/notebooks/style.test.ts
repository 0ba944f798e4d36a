import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';
import { describe, expect, it } from 'vitest';

const folder = resolve(fileURLToPath(new URL('../../notebooks', import.meta.url)));
const names = readdirSync(folder).filter((name) => name.endsWith('.ipynb'));

interface Cell {
  cell_type: string;
  source: string[];
  outputs?: unknown[];
}
const cellsOf = (name: string): Cell[] => JSON.parse(readFileSync(join(folder, name), 'utf8')).cells;
const codeOf = (name: string): string[] =>
  cellsOf(name)
    .filter(({ cell_type }) => cell_type === 'code')
    .map(({ source }) => source.join(''));

describe.each(names)('%s', (name) => {
  const cells = cellsOf(name);
  const code = codeOf(name);

  it('has no line of code that a cell is too narrow for', () => {
    const long = code.flatMap((cell) => cell.split('\n').filter((line) => line.length > 110));
    expect(long).toEqual([]);
  });

  it('reads its settings by sr.notebook.parameter', () => {
    expect(code.join('\n')).not.toContain('process.env');
    expect(code.join('\n')).toContain('sr.notebook');
  });

  it('is kept without outputs', () => {
    expect(cells.flatMap(({ outputs = [] }) => outputs)).toEqual([]);
  });
});

/** Code that users are shown, by where it is: cells of notebooks, what they import, and blocks of the pages. */
function shownCode(): [place: string, code: string][] {
  const root = resolve(folder, '..');
  const pages = ['README.md', ...readdirSync(join(root, 'docs')).map((name) => join('docs', name))];
  return [
    ...names.flatMap((name) =>
      codeOf(name).map((code, i): [string, string] => [`${name}, code cell ${i + 1}`, code]),
    ),
    ...readdirSync(folder)
      .filter((name) => name.endsWith('.ts'))
      .map((name): [string, string] => [name, readFileSync(join(folder, name), 'utf8')]),
    ...pages
      .filter((name) => name.endsWith('.md'))
      .flatMap((name) =>
        [...readFileSync(join(root, name), 'utf8').matchAll(/^```ts\n(.*?)^```/gms)].map(
          ([, code]): [string, string] => [name, code],
        ),
      ),
  ];
}

/** The casts of a piece of code: `as T` and `<T>x`, but not `as const`. */
function castsOf(code: string): string[] {
  const file = ts.createSourceFile('code.ts', code, ts.ScriptTarget.Latest, true);
  const casts: string[] = [];
  const look = (node: ts.Node) => {
    const isCast = ts.isAsExpression(node) || ts.isTypeAssertionExpression(node);
    if (isCast && !ts.isConstTypeReference(node.type)) casts.push(node.getText(file));
    ts.forEachChild(node, look);
  };
  look(file);
  return casts;
}

it('casts nothing: what the library returns is what one works with', () => {
  expect(castsOf("const a = b as string[]; <number>c; ['x'] as const;")).toEqual([
    'b as string[]',
    '<number>c',
  ]);
  const code = shownCode();
  expect(code.length).toBeGreaterThan(100);
  expect(code.flatMap(([place, code]) => castsOf(code).map((cast) => `${place}: ${cast}`))).toEqual([]);
});
