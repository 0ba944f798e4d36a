import { type Tensor, type Tensor4D, tf } from '../../engine/tf.js';

/** What turns by rotary positions; the caller disposes it. */
export interface RotaryTable {
  /** [N, d], or [B, 1, N, d] where the sequences of a batch have positions of their own. */
  cos: Tensor;
  sin: Tensor;
}

/** Angles position · θ^(-2j/d), j = 0..d/2-1, of the positions 0..N-1. Source: Qwen2. */
export function rotaryTable(length: number, headSize: number, theta: number): RotaryTable {
  const frequency = frequencies(headSize, theta);
  return tableOf([length, headSize], (position, j) => position * frequency[j]);
}

/**
 * Rotary table of tokens with a time, a row and a column (M-RoPE): frequency j turns by the position along the axis
 * that its section belongs to. Source: Qwen2-VL.
 * @param positions of all tokens along the three axes, each [B · N]. @param sections how many frequencies each has.
 */
export function multimodalRotaryTable(
  positions: readonly Int32Array[],
  batch: number,
  sections: readonly number[],
  headSize: number,
  theta: number,
): RotaryTable {
  const frequency = frequencies(headSize, theta);
  const axisOf = sections.flatMap((count, axis) => new Array<number>(count).fill(axis));
  const shape = [batch, 1, positions[0].length / batch, headSize];
  return tableOf(shape, (token, j) => positions[axisOf[j]][token] * frequency[j]);
}

/**
 * Rotary table of patches of a picture: the first half of the frequencies turns by the row, the second by the column.
 * Source: Qwen2-VL, vision transformer (θ = 10,000).
 * @param rows row of each patch, [N]. @param columns its column, [N].
 */
export function gridRotaryTable(
  rows: ArrayLike<number>,
  columns: ArrayLike<number>,
  headSize: number,
): RotaryTable {
  const frequency = frequencies(headSize / 2, 10_000);
  const quarter = frequency.length;
  return tableOf([rows.length, headSize], (patch, j) =>
    j < quarter ? rows[patch] * frequency[j] : columns[patch] * frequency[j - quarter],
  );
}

/**
 * Rotates queries or keys [B, heads, N, d] by their positions: x · cos + (-x₂, x₁) · sin, of the halves of x. Its gradient
 * rotates back: dy · cos - (-z₂, z₁), z = dy · sin.
 */
export function rotate(x: Tensor4D, { cos, sin }: RotaryTable): Tensor4D {
  const op = tf.customGrad((input: unknown, save: unknown) => {
    (save as (tensors: Tensor[]) => void)([cos, sin]);
    const value = tf.add(tf.mul(input as Tensor, cos), tf.mul(quarterTurn(input as Tensor4D), sin));
    const gradFunc = (dy: Tensor, [c, s]: Tensor[]) =>
      tf.sub(tf.mul(dy, c), quarterTurn(tf.mul(dy, s) as Tensor4D));
    return { value, gradFunc };
  });
  return op(x) as Tensor4D;
}

/** (-x₂, x₁), the halves of the last axis. */
function quarterTurn(x: Tensor4D): Tensor4D {
  const [first, second] = tf.split(x, 2, 3);
  return tf.concat([tf.neg(second), first], 3) as Tensor4D;
}

/** θ^(-2j/size), j = 0..size/2-1. */
function frequencies(size: number, theta: number): Float32Array {
  return Float32Array.from({ length: size / 2 }, (_, j) => theta ** ((-2 * j) / size));
}

/** A table [..., d] of angles by row and frequency j < d/2, twice side by side (the rotate-half convention). */
function tableOf(shape: number[], angleOf: (row: number, j: number) => number): RotaryTable {
  const size = shape.at(-1) as number;
  const half = size / 2;
  const count = shape.reduce((product, n) => product * n, 1);
  const cos = new Float32Array(count);
  const sin = new Float32Array(count);
  for (let at = 0; at < count; at++) {
    const angle = angleOf(Math.floor(at / size), at % half);
    cos[at] = Math.cos(angle);
    sin[at] = Math.sin(angle);
  }
  return { cos: tf.tensor(cos, shape), sin: tf.tensor(sin, shape) };
}
