/** max |x - exact| / max |exact|; infinite where a value is not finite. */
export function relativeError(x: ArrayLike<number>, exact: ArrayLike<number>): number {
  let [worst, scale] = [0, 0];
  for (let i = 0; i < exact.length; i++) {
    const difference = Math.abs(x[i] - exact[i]);
    worst = Math.max(worst, Number.isFinite(difference) ? difference : Number.POSITIVE_INFINITY);
    scale = Math.max(scale, Math.abs(exact[i]));
  }
  return worst / scale;
}
