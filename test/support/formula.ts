import { type Tensor, tf } from '../../src/engine/tf.js';
import type { ParameterSpec } from '../../src/model/parameterSpec.js';
import { variableOf } from '../../src/model/weights/safetensors.js';
import type { Weights } from '../../src/model/weights/weights.js';

/**
 * Weights by the formula of the reference values: key k in code point order, element j: a · sin(0.7 (j + 1) + 1.3 k),
 * plus 1 for the weights of norms.
 */
export function formulaWeights(specs: ReadonlyMap<string, ParameterSpec>, a: number): Weights {
  const weights: Weights = new Map();
  for (const [k, name] of [...specs.keys()].sort().entries()) {
    const { shape } = specs.get(name)!;
    const one = /norm[12]?\.weight$/.test(name) || name === 'mlp1.0.weight' ? 1 : 0;
    const size = shape.reduce((product, n) => product * n, 1);
    const values = Float32Array.from({ length: size }, (_, j) => one + a * Math.sin(0.7 * (j + 1) + 1.3 * k));
    weights.set(name, variableOf(values, shape));
  }
  return weights;
}

/** A tensor whose element i is f(i). */
export function tensorOf<T extends Tensor>(shape: number[], f: (i: number) => number): T {
  const size = shape.reduce((product, n) => product * n, 1);
  return tf.tensor(
    Float32Array.from({ length: size }, (_, i) => f(i)),
    shape,
  ) as T;
}

/** Irregular values in -1..1. */
export const wave = (i: number): number => Math.sin(1.7 * i + 0.3 * Math.cos(2.3 * i));
