import { argsort } from '../base/argsort.js';

/**
 * p-values corrected for being many: of m ascending ones the i-th times m - i + 1, at most 1, and no smaller than the one
 * before it. Whatever of the hypotheses is true, one of them is rejected falsely at most as often as the level says.
 * Source: Holm 1979.
 */
export function holm(values: readonly number[]): number[] {
  const adjusted = new Array<number>(values.length);
  let largest = 0;
  for (const [i, place] of argsort(values).entries()) {
    largest = Math.max(largest, Math.min(1, values[place] * (values.length - i)));
    adjusted[place] = largest;
  }
  return adjusted;
}
