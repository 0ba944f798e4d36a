import { describe, expect, it } from 'vitest';
import { distributionSteps } from '../../src/analysis/distributionSteps.js';
import { Random } from '../../src/base/random.js';

/** The same by counting at each value. */
function counted(a: readonly number[], b: readonly number[]) {
  const values = [...new Set([...a, ...b])].sort((first, second) => first - second);
  const share = (list: readonly number[], value: number) =>
    list.filter((other) => other <= value).length / list.length;
  return {
    differences: values.slice(0, -1).map((value) => share(a, value) - share(b, value)),
    widths: values.slice(1).map((value, i) => value - values[i]),
  };
}

describe('distributionSteps', () => {
  it('gives the difference of the distribution functions between neighbouring values', () => {
    const { differences, widths } = distributionSteps([1, 2, 2], [2, 4]);
    expect([...differences]).toEqual([1 / 3, 0.5]);
    expect([...widths]).toEqual([1, 2]);
  });

  it('is the same as by counting, with equal values and without', () => {
    const random = new Random(3);
    for (let i = 0; i < 200; i++) {
      const draw = () => (i % 2 ? random.normal() : random.integer(5) - 2);
      const [a, b] = [1 + random.integer(8), 1 + random.integer(8)].map((n) =>
        Array.from({ length: n }, draw),
      );
      const { differences, widths } = distributionSteps(a, b);
      expect({ differences: [...differences], widths: [...widths] }).toEqual(counted(a, b));
    }
  });

  it('has no step where all values are equal', () => {
    expect(distributionSteps([3, 3], [3]).widths).toHaveLength(0);
  });
});
