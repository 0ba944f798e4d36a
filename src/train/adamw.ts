import { type Tensor1D, tf, type Variable } from '../engine/tf.js';
import { type Bucket, bucketsOf } from './buckets.js';

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

/**
 * AdamW: m ← β₁m + (1-β₁)g, v ← β₂v + (1-β₂)g²; θ ← (1 - lr λ)θ - lr m̂ / (√v̂ + ε), m̂ = m / (1-β₁ᵗ), v̂ = v / (1-β₂ᵗ).
 * A parameter that the loss does not reach has the gradient 0: only decay moves it. Source: Loshchilov & Hutter, "Decoupled Weight Decay
 * Regularization", 2019, as PyTorch's `torch.optim.AdamW` computes it.
 */
export class AdamW {
  /** Updates so far, t. */
  updates = 0;
  readonly buckets: readonly Bucket[];
  private readonly moments: { first: Tensor1D; second: Tensor1D }[];
  private readonly settings: Required<AdamWOptions>;

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
    this.moments = this.buckets.map(({ sizes }) => {
      const length = sizes.reduce((sum, size) => sum + size, 0);
      return { first: tf.zeros([length]) as Tensor1D, second: tf.zeros([length]) as Tensor1D };
    });
  }

  /**
   * One update.
   * @param gradients one vector a bucket. @param scale factor of the gradients, for clipping.
   */
  update(gradients: readonly Tensor1D[], learningRate: number, scale = 1): void {
    const { betas, epsilon, weightDecay, decays } = this.settings;
    const [beta1, beta2] = betas;
    this.updates++;
    const step = learningRate / (1 - beta1 ** this.updates);
    const correction = 1 / Math.sqrt(1 - beta2 ** this.updates);

    this.buckets.forEach((bucket, i) => {
      const [name, { shape }] = bucket.parameters[0];
      const kept = decays(name, shape) ? 1 - learningRate * weightDecay : 1;
      const old = this.moments[i];
      this.moments[i] = tf.tidy(() => {
        const gradient = tf.mul(gradients[i], scale);
        const first = tf.add(tf.mul(old.first, beta1), tf.mul(gradient, 1 - beta1)) as Tensor1D;
        const second = tf.add(tf.mul(old.second, beta2), tf.mul(tf.square(gradient), 1 - beta2)) as Tensor1D;
        const change = tf.div(first, tf.add(tf.mul(tf.sqrt(second), correction), epsilon));
        const values = bucket.gather((_, variable) => variable);
        bucket.assign(tf.sub(tf.mul(values, kept), tf.mul(change, step)) as Tensor1D);
        return { first, second };
      });
      tf.dispose([old.first, old.second]);
    });
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
   * Goes on from saved moments.
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
    for (const { first, second } of this.moments) tf.dispose([first, second]);
  }
}
