/** Fewest losses that a trend can be seen in. */
const fewest = 12;
/** A trend of less than this share of the loss is none, however sure. */
const leastShare = 0.01;

/**
 * Whether losses have moved: their straight line goes down or up by more than its two standard errors and than 1% of
 * the loss. Fewer than 12 are taken to have moved.
 * @param losses of the steps since the warm-up
 */
export function hasMoved(losses: readonly number[]): boolean {
  const n = losses.length;
  if (n < fewest) return true;
  const middle = (n - 1) / 2;
  const mean = losses.reduce((sum, loss) => sum + loss, 0) / n;
  let products = 0;
  let squares = 0;
  losses.forEach((loss, i) => {
    products += (i - middle) * (loss - mean);
    squares += (i - middle) ** 2;
  });
  const slope = products / squares;
  const rest = losses.reduce((sum, loss, i) => sum + (loss - mean - slope * (i - middle)) ** 2, 0);
  const error = Math.sqrt(rest / (n - 2) / squares);
  const change = Math.abs(slope) * (n - 1);
  return Math.abs(slope) > 2 * error && change > leastShare * Math.abs(mean);
}
