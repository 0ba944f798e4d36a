/**
 * Holm's adjusted p of several tests: the k-th smallest of m is multiplied by m - k + 1, and is no smaller than those before
 * it. Reject those below 0.05, and the chance of any false rejection is at most 5%, whatever the tests have to do with each other.
 * Source: Holm 1979.
 * @param values of p; NaN, of what was not tested, stays and is not counted
 * @throws {RangeError} for a p that is not from 0 to 1
 */
export function holm(values: readonly number[]): number[] {
  values.forEach((p, i) => {
    if (p < 0 || p > 1) throw new RangeError(`holm: values[${i}]: expected a p from 0 to 1, received ${p}`);
  });
  const adjusted = values.map(() => Number.NaN);
  const order = values.flatMap((p, i) => (Number.isNaN(p) ? [] : i)).sort((a, b) => values[a] - values[b]);
  let largest = 0;
  order.forEach((i, k) => {
    largest = Math.max(largest, Math.min(1, values[i] * (order.length - k)));
    adjusted[i] = largest;
  });
  return adjusted;
}
