import { extent } from '../../base/extent.js';
import { compiler } from '../../engine/compile.js';
import { type Tensor, type Tensor2D, tf } from '../../engine/tf.js';
import type { VideoGrid } from '../family/videoGrid.js';

/** One clip as the model takes it, on the host. */
export interface ClipInput {
  inputIds: Int32Array;
  /** RGB pictures, interleaved: the tiles of InternVL, the frames of Qwen-VL. */
  pixels: Uint8Array;
  shape: [count: number, height: number, width: number];
}

/** Some clips as tensors; the caller disposes them. */
export interface Batch {
  /** int32 [B, N], padded on the right. */
  inputIds: Tensor2D;
  /** float32 [B, N]: 1 for a token, 0 for padding. */
  attentionMask: Tensor2D;
  /**
   * Bytes (int32) of all clips in their order, normalised on the device: tiles [tiles, S, S, 3] of InternVL, where the
   * padding tiles of the official batches are left out; patches [patches, 3 · frames of a patch · p²] of Qwen-VL. Or the
   * normalised values (float32), tiles as [tiles, 3, S, S].
   */
  pixelValues: Tensor;
  /** Of the clips of Qwen-VL. */
  grids?: readonly VideoGrid[];
  /** What the decoder takes for the positions of the tokens, where that depends on the clips: cos and sin of Qwen-VL. */
  positions?: readonly Tensor[];
}

/** Lengths are padded to multiples of it under XLA, which takes up to a minute to compile a function for each. */
const STEP = 64;

/** To how many tokens sequences are padded. */
export function paddedLength(lengths: readonly number[]): number {
  const longest = extent(lengths).highest;
  return compiler() === 'xla' ? Math.ceil(longest / STEP) * STEP : longest;
}

/** Token ids of a batch, row by row, on the host. */
export interface PaddedIds {
  /** [B · N]. */
  ids: ArrayLike<number>;
  /** [B · N]: 1 for a token, 0 for padding. */
  mask: ArrayLike<number>;
  /** N. */
  length: number;
}

/** Token ids of some sequences, padded on the right. */
export function padded(sequences: readonly Int32Array[], padId: number) {
  const length = paddedLength(sequences.map((ids) => ids.length));
  const ids = new Int32Array(sequences.length * length).fill(padId);
  const mask = new Float32Array(sequences.length * length);
  sequences.forEach((sequence, row) => {
    ids.set(sequence, row * length);
    mask.fill(1, row * length, row * length + sequence.length);
  });
  return { ids, mask, length } satisfies PaddedIds;
}

/** Token ids of some sequences and their mask, padded on the right. */
export function padIds(
  sequences: readonly Int32Array[],
  padId: number,
): Pick<Batch, 'inputIds' | 'attentionMask'> {
  const { ids, mask, length } = padded(sequences, padId);
  return {
    inputIds: tf.tensor2d(ids, [sequences.length, length], 'int32'),
    attentionMask: tf.tensor2d(mask, [sequences.length, length]),
  };
}

/** Frees the tensors of a batch. */
export function disposeBatch(batch: Batch): void {
  tf.dispose(tensorsOf(batch));
}

/** The tensors of a batch in one order, as compiled functions take them. */
export const tensorsOf = ({ inputIds, attentionMask, pixelValues, positions = [] }: Batch): Tensor[] => [
  inputIds,
  attentionMask,
  pixelValues,
  ...positions,
];

/** The batch of these tensors. */
export const batchOf = (
  [inputIds, attentionMask, pixelValues, ...positions]: readonly Tensor[],
  grids?: readonly VideoGrid[],
): Batch => ({
  inputIds: inputIds as Tensor2D,
  attentionMask: attentionMask as Tensor2D,
  pixelValues,
  grids,
  positions: positions.length > 0 ? positions : undefined,
});

/**
 * Checks that the ids of a clip have a placeholder for each visual token of its pictures; the official code skips the
 * video without a word when they do not.
 */
export function checkPlaceholders(index: number, ids: Int32Array, placeholder: number, tokens: number): void {
  let count = 0;
  for (const id of ids) if (id === placeholder) count++;
  if (count !== tokens) {
    throw new RangeError(
      `collate: clip ${index} has ${count} placeholders in its ids, but its video gives ${tokens} visual tokens`,
    );
  }
}
