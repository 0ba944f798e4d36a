/** What people and scores say of a clip. */
export interface JudgedClip {
  score: number;
  /** Whether its rating is high. */
  high: boolean;
}

/** How often scores say high and low, and are right. */
export interface Confusion {
  rightHigh: number;
  wrongHigh: number;
  wrongLow: number;
  rightLow: number;
}

/** A measure of such counts. */
export type CutMeasure = (counts: Confusion) => number;

/** F1 of "high": 2 right / (2 right + wrong); 0 where none is right. */
export const f1: CutMeasure = ({ rightHigh, wrongHigh, wrongLow }) =>
  rightHigh === 0 ? 0 : (2 * rightHigh) / (2 * rightHigh + wrongHigh + wrongLow);

/** Share of clips that are right. */
export const accuracy: CutMeasure = ({ rightHigh, wrongHigh, wrongLow, rightLow }) =>
  (rightHigh + rightLow) / (rightHigh + wrongHigh + wrongLow + rightLow);

/** The counts where scores from `cutOf` a clip on are high. */
export function confusion<Clip extends JudgedClip>(
  clips: readonly Clip[],
  weights: ArrayLike<number>,
  cutOf: (clip: Clip) => number,
): Confusion {
  const counts = { rightHigh: 0, wrongHigh: 0, wrongLow: 0, rightLow: 0 };
  clips.forEach((clip, i) => {
    const says = clip.score >= cutOf(clip);
    const answer = says ? (clip.high ? 'rightHigh' : 'wrongHigh') : clip.high ? 'wrongLow' : 'rightLow';
    counts[answer] += weights[i];
  });
  return counts;
}

/**
 * The highest of the scores from which on a clip is high with the largest measure. O(n).
 * @param sorted from the highest score to the lowest
 * @param weights how often each counts
 */
export function fitCut(
  sorted: readonly JudgedClip[],
  weights: ArrayLike<number>,
  measure: CutMeasure,
): number {
  const counts = confusion(sorted, weights, () => Number.POSITIVE_INFINITY);
  let best = { cut: Number.NaN, value: Number.NEGATIVE_INFINITY };
  for (let row = 0; row < sorted.length; ) {
    const cut = sorted[row].score;
    for (; row < sorted.length && sorted[row].score === cut; row++) {
      if (sorted[row].high) {
        counts.rightHigh += weights[row];
        counts.wrongLow -= weights[row];
      } else {
        counts.wrongHigh += weights[row];
        counts.rightLow -= weights[row];
      }
    }
    const value = measure(counts);
    if (value > best.value) best = { cut, value };
  }
  return best.cut;
}
