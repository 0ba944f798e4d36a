import type { Random } from '../../base/random.js';
import { type Tensor, tf } from '../../engine/tf.js';

/**
 * Dropout of training: x ⊙ keep / (1 - p), keep drawn from Bernoulli(1 - p) for each value.
 * @param random nothing is dropped without it, as in evaluation.
 */
export function dropout<T extends Tensor>(x: T, rate: number, random?: Random): T {
  return drop(x, x.shape, rate, random);
}

/**
 * Drop path (stochastic depth) of training: a residual branch is left out for whole samples, the first axis, and
 * divided by 1 - p for the others. Source: official implementation (timm `DropPath`).
 * @param random nothing is dropped without it, as in evaluation.
 */
export function dropPath<T extends Tensor>(branch: T, rate: number, random?: Random): T {
  return drop(branch, [branch.shape[0], ...branch.shape.slice(1).map(() => 1)], rate, random);
}

function drop<T extends Tensor>(x: T, shape: number[], rate: number, random: Random | undefined): T {
  if (!random || rate === 0) return x;
  const count = shape.reduce((product, n) => product * n, 1);
  const factors = Float32Array.from({ length: count }, () => (random.chance(rate) ? 0 : 1 / (1 - rate)));
  return tf.mul(x, tf.tensor(factors, shape)) as T;
}
