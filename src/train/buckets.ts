import { canCompile } from '../engine/compile.js';
import { type NamedTensorMap, type Tensor, type Tensor1D, tf, type Variable } from '../engine/tf.js';

/**
 * Most values of a bucket; a larger parameter has one to itself. Where each operation is a call of the engine, a training
 * step on a hundred small tensors is mostly the price of the calls: on vectors it takes a third of the time. Inside of a
 * compiled function calls cost nothing, and parameters are left as they are.
 */
const capacity = (): number => (canCompile() ? 0 : 2 ** 22);

/** Values of the parameters that are updated in one call: what an update takes besides weights, moments and gradients. */
const GROUP = 2 ** 26;

/** Some parameters as one long vector, in their order. */
export class Bucket {
  readonly sizes: number[];

  constructor(readonly parameters: readonly (readonly [name: string, variable: Variable])[]) {
    this.sizes = parameters.map(([, { size }]) => size);
  }

  get size(): number {
    return this.sizes.reduce((sum, size) => sum + size, 0);
  }
}

/** Tensors as one vector. */
export function join(tensors: readonly Tensor[]): Tensor1D {
  return tf.tidy(() => tf.concat(tensors.map((tensor) => tf.reshape(tensor, [-1]) as Tensor1D)));
}

/** The tensors of these shapes that were joined to a vector. */
export function split(vector: Tensor1D, shapes: readonly number[][]): Tensor[] {
  return tf.tidy(() => {
    if (shapes.length === 1) return [tf.reshape(vector, shapes[0])];
    const sizes = shapes.map((shape) => shape.reduce((product, n) => product * n, 1));
    return tf.split(vector, sizes).map((part, i) => tf.reshape(part, shapes[i]));
  });
}

/**
 * Fills buckets with parameters, in their order.
 * @param kind parameters of different kinds do not share a bucket.
 */
export function bucketsOf(
  parameters: ReadonlyMap<string, Variable>,
  kind: (name: string, shape: readonly number[]) => boolean,
): Bucket[] {
  const most = capacity();
  const full: [string, Variable][][] = [];
  const open = new Map<boolean, { entries: [string, Variable][]; size: number }>();
  for (const [name, variable] of parameters) {
    const of = kind(name, variable.shape);
    let bucket = open.get(of);
    if (!bucket || bucket.size + variable.size > most) {
      bucket = { entries: [], size: 0 };
      open.set(of, bucket);
      full.push(bucket.entries);
    }
    bucket.entries.push([name, variable]);
    bucket.size += variable.size;
  }
  return full.map((entries) => new Bucket(entries));
}

/** Indices of the buckets that are updated together. */
export function groupsOf(buckets: readonly Bucket[]): number[][] {
  const groups: number[][] = [];
  let values = Number.POSITIVE_INFINITY;
  buckets.forEach(({ size }, i) => {
    if (values + size > GROUP) {
      groups.push([]);
      values = 0;
    }
    groups[groups.length - 1].push(i);
    values += size;
  });
  return groups;
}

/** Gradients by the names of TensorFlow.js's variables, as one vector a bucket; 0 where there is none. */
export function gatherGradients(buckets: readonly Bucket[], gradients: NamedTensorMap): Tensor1D[] {
  return buckets.map((bucket) =>
    join(bucket.parameters.map(([, variable]) => gradients[variable.name] ?? tf.zerosLike(variable))),
  );
}
