import { type Tensor, tf } from '../../engine/tf.js';

/** 1 / √(2π). */
const density = 1 / Math.sqrt(2 * Math.PI);

/** x · Φ(x), exact; its gradient is Φ(x) + x φ(x). Of its steps, each as large as the layer, none is kept. */
export function gelu<T extends Tensor>(x: T): T {
  const below = (input: Tensor) => tf.mul(0.5, tf.add(1, tf.erf(tf.mul(input, Math.SQRT1_2))));
  return ofInput(
    x,
    (input) => tf.mul(input, below(input)),
    (input) => tf.add(below(input), tf.mul(tf.mul(input, density), tf.exp(tf.mul(tf.square(input), -0.5)))),
  );
}

/**
 * x · σ(1.702 x), the approximation of GELU that Qwen2-VL's vision transformer was trained with; its gradient is
 * σ (1 + 1.702 x (1 - σ)).
 */
export function quickGelu<T extends Tensor>(x: T): T {
  return ofInput(
    x,
    (input) => tf.mul(input, tf.sigmoid(tf.mul(input, 1.702))),
    (input) => {
      const steep = tf.mul(input, 1.702);
      const gate = tf.sigmoid(steep);
      return tf.mul(gate, tf.add(1, tf.mul(steep, tf.sub(1, gate))));
    },
  );
}

/** A function of each value, of which only the input is kept for the gradient. */
function ofInput<T extends Tensor>(x: T, value: (x: Tensor) => Tensor, slope: (x: Tensor) => Tensor): T {
  const op = tf.customGrad((input: unknown, save: unknown) => {
    (save as (tensors: Tensor[]) => void)([input as Tensor]);
    const gradFunc = (dy: Tensor, [kept]: Tensor[]) => tf.tidy(() => tf.mul(dy, slope(kept)));
    return { value: tf.tidy(() => value(input as Tensor)), gradFunc };
  });
  return op(x) as T;
}
