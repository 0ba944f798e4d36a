import { describe, expect, it } from 'vitest';
import { Variables } from '../../../kernel/cells/variables.js';

/** Name, value and type of the parts of a value. */
function parts(value: unknown, start?: number, count?: number) {
  const variables = new Variables();
  const { variablesReference } = variables.describe('it', value);
  return variables.parts(variablesReference, start, count)?.map((part) => [part.name, part.value, part.type]);
}

it.each([
  [5, '5', 'number'],
  ['text', "'text'", 'string'],
  [null, 'null', 'null'],
  [undefined, 'undefined', 'undefined'],
  [[1, 2], '[ 1, 2 ]', 'Array(2)'],
  [new Float32Array(3), 'Float32Array(3) [ 0, 0, 0 ]', 'Float32Array(3)'],
  [new Map([['a', 1]]), "Map(1) { 'a' => 1 }", 'Map'],
  [{ a: 1 }, '{ a: 1 }', 'Object'],
  [Object.create(null), '[Object: null prototype] {}', 'object'],
  [
    new (class Run {
      step = 3;
    })(),
    'Run { step: 3 }',
    'Run',
  ],
  [function train() {}, '[Function: train]', 'Function'],
])('describes %o', (value, text, type) => {
  expect(new Variables().describe('it', value)).toMatchObject({ name: 'it', value: text, type });
});

it('lists the parts of a value, one level at a time', () => {
  expect(parts([1, 'b'])).toEqual([
    ['0', '1', 'number'],
    ['1', "'b'", 'string'],
  ]);
  expect(parts(new Map([[{ key: 1 }, 2]]))).toEqual([['{ key: 1 }', '2', 'number']]);
  expect(parts(new Set(['x']))).toEqual([['0', "'x'", 'string']]);
  expect(parts({ a: { b: 1 } })).toEqual([['a', '{ b: 1 }', 'Object']]);
  expect(parts(5)).toBeUndefined();
  expect(parts({})).toBeUndefined();
});

it('lists a part of much, and says how much more there is', () => {
  const many = Array.from({ length: 5000 }, (_, i) => i);
  expect(parts(many)).toHaveLength(101);
  expect(parts(many)!.at(-1)).toEqual(['…', '4,900 more', '']);
  expect(parts(many, 4998, 10)).toEqual([
    ['4998', '4998', 'number'],
    ['4999', '4999', 'number'],
  ]);
  expect(parts(new Set(many), 2, 1)![0]).toEqual(['2', '2', 'number']);
  expect(parts('x'.repeat(1e6))).toBeUndefined();
});

it('lets go of values', () => {
  const variables = new Variables();
  const { variablesReference } = variables.describe('it', [1]);
  variables.forget();
  expect(variables.parts(variablesReference)).toBeUndefined();
});

describe('runs nothing of a value', () => {
  const boom = () => {
    throw new Error('boom');
  };
  it.each([
    ['a getter', Object.defineProperty({}, 'a', { get: boom, enumerable: true })],
    ['an inspector', { [Symbol.for('nodejs.util.inspect.custom')]: boom, [Symbol.toStringTag]: 'x' }],
    ['a proxy', new Proxy({ a: 1 }, { get: boom, ownKeys: boom, getPrototypeOf: boom })],
    [
      'a proxy as prototype',
      Object.create(new Proxy({}, { get: boom, getOwnPropertyDescriptor: boom, getPrototypeOf: boom })),
    ],
    ['a constructor of its own', Object.create(Object.defineProperty({}, 'constructor', { get: boom }))],
    [
      'a map',
      new (class extends Map {
        override entries(): never {
          return boom() as never;
        }
        override get size(): never {
          return boom() as never;
        }
      })(),
    ],
    ['an error', Object.defineProperty(new Error('x'), 'stack', { get: boom })],
  ])('%s', (_, value) => {
    const variables = new Variables();
    const { variablesReference, value: text } = variables.describe('it', value);
    expect(text).toEqual(expect.any(String));
    if (variablesReference) expect(variables.parts(variablesReference)).toBeInstanceOf(Array);
  });
});
