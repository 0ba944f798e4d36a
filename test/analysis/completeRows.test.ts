import { describe, expect, it } from 'vitest';
import { completeRows, numbersOf, verdictsOf } from '../../src/analysis/completeRows.js';

describe('completeRows', () => {
  it('leaves out every row that lacks something, and counts it', () => {
    const columns = [
      [1, Number.NaN, 3, 4],
      [true, false, undefined, true],
    ] as const;
    const found = completeRows('roc', ['score', 'label'], columns);
    expect(found.columns).toEqual([
      [1, 4],
      [true, true],
    ]);
    expect(found.pick(['a', 'b', 'c', 'd'])).toEqual(['a', 'd']);
    expect(found.left).toEqual({ leftOut: 2 });
    expect(found.note).toBe('left out: 2 rows without a score or a label');
  });

  it('gives whole columns as they are, and says nothing of them', () => {
    const scores = [1, 2];
    const { columns, left, note } = completeRows('mean', ['score'], [scores]);
    expect(columns[0]).toBe(scores);
    expect([left, note]).toEqual([{}, undefined]);
  });

  it('is an error where nothing is left', () => {
    expect(() => completeRows('roc', ['score', 'label'], [[1], [undefined]])).toThrow(
      'roc: none of 1 row has a score and a label',
    );
  });
});

it.each([undefined, null, Number.NaN, '', ' ', 'n/a', 'NaN', 'null', 'None'])(
  '%j is missing, as files are read',
  (missing) => {
    expect(numbersOf('mean', [1, missing])).toEqual([1, Number.NaN]);
    expect(verdictsOf('roc', [true, missing], 'pass')).toEqual([true, undefined]);
  },
);

it('takes whole numbers of any length, and 1 and 0 as verdicts', () => {
  expect(numbersOf('mean', [1n, 2])).toEqual([1, 2]);
  expect(numbersOf('mean', BigInt64Array.from([3n]))).toEqual([3]);
  expect(verdictsOf('roc', [1, 0, 1n, true], 'pass')).toEqual([true, false, true, true]);
});

it.each(['high', '0.5', Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, true, {}])(
  '%s is not a number, and not missing',
  (wrong) => {
    expect(() => numbersOf('mean', [1, wrong])).toThrow(
      `mean: score 2: expected a finite number, received ${wrong}`,
    );
  },
);

it.each(['Pass', '1', 0.7, -1, 2, Number.POSITIVE_INFINITY])(
  '%s is not a verdict, and not missing',
  (wrong) => {
    expect(() => verdictsOf('roc', [true, wrong], 'pass')).toThrow(
      `roc: row 2: expected pass to be true or false, received ${wrong}`,
    );
  },
);
