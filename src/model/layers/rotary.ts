import { type Tensor2D, type Tensor4D, tf } from '../../engine/tf.js';

/** What turns by rotary positions 0..N-1; the caller disposes it. */
export interface RotaryTable {
  /** [N, d]. */
  cos: Tensor2D;
  sin: Tensor2D;
  /** [d, d]: x · quarterTurn = (-x₂, x₁), the halves of x. */
  quarterTurn: Tensor2D;
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
  const turn = new Float32Array(headSize * headSize);
  for (let j = 0; j < half; j++) {
    turn[(j + half) * headSize + j] = -1;
    turn[j * headSize + j + half] = 1;
  }
  return {
    cos: tf.tensor2d(cos, [length, headSize]),
    sin: tf.tensor2d(sin, [length, headSize]),
    quarterTurn: tf.tensor2d(turn, [headSize, headSize]),
  };
}

/** Rotates queries or keys [B, heads, N, d] by their positions: x · cos + (-x₂, x₁) · sin. */
export function rotate(x: Tensor4D, { cos, sin, quarterTurn }: RotaryTable): Tensor4D {
  const flat = tf.reshape(x, [-1, x.shape[3]]) as Tensor2D;
  const turned = tf.reshape(tf.matMul(flat, quarterTurn), x.shape);
  return tf.add(tf.mul(x, cos), tf.mul(turned, sin)) as Tensor4D;
}
