import { type NamedTensorMap, type Tensor, type Tensor1D, tf, type Variable } from '../engine/tf.js';

/** Most values of a bucket; a larger parameter has one to itself. It bounds the memory of an update. */
const CAPACITY = 2 ** 22;

/**
 * Some parameters as one long vector, in their order. A training step on a hundred small tensors is mostly the price
 * of calling operations: on vectors it takes a third of the time.
 */
export class Bucket {
  readonly sizes: number[];

  constructor(readonly parameters: readonly (readonly [name: string, variable: Variable])[]) {
    this.sizes = parameters.map(([, { size }]) => size);
  }

  /** Tensors by the parameters' names, as a vector. */
  gather(tensors: (name: string, variable: Variable) => Tensor): Tensor1D {
    return tf.tidy(() =>
      tf.concat(
        this.parameters.map(([name, variable]) => tf.reshape(tensors(name, variable), [-1]) as Tensor1D),
      ),
    );
  }

  /** Gives the parameters the values of a vector. */
  assign(vector: Tensor1D): void {
    tf.tidy(() => {
      const parts = tf.split(vector, this.sizes);
      this.parameters.forEach(([, variable], i) => {
        variable.assign(tf.reshape(parts[i], variable.shape));
      });
    });
  }
}

/**
 * Fills buckets with parameters, in their order.
 * @param kind parameters of different kinds do not share a bucket.
 */
export function bucketsOf(
  parameters: ReadonlyMap<string, Variable>,
  kind: (name: string, shape: readonly number[]) => boolean,
): Bucket[] {
  const full: [string, Variable][][] = [];
  const open = new Map<boolean, { entries: [string, Variable][]; size: number }>();
  for (const [name, variable] of parameters) {
    const of = kind(name, variable.shape);
    let bucket = open.get(of);
    if (!bucket || bucket.size + variable.size > CAPACITY) {
      bucket = { entries: [], size: 0 };
      open.set(of, bucket);
      full.push(bucket.entries);
    }
    bucket.entries.push([name, variable]);
    bucket.size += variable.size;
  }
  return full.map((entries) => new Bucket(entries));
}

/** Gradients by the names of TensorFlow.js's variables, as one vector a bucket; 0 where there is none. */
export function gatherGradients(buckets: readonly Bucket[], gradients: NamedTensorMap): Tensor1D[] {
  return buckets.map((bucket) =>
    bucket.gather((_, variable) => gradients[variable.name] ?? tf.zerosLike(variable)),
  );
}
