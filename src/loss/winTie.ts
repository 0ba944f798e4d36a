import type { SmoothedMargin } from './bt.js';
import { combined } from './combined.js';
import type { Averaging, Loss } from './loss.js';

/** Settings of `winTie`. */
export interface WinTieOptions {
  /** m, in units of reward. Default 3, the official training script's. */
  margin?: number;
  /** ε of the pairs that are not ties, in [0, 0.5]. Default 0. */
  smoothing?: number;
  /** Default `kept`. */
  smoothedMargin?: SmoothedMargin;
  /** What the means divide by. Default `all`. */
  average?: Averaging;
}

/**
 * BT-WT as the official code trains it: the mean over pairs of sp(m - d), and of sp(m - d) + sp(m + d) for ties,
 * d = chosen - rejected. Win-ties and lose-ties are treated alike. The paper's form, without a margin, is `btWt`.
 * Source: official implementation, BT + BTT with the training script's margin.
 * @throws RangeError when the smoothing is not in [0, 0.5].
 */
export function winTie(options: WinTieOptions = {}): Loss {
  return combined(options);
}
