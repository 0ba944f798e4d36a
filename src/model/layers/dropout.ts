import type { Random } from '../../base/random.js';
import { drawn } from '../../engine/recording.js';
import { type Tensor, tf } from '../../engine/tf.js';

/**
 * Dropout of training: x ⊙ keep / (1 - p), keep drawn from Bernoulli(1 - p) for each value.
 * @param random nothing is dropped without it, as in evaluation.
 */
export function dropout<T extends Tensor>(x: T, rate: number, random?: Random): T {
  const factors = keptFactors(x.shape, rate, random);
  return (factors ? tf.mul(x, factors) : x) as T;
}

/**
 * Factors [samples, 1, 1] of drop path (stochastic depth) in training: a residual branch is left out for whole samples,
 * and divided by 1 - p for the others. Source: official implementation (timm `DropPath`).
 * @param random nothing is dropped without it, as in evaluation. @returns undefined where nothing is dropped.
 */
export function dropPathFactors(samples: number, rate: number, random?: Random): Tensor | undefined {
  return keptFactors([samples, 1, 1], rate, random);
}

/** 0 or 1 / (1 - p) for each value. */
function keptFactors(shape: number[], rate: number, random: Random | undefined): Tensor | undefined {
  if (!random || rate === 0) return undefined;
  const count = shape.reduce((product, n) => product * n, 1);
  return drawn(shape, random, (stream) =>
    Float32Array.from({ length: count }, () => (stream.chance(rate) ? 0 : 1 / (1 - rate))),
  );
}
