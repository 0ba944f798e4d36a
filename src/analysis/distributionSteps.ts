import { ordered } from '../base/argsort.js';

/** Calls back for each distance between neighbouring values: distribution function of `a` minus that of `b` there. */
export function forSteps(
  a: readonly number[],
  b: readonly number[],
  visit: (difference: number, width: number) => void,
): void {
  const [{ sorted: sortedA }, { sorted: sortedB }] = [ordered(a), ordered(b)];
  let [i, j] = [0, 0];
  while (i < a.length || j < b.length) {
    const value = Math.min(sortedA[i] ?? Number.POSITIVE_INFINITY, sortedB[j] ?? Number.POSITIVE_INFINITY);
    while (sortedA[i] === value) i++;
    while (sortedB[j] === value) j++;
    const next = Math.min(sortedA[i] ?? Number.POSITIVE_INFINITY, sortedB[j] ?? Number.POSITIVE_INFINITY);
    if (next < Number.POSITIVE_INFINITY) visit(i / a.length - j / b.length, next - value);
  }
}
