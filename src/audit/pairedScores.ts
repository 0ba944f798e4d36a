/** Scores of clips in their order; undefined where a clip has none. */
export type Scores = readonly (number | undefined)[];

/** Two scores of one clip. */
export interface PairedScores {
  /** Place of the clip. */
  clip: number;
  /** The first score. */
  first: number;
  /** The second score. */
  second: number;
}

/** The clips that have both scores. */
export function pairScores(first: Scores, second: Scores): PairedScores[] {
  return first.flatMap((score, clip) => {
    const other = second[clip];
    return score === undefined || other === undefined ? [] : [{ clip, first: score, second: other }];
  });
}

/** The pair whose second score is the highest above the first, or the lowest below it. */
export function farthest(pairs: readonly PairedScores[], direction: 'above' | 'below'): PairedScores {
  const sign = direction === 'above' ? 1 : -1;
  const by = ({ first, second }: PairedScores) => sign * (second - first);
  return pairs.reduce((most, pair) => (by(pair) > by(most) ? pair : most));
}
