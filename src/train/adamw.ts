import { Compiled } from '../engine/compile.js';
import { type Tensor, type Tensor1D, tf, type Variable } from '../engine/tf.js';
import { type Bucket, bucketsOf, groupsOf, join, split } from './buckets.js';

export interface AdamWOptions {
  /** Decay rates of the two moments. Default [0.9, 0.999]. */
  betas?: [number, number];
  /** ε, added outside of the root. Default 1e-8. */
  epsilon?: number;
  /** λ. Default 0.01. */
  weightDecay?: number;
  /** Which parameters decay. Default `decaysMatrices`; the official script decays all: `() => true`. */
  decays?: (name: string, shape: readonly number[]) => boolean;
}

/** A tensor on the host, as a safetensors file holds it. */
export interface HostTensor {
  shape: number[];
  data: Float32Array;
}

/**
 * The usual choice of what decays: matrices, but neither biases and norms, where a pull to zero has no meaning, nor
 * embeddings, whose unused rows would fade.
 */
export function decaysMatrices(name: string, shape: readonly number[]): boolean {
  return shape.length > 1 && !/embed_tokens|class_embedding|position_embedding/.test(name);
}

/** Of each bucket of an update: how many parameters it has, and whether they decay. */
type Plan = (readonly [parameters: number, decays: boolean])[];

/**
 * What an update makes of its inputs: four scalars (the factor of the gradients, of √v, of the change, and of weights that
 * decay), the parameters, the two moments of each bucket, and its gradient. @returns parameters, then moments.
 */
function changed(
  plan: Plan,
  [scale, correction, step, decayed, ...tensors]: readonly Tensor[],
  { betas: [beta1, beta2], epsilon }: Required<AdamWOptions>,
): Tensor[] {
  const count = plan.reduce((sum, [parameters]) => sum + parameters, 0);
  const olds = tensors.slice(count);
  let from = 0;
  const moments: Tensor[] = [];
  const parameters = plan.flatMap(([size, decays], i) => {
    const own = tensors.slice(from, from + size);
    from += size;
    const gradient = tf.mul(olds[2 * plan.length + i], scale);
    const first = tf.add(tf.mul(olds[2 * i], beta1), tf.mul(gradient, 1 - beta1));
    const second = tf.add(tf.mul(olds[2 * i + 1], beta2), tf.mul(tf.square(gradient), 1 - beta2));
    moments.push(first, second);
    const change = tf.div(first, tf.add(tf.mul(tf.sqrt(second), correction), epsilon));
    const values = join(own);
    const kept = decays ? tf.mul(values, decayed) : values;
    return split(
      tf.sub(kept, tf.mul(change, step)) as Tensor1D,
      own.map(({ shape }) => shape),
    );
  });
  return [...parameters, ...moments];
}

/**
 * AdamW: m ← β₁m + (1-β₁)g, v ← β₂v + (1-β₂)g²; θ ← (1 - lr λ)θ - lr m̂ / (√v̂ + ε), m̂ = m / (1-β₁ᵗ), v̂ = v / (1-β₂ᵗ).
 * A parameter that the loss does not reach has the gradient 0: only decay moves it. Source: Loshchilov & Hutter, "Decoupled Weight Decay
 * Regularization", 2019, as PyTorch's `torch.optim.AdamW` computes it.
 */
export class AdamW {
  /** Updates so far, t. */
  updates = 0;
  readonly buckets: readonly Bucket[];
  /** Indices of the buckets that are updated together. */
  readonly groups: readonly number[][];
  private readonly moments: { first: Tensor1D; second: Tensor1D }[];
  private readonly settings: Required<AdamWOptions>;
  private readonly change: Compiled;

  /** @param parameters what is trained, by name. */
  constructor(parameters: ReadonlyMap<string, Variable>, options: AdamWOptions = {}) {
    this.settings = {
      betas: [0.9, 0.999],
      epsilon: 1e-8,
      weightDecay: 0.01,
      decays: decaysMatrices,
      ...options,
    };
    this.buckets = bucketsOf(parameters, this.settings.decays);
    this.groups = groupsOf(this.buckets);
    this.moments = this.buckets.map(({ size }) => {
      return { first: tf.zeros([size]) as Tensor1D, second: tf.zeros([size]) as Tensor1D };
    });
    this.change = new Compiled(
      (tensors, { given }) => changed(given as Plan, tensors, this.settings),
      () => [],
    );
  }

  /**
   * One update.
   * @param gradients one vector a bucket. @param scale factor of the gradients, for clipping.
   */
  async update(gradients: readonly Tensor1D[], learningRate: number, scale = 1): Promise<void> {
    const {
      betas: [beta1, beta2],
      weightDecay,
      decays,
    } = this.settings;
    this.updates++;
    const scalars = [
      scale,
      1 / Math.sqrt(1 - beta2 ** this.updates),
      learningRate / (1 - beta1 ** this.updates),
      1 - learningRate * weightDecay,
    ].map((value) => tf.scalar(value));
    for (const group of this.groups) {
      const variables = group.flatMap((i) => this.buckets[i].parameters.map(([, variable]) => variable));
      const old = group.flatMap((i) => [this.moments[i].first, this.moments[i].second]);
      const given: Plan = group.map((i) => {
        const { sizes, parameters } = this.buckets[i];
        const [name, { shape }] = parameters[0];
        return [sizes.length, decays(name, shape)];
      });
      const inputs = [...scalars, ...variables, ...old, ...group.map((i) => gradients[i])];
      const results = await this.change.call(inputs, { given });
      variables.forEach((variable, i) => {
        variable.assign(results[i]);
        results[i].dispose();
      });
      group.forEach((bucket, i) => {
        const [first, second] = results.slice(variables.length + 2 * i) as Tensor1D[];
        this.moments[bucket] = { first, second };
      });
      tf.dispose(old);
    }
    tf.dispose(scalars);
  }

  /** The moments of each parameter: `<name>.exp_avg` and `<name>.exp_avg_sq`, PyTorch's names. */
  async state(): Promise<Map<string, HostTensor>> {
    const state = new Map<string, HostTensor>();
    for (const [i, { parameters }] of this.buckets.entries()) {
      const first = (await this.moments[i].first.data()) as Float32Array;
      const second = (await this.moments[i].second.data()) as Float32Array;
      let at = 0;
      for (const [name, { shape, size }] of parameters) {
        state.set(`${name}.exp_avg`, { shape, data: first.slice(at, at + size) });
        state.set(`${name}.exp_avg_sq`, { shape, data: second.slice(at, at + size) });
        at += size;
      }
    }
    return state;
  }

  /**
   * Continues from saved moments.
   * @throws when they are of other parameters.
   */
  restore(state: ReadonlyMap<string, { data: ArrayLike<number> }>, updates: number): void {
    this.buckets.forEach(({ parameters }, i) => {
      const join = (suffix: string) => {
        const vector = new Float32Array(this.moments[i].first.size);
        let at = 0;
        for (const [name, { size }] of parameters) {
          const stored = state.get(name + suffix)?.data;
          if (stored?.length !== size) {
            throw new Error(`AdamW.restore: the state has no "${name}${suffix}" of ${size} values`);
          }
          vector.set(stored, at);
          at += size;
        }
        return tf.tensor1d(vector);
      };
      tf.dispose([this.moments[i].first, this.moments[i].second]);
      this.moments[i] = { first: join('.exp_avg'), second: join('.exp_avg_sq') };
    });
    this.updates = updates;
  }

  /** Frees the moments. */
  dispose(): void {
    this.change.dispose();
    for (const { first, second } of this.moments) tf.dispose([first, second]);
  }
}
