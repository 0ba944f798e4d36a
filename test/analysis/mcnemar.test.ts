import { describe, expect, it } from 'vitest';
import { mcnemar } from '../../src/analysis/mcnemar.js';
import { reference } from './reference/reference.js';

const repeat = (value: boolean, times: number) => new Array<boolean>(times).fill(value);

describe('mcnemar', () => {
  it.each(reference.mcnemar)("equals statsmodels': $onlyFirst against $onlySecond", (expected) => {
    const { onlyFirst, onlySecond } = expected;
    const first = [...repeat(true, 10), ...repeat(true, onlyFirst), ...repeat(false, onlySecond + 7)];
    const second = [
      ...repeat(true, 10),
      ...repeat(false, onlyFirst),
      ...repeat(true, onlySecond),
      ...repeat(false, 7),
    ];
    const received = mcnemar(first, second);
    expect([received.onlyFirst, received.onlySecond]).toEqual([onlyFirst, onlySecond]);
    // statsmodels squares |b - c| - 1 also where b = c, which makes an even table differ by one.
    if (onlyFirst !== onlySecond) {
      expect(received.chiSquared).toBeAllclose(expected.chiSquared, { rtol: 1e-12 });
      expect(received.chiSquaredP).toBeAllclose(expected.chiSquaredP, { rtol: 1e-9 });
    } else expect([received.chiSquared, received.chiSquaredP]).toEqual([0, 1]);
    expect(received.exactP).toBeAllclose(expected.exactP, { rtol: 1e-9 });
  });

  it('has p 1 where the two never differ', () => {
    expect(mcnemar([true, false], [true, false])).toMatchObject({ exactP: 1, chiSquared: 0, chiSquaredP: 1 });
  });

  it('refuses lists of different lengths', () => {
    expect(() => mcnemar([true], [])).toThrow('mcnemar: expected 1 judgements of the second');
  });
});
