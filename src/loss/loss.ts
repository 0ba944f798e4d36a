import type { Scalar, Tensor1D } from '../engine/tf.js';

/** Labels of the clips of a batch of pairs, float32 [B] each: 1 for Pass, 0 for Fail. */
export interface PairLabels {
  /** Labels of the chosen clips, [B]. */
  chosen: Tensor1D;
  /** Labels of the rejected clips, [B]. */
  rejected: Tensor1D;
}

/** What a loss gives: its value for each pair, and the scalar whose gradient is taken. */
export interface LossValue {
  /** [B]; 0 for a pair that the loss does not apply to. */
  perPair: Tensor1D;
  /** The scalar that is minimised. */
  loss: Scalar;
  /** The parts of the loss, for the log; no gradient is taken of them. */
  terms?: Record<string, Scalar>;
}

/**
 * A loss on the rewards of B pairs: a pure function, differentiable in `chosen` and `rejected`.
 * @param chosen rewards [B] of the better clips.
 * @param rejected rewards [B] of the worse ones; in a tie neither is better.
 * @param tie [B]: 1 where the pair is a tie (win-tie or lose-tie), else 0.
 * @param labels Pass or Fail of each clip; only BCE reads them. Default: the chosen one passes, and in a tie both.
 */
export interface Loss {
  (chosen: Tensor1D, rejected: Tensor1D, tie: Tensor1D, labels?: PairLabels): LossValue;
  /** Name and parameters; a run writes them to its configuration and refuses to be resumed with others. */
  readonly settings?: Readonly<Record<string, string | number>>;
}

/**
 * What a mean over pairs divides by: `all` pairs of the batch, as the official implementation does, so that a pair
 * weighs the same in every batch but pairs without a part in the term dilute it; or only those `counted` by the term.
 */
export type Averaging = 'all' | 'counted';

/** Makes a loss of a function and its settings. */
export function named(
  settings: Record<string, string | number>,
  loss: (chosen: Tensor1D, rejected: Tensor1D, tie: Tensor1D, labels?: PairLabels) => LossValue,
): Loss {
  return Object.assign(loss, { settings: Object.freeze({ ...settings }) });
}
