import { expect, it } from 'vitest';
import { Declarations, type Meaning, readDeclared } from '../../../kernel/cells/declarations.js';

const value: Meaning = { value: true, type: false };
const type: Meaning = { value: false, type: true };
const both: Meaning = { value: true, type: true };

/** Declarations of cells, each a .d.ts text and what its names mean. */
function declarationsOf(...cells: [string, Record<string, Meaning>][]): Declarations {
  const declarations = new Declarations();
  for (const [text, meanings] of cells)
    declarations.add(readDeclared(text, new Map(Object.entries(meanings))));
  return declarations;
}

it('gives what the names of a cell reach, and nothing else', () => {
  const declarations = declarationsOf(
    ['declare const a: number, b: Shape;\nexport {};', { a: value, b: value }],
    [
      'interface Shape { corners: Corner[]; }\ntype Corner = [number, number];',
      { Shape: type, Corner: type },
    ],
    ['declare function f(x: string): string;\ndeclare function f(x: number): number;', { f: value }],
  );
  expect(declarations.reachedFrom(['a', 'unknown'])).toBe('declare const a: number;');
  expect(declarations.reachedFrom(['b']).split('\n')).toEqual([
    'declare const b: Shape;',
    'interface Shape { corners: Corner[]; }',
    'type Corner = [number, number];',
  ]);
  expect(declarations.reachedFrom(['f']).split('\n')).toHaveLength(2);
  expect(declarations.all().split('\n')).toHaveLength(6);
});

it('keeps the comment above a declaration', () => {
  const declarations = declarationsOf(['/** The first. */\ndeclare let a: number;', { a: value }]);
  expect(declarations.all()).toBe('/** The first. */\ndeclare let a: number;');
});

it('takes each name of an import by itself', () => {
  const declarations = declarationsOf(
    [
      `import main, { one, two as three } from 'm' with { type: "x" };\nimport * as all from "n";\nimport type { T } from 'o';`,
      { main: value, one: value, three: value, all: { value: false, type: false }, T: type },
    ],
    ['declare const one: 1;', { one: value }],
  );
  expect(declarations.all().split('\n')).toEqual([
    `import main from 'm' with { type: "x" };`,
    'declare const one: 1;',
    `import { two as three } from 'm' with { type: "x" };`,
    'import * as all from "n";',
    `import type { T } from 'o';`,
  ]);
  expect(declarations.modules).toEqual(['m', 'n', 'o']);
});

it('names the modules of types, too', () => {
  const declarations = declarationsOf(['declare const a: import("m").A;', { a: value }]);
  expect(declarations.modules).toEqual(['m']);
});

it('lets a name mean the newest value and the newest type', () => {
  const shape = ['declare class A {}\ninterface B {}\ndeclare const B: 1;', { A: both, B: both }] as const;
  const before = [shape[0], { ...shape[1] }] as [string, Record<string, Meaning>];
  expect(declarationsOf(before, ['declare const A: 2;', { A: value }]).reachedFrom(['A'])).toBe(
    'declare const A: 2;',
  );
  expect(
    declarationsOf(before, ['type A = 2;', { A: type }])
      .reachedFrom(['A'])
      .split('\n'),
  ).toEqual(['declare let A: any;', 'type A = 2;']);
  expect(
    declarationsOf(before, ['declare const B: 2;', { B: value }])
      .reachedFrom(['B'])
      .split('\n'),
  ).toEqual(['interface B {}', 'declare const B: 2;']);
  expect(
    declarationsOf(before, ['type B = 2;', { B: type }])
      .reachedFrom(['B'])
      .split('\n'),
  ).toEqual(['declare const B: 1;', 'type B = 2;']);
});

it('forgets a namespace whose name is declared anew', () => {
  const space = ['declare namespace N { const x: 1; }', { N: value }] as [string, Record<string, Meaning>];
  expect(declarationsOf(space).all()).toBe(space[0]);
  expect(declarationsOf(space, ['type N = 1;', { N: type }]).all()).toBe('type N = 1;');
});

it('always gives what holds for all cells', () => {
  const declarations = declarationsOf([
    'interface Row { n: number; }\ndeclare global { var row: Row; }',
    { Row: type },
  ]);
  expect(declarations.hasAugmentations).toBe(true);
  expect(declarations.reachedFrom([])).toBe('declare global { var row: Row; }\ninterface Row { n: number; }');
});

it('changes its state with each new module, and with nothing else', () => {
  const declarations = declarationsOf(['declare const a: import("m").A;', { a: value }]);
  const { state } = declarations;
  declarations.add(readDeclared('declare const b: import("m").B;', new Map([['b', value]])));
  expect(declarations.state).toBe(state);
  declarations.add(readDeclared('import "n";', new Map()));
  expect(declarations.state).not.toBe(state);
});
