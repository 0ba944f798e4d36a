import { type Scalar, type Tensor1D, tf } from '../engine/tf.js';
import { bcePerPair, defaultLabels } from './bce.js';
import { btPerPair, checkMargin, checkSmoothing, type SmoothedMargin } from './bt.js';
import { bttPerPair } from './btt.js';
import { type Averaging, type Loss, named } from './loss.js';
import { meanOfCounted } from './mean.js';

/** Settings of `combined`. */
export interface CombinedOptions {
  /** m of BT and BTT, in units of reward. Default 3, the official training script's. */
  margin?: number;
  /** Coefficient of BT, which applies to pairs that are not ties. Default 1. */
  bt?: number;
  /** Coefficient of BTT, which applies to ties; 0 leaves it out. Default 1. */
  btt?: number;
  /** Coefficient of BCE, which applies to every clip; 0 leaves it out. Default 0. */
  bce?: number;
  /** ε of BT, in [0, 0.5]. Default 0. */
  smoothing?: number;
  /** ε of BCE, in [0, 0.5]. Default 0. */
  bceSmoothing?: number;
  /** Default `kept`. */
  smoothedMargin?: SmoothedMargin;
  /** What the means of BT and BTT divide by. Default `all`. */
  average?: Averaging;
  /**
   * What the loss reports as its `terms`.
   * - `parts`: masked and multiplied by their coefficients, so that they add up to the loss. The default.
   * - `official`: as the official trainer logs them, means over all pairs, ties or not, without coefficients; their
   *   sum is not the loss. To compare with its logs.
   */
  terms?: 'parts' | 'official';
}

/**
 * The official combination: the mean over the pairs of c_bt BT (no tie) + c_btt BTT (tie) + c_bce BCE.
 * Source: official implementation, combined loss.
 * @throws RangeError when a smoothing is not in [0, 0.5].
 */
export function combined(options: CombinedOptions = {}): Loss {
  const settings = {
    margin: 3,
    bt: 1,
    btt: 1,
    bce: 0,
    smoothing: 0,
    bceSmoothing: 0,
    smoothedMargin: 'kept' as const,
    average: 'all' as const,
    terms: 'parts' as const,
    ...options,
  };
  const { margin, smoothing, bceSmoothing, smoothedMargin, average, terms } = settings;
  checkSmoothing('combined', smoothing);
  checkSmoothing('combined', bceSmoothing);
  checkMargin('combined', margin);

  return named({ name: 'combined', ...settings }, (chosen, rejected, tie, labels = defaultLabels(tie)) => {
    const difference = tf.sub(chosen, rejected) as Tensor1D;
    const decided = tf.sub(1, tie) as Tensor1D;
    const everyPair = tf.onesLike(tie);
    const zeros = tf.zerosLike(tie);

    // Each term: its coefficient, the pairs that it applies to, its value for every pair.
    const values = {
      bt: [settings.bt, decided, btPerPair(difference, margin, smoothing, smoothedMargin)],
      btt: [settings.btt, tie, settings.btt === 0 ? zeros : bttPerPair(difference, margin)],
      bce: [
        settings.bce,
        everyPair,
        settings.bce === 0 ? zeros : bcePerPair(chosen, rejected, labels, bceSmoothing),
      ],
    } satisfies Record<string, [number, Tensor1D, Tensor1D]>;

    const masked = Object.entries(values).map(([name, [coefficient, applies, value]]) => {
      const perPair = tf.mul(tf.mul(value, applies), coefficient) as Tensor1D;
      return { name, perPair, mean: meanOfCounted(perPair, applies, average) };
    });
    return {
      perPair: tf.addN(masked.map(({ perPair }) => perPair)),
      loss: tf.addN(masked.map(({ mean }) => mean)),
      terms:
        terms === 'parts'
          ? Object.fromEntries(masked.map(({ name, mean }) => [name, mean]))
          : Object.fromEntries(
              Object.entries(values).map(([name, [, , value]]) => [name, tf.mean(value) as Scalar]),
            ),
    };
  });
}
