/** Points of a curve that are drawn; more could not be told apart. */
const mostOfCurve = 300;

/** Indices of at most 300 (or `most`) of `count` points, evenly, the first and the last among them. */
export function thin(count: number, most = mostOfCurve): number[] {
  if (count <= most) return Array.from({ length: count }, (_, i) => i);
  return Array.from({ length: most }, (_, i) => Math.round((i * (count - 1)) / (most - 1)));
}
