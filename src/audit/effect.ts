import { bootstrap, type Interval } from '../base/bootstrap.js';
import type { PairedScores } from './pairedScores.js';

/** What a change of clips does to their scores. */
export interface Effect {
  /** Clips with both scores. */
  clips: number;
  /** Share of the clips whose first score is the higher one; ties count half. */
  wins: number;
  /** Mean of first - second, in deviations of the control's scores, with its bootstrap 95% interval over clips. */
  drop: Interval;
}

/**
 * The effect of a change, clip by clip: wins = (|{c > v}| + |{c = v}| / 2) / n, drop = mean(c - v) / s. The draws of the interval
 * keep s as it is.
 * @param pairs c and v of each clip, at least one
 * @param unit s, as `unitOf` gives it
 */
export function effectOf(pairs: readonly PairedScores[], unit: number): Effect {
  const drops = pairs.map(({ first, second }) => (first - second) / unit);
  const wins = drops.reduce((sum, drop) => sum + (drop > 0 ? 1 : drop === 0 ? 0.5 : 0), 0) / drops.length;
  const { drop } = bootstrap(drops.length, (drawn) => ({
    drop: drawn.reduce((sum, clip) => sum + drops[clip], 0) / drawn.length,
  }));
  return { clips: drops.length, wins, drop };
}

/** Sample deviation (n - 1) of scores; 1 where they are all equal, so that the unit is theirs. */
export function unitOf(scores: readonly number[]): number {
  if (scores.every((score) => score === scores[0])) return 1;
  const mean = scores.reduce((sum, score) => sum + score, 0) / scores.length;
  const squares = scores.reduce((sum, score) => sum + (score - mean) ** 2, 0);
  return Math.sqrt(squares / (scores.length - 1));
}
