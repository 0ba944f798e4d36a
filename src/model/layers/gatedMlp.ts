import { type Tensor, tf } from '../../engine/tf.js';
import type { Weights } from '../weights/weights.js';
import { linearOf } from './linear.js';

/** SwiGLU: down(silu(gate x) ⊙ up x), silu(a) = a · σ(a); with biases where the weights have them. */
export function gatedMlp<T extends Tensor>(weights: Weights, name: string, x: T): T {
  const gated = gate(linearOf(weights, `${name}.gate_proj`, x), linearOf(weights, `${name}.up_proj`, x));
  return linearOf(weights, `${name}.down_proj`, gated as T);
}

/** silu(a) ⊙ b; its gradients are b ⊙ σ (1 + a (1 - σ)) and silu(a), σ = σ(a). Only a and b are kept for them. */
function gate(a: Tensor, b: Tensor): Tensor {
  const op = tf.customGrad((...args: unknown[]) => {
    const [input, factor] = args as Tensor[];
    (args[2] as (tensors: Tensor[]) => void)([input, factor]);
    const gradFunc = (dy: Tensor, [kept, by]: Tensor[]) =>
      tf.tidy(() => {
        const open = tf.sigmoid(kept);
        const slope = tf.mul(open, tf.add(1, tf.mul(kept, tf.sub(1, open))));
        return [tf.mul(dy, tf.mul(by, slope)), tf.mul(dy, tf.mul(kept, open))];
      });
    return { value: tf.tidy(() => tf.mul(tf.mul(input, tf.sigmoid(input)), factor)), gradFunc };
  });
  return op(a, b);
}
