import { describe, expect, it } from 'vitest';
import {
  isMissing,
  isNumeric,
  isVerdict,
  numberOf,
  shown,
  textOf,
  verdictOf,
} from '../../../src/data/tables/vocabulary.js';

describe('values of columns', () => {
  it.each([undefined, null, Number.NaN, '', ' ', 'NaN', 'N/A', 'null', 'None'])('%s is missing', (value) => {
    expect(isMissing(value)).toBe(true);
    expect(numberOf(value)).toBeNaN();
  });

  it('reads numbers of texts and big integers, and of nothing else', () => {
    expect(['1.5', ' -2e3 ', 7n, 4].map(numberOf)).toEqual([1.5, -2000, 7, 4]);
    expect(['1,5', 'inf', Number.POSITIVE_INFINITY, true, {}].map(numberOf)).toEqual(
      new Array(5).fill(undefined),
    );
  });

  it('reads the words of Pass and Fail', () => {
    expect([true, 'Pass', ' yes', 1, '1.0', 1n].map(verdictOf)).toEqual(new Array(6).fill(true));
    expect([false, 'FAIL', 'no', 0, 'false'].map(verdictOf)).toEqual(new Array(5).fill(false));
    expect(['maybe', 2, null].map(verdictOf)).toEqual([undefined, undefined, undefined]);
  });

  it('tells columns of numbers and of verdicts', () => {
    expect(isNumeric(['1', '', 2])).toBe(true);
    expect([[], ['', null], ['1', 'x'], [true, 1]].map(isNumeric)).toEqual([false, false, false, false]);
    expect(isVerdict(['Pass', '', 0])).toBe(true);
    expect([[], ['1', '2']].map(isVerdict)).toEqual([false, false]);
  });

  it('writes values out', () => {
    expect([textOf(3), textOf(' a '), textOf(5n)]).toEqual(['3', 'a', '5']);
    expect([shown('a'), shown(5n), shown(undefined)]).toEqual(['"a"', '5', 'nothing']);
  });
});
