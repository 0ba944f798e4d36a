import { nativeBackend } from '../../engine/binding.js';
import { type Tensor2D, type Tensor3D, tf } from '../../engine/tf.js';
import { paddedLength } from '../input/batch.js';

/** What a head reads of a clip. */
export interface HiddenFeatures {
  /** Tokens, N. */
  length: number;
  /** The hidden states that the head reads: [N · H] each on the host, or [at least N, H] on the card. */
  states: readonly (Float32Array | Tensor2D)[];
}

/** Bytes of the hidden states. */
export const bytesOf = ({ states }: HiddenFeatures): number =>
  states.reduce(
    (sum, { length, size }: { length?: number; size?: number }) => sum + 4 * (length ?? size ?? 0),
    0,
  );

/** The same features with their states on the card, which the caller disposes. */
export function toCard({ length, states }: HiddenFeatures): HiddenFeatures {
  const padded = paddedLength([length]);
  // The result of an operation is where it was computed; a tensor that was only made is moved for each use.
  return { length, states: states.map((state) => tf.tidy(() => extended(asTensor(state, length), padded))) };
}

/** Frees states that are on the card. */
export function disposeStates({ states }: HiddenFeatures): void {
  for (const state of states) if (!(state instanceof Float32Array)) state.dispose();
}

/**
 * The states of one depth of some clips: [B, N, H], padded by zeros.
 * @param index of the state in each clip's features
 */
export function statesOf(clips: readonly HiddenFeatures[], index: number): Tensor3D {
  const longest = paddedLength(clips.map(({ length }) => length));
  if (
    nativeBackend()?.isUsingGpuDevice ||
    clips.some(({ states }) => !(states[index] instanceof Float32Array))
  ) {
    // Each clip goes up by itself, without a copy of the whole batch before.
    return tf.tidy(() =>
      tf.stack(clips.map(({ length, states }) => extended(asTensor(states[index], length), longest))),
    ) as Tensor3D;
  }
  const arrays = clips.map(({ states }) => states[index] as Float32Array);
  const width = arrays[0].length / clips[0].length;
  const values = new Float32Array(clips.length * longest * width);
  arrays.forEach((array, row) => {
    values.set(array, row * longest * width);
  });
  return tf.tensor3d(values, [clips.length, longest, width]);
}

const asTensor = (state: Float32Array | Tensor2D, length: number): Tensor2D =>
  state instanceof Float32Array ? tf.tensor2d(state, [length, state.length / length]) : state;

/** With rows of zeros, up to so many. */
const extended = (state: Tensor2D, length: number): Tensor2D =>
  tf.pad(state, [
    [0, length - state.shape[0]],
    [0, 0],
  ]);
