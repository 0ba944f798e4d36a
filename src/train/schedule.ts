/** How the learning rate continues after its warm-up. */
export const schedules = ['constant', 'linear', 'cosine', 'logarithmic'] as const;
export type Schedule = (typeof schedules)[number];

export interface ScheduleOptions {
  schedule: Schedule;
  /** The rate that the warm-up reaches. */
  learningRate: number;
  /** Updates of the warm-up, W. */
  warmup: number;
  /** Updates of the whole training, T. */
  steps: number;
}

/**
 * Learning rate of update u = 1, 2, ..., T.
 * - `constant`, `linear`, `cosine`: lr u / (W + 1) while u <= W; then lr times 1, 1 - p, or (1 + cos πp) / 2, where
 *   p = (u - 1 - W) / (T - W).
 * - `logarithmic`: 0 for u = 1, then lr ln(u - 1) / ln max(2, W) up to lr, then constant: two updates change nothing.
 *   Source: official implementation, DeepSpeed's WarmupLR.
 * @throws RangeError for an unknown schedule.
 */
export function learningRateAt(
  update: number,
  { schedule, learningRate, warmup, steps }: ScheduleOptions,
): number {
  if (schedule === 'logarithmic') {
    if (update === 1) return 0;
    return learningRate * Math.min(1, Math.log(update - 1) / Math.log(Math.max(2, warmup)));
  }
  if (update <= warmup) return (learningRate * update) / (warmup + 1);
  const progress = (update - 1 - warmup) / (steps - warmup);
  switch (schedule) {
    case 'constant':
      return learningRate;
    case 'linear':
      return learningRate * (1 - progress);
    case 'cosine':
      return (learningRate * (1 + Math.cos(Math.PI * progress))) / 2;
    default:
      throw new RangeError(
        `learningRateAt: unknown schedule "${schedule}", expected ${schedules.join(', ')}`,
      );
  }
}
