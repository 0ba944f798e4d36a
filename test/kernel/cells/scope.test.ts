import { expect, it } from 'vitest';
import { Scope } from '../../../kernel/cells/scope.js';

it('lets cells see each other’s variables, also later ones and assignments', () => {
  const scope = new Scope();
  const first = scope.view() as Record<string, unknown>;
  let a = 1;
  scope.define({
    get a() {
      return a;
    },
    set a(value) {
      a = value;
    },
  });
  const second = scope.view() as Record<string, unknown>;
  second.a = 2;
  expect([a, first.a, second.a]).toEqual([2, 2, 2]);
  expect('toString' in first).toBe(false);
});

it('means the newest variable of a name', () => {
  const scope = new Scope();
  scope.define({ a: 1, b: 1 });
  scope.define({ a: 2 });
  expect(scope.view()).toMatchObject({ a: 2, b: 1 });
});

it('gives an earlier variable back when its successor never got a value', () => {
  const scope = new Scope();
  scope.define({ a: 1, b: 1, c: 1 });
  const undo = scope.define({
    get a() {
      throw new ReferenceError("Cannot access 'a' before initialization");
    },
    b: 2,
    get d() {
      throw new ReferenceError("Cannot access 'd' before initialization");
    },
  });
  undo();
  const view = scope.view() as Record<string, unknown>;
  expect([view.a, view.b, view.c]).toEqual([1, 2, 1]);
  expect(() => view.d).toThrow('before initialization');
});

it('names its variables, and reads those that have a value', () => {
  const scope = new Scope({ _: 0 });
  scope.define({
    a: undefined,
    get b() {
      throw new ReferenceError('b is not there yet');
    },
  });
  expect(scope.names()).toEqual(['a', 'b']);
  expect(scope.read('a')).toEqual({ value: undefined });
  for (const name of ['b', 'c', '_', 'toString']) expect(scope.read(name)).toBeUndefined();
  expect((scope.view() as { _: number })._).toBe(0);
});
