import type { Variable } from '../../engine/tf.js';

/** Parameters by their official names, in the layouts of PyTorch (a linear layer is [out, in]), float32. */
export type Weights = Map<string, Variable>;

/**
 * The parameter of that name.
 * @throws when there is none.
 */
export function parameter(weights: Weights, name: string): Variable {
  const found = weights.get(name);
  if (!found) throw new Error(`weights: there is no parameter "${name}"`);
  return found;
}

/** The parameters whose names begin so, in their order. */
export const parametersOf = (weights: Weights, prefix: string): Variable[] =>
  [...weights].flatMap(([name, variable]) => (name.startsWith(prefix) ? variable : []));
