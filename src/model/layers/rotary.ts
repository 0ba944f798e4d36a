import { type Tensor4D, tf } from '../../engine/tf.js';

/** Cosines and sines of rotary positions 0..N-1: each [N, d]; the caller disposes them. */
export interface RotaryTable {
  cos: ReturnType<typeof tf.tensor2d>;
  sin: ReturnType<typeof tf.tensor2d>;
}

/** Angles position · θ^(-2j/d), j = 0..d/2-1, twice side by side (the rotate-half convention of Qwen2). */
export function rotaryTable(length: number, headSize: number, theta: number): RotaryTable {
  const half = headSize / 2;
  const cos = new Float32Array(length * headSize);
  const sin = new Float32Array(length * headSize);
  for (let position = 0; position < length; position++) {
    for (let j = 0; j < headSize; j++) {
      const angle = position * Math.fround(theta ** (-(2 * (j % half)) / headSize));
      cos[position * headSize + j] = Math.cos(angle);
      sin[position * headSize + j] = Math.sin(angle);
    }
  }
  return { cos: tf.tensor2d(cos, [length, headSize]), sin: tf.tensor2d(sin, [length, headSize]) };
}

/** Rotates queries or keys [B, heads, N, d] by their positions: x · cos + (-x₂, x₁) · sin. */
export function rotate(x: Tensor4D, { cos, sin }: RotaryTable): Tensor4D {
  const [batch, heads, length, size] = x.shape;
  const half = size / 2;
  const first = tf.slice(x, [0, 0, 0, 0], [batch, heads, length, half]);
  const second = tf.slice(x, [0, 0, 0, half], [batch, heads, length, half]);
  return tf.add(tf.mul(x, cos), tf.mul(tf.concat([tf.neg(second), first], 3), sin)) as Tensor4D;
}
