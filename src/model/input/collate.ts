import { tf } from '../../engine/tf.js';
import { type Batch, type ClipInput, checkPlaceholders, normalisation, padIds } from './batch.js';

/** What collation has to know of the tokenizer and the model. */
export interface CollateOptions {
  padId: number;
  imageContextId: number;
  /** Visual tokens of a tile. */
  tokensPerTile: number;
}

/** By the mean and standard deviation of the colours of ImageNet. */
const normalised = normalisation([0.485, 0.456, 0.406], [0.229, 0.224, 0.225]);

/**
 * Some clips as one batch for InternVL. Source: official implementation, InternVL collator, without its padding tiles.
 * @throws when the visual tokens of a clip's ids are not those of its tiles, or the clips' tiles differ in size.
 */
export function collate(inputs: readonly ClipInput[], options: CollateOptions): Batch {
  if (inputs.length === 0) throw new RangeError('collate: expected at least one clip, received none');
  const [, size] = inputs[0].shape;
  for (const [i, { inputIds, shape }] of inputs.entries()) {
    checkPlaceholders(i, inputIds, options.imageContextId, shape[0] * options.tokensPerTile);
    if (shape[1] !== size || shape[2] !== size) {
      throw new RangeError(
        `collate: clip ${i} has tiles of ${shape[1]} x ${shape[2]}, clip 0 of side ${size}`,
      );
    }
  }
  const tiles = inputs.reduce((sum, { shape }) => sum + shape[0], 0);
  const values = new Float32Array(tiles * 3 * size * size);
  let at = 0;
  for (const { pixels } of inputs) {
    normalise(pixels, size * size, values.subarray(at, at + pixels.length));
    at += pixels.length;
  }
  return {
    ...padIds(
      inputs.map(({ inputIds }) => inputIds),
      options.padId,
    ),
    pixelValues: tf.tensor4d(values, [tiles, 3, size, size]),
  };
}

/** Tiles [n, pixels, 3] of bytes to normalised planes [n, 3, pixels]. */
export function normalise(tiles: Uint8Array, pixels: number, planes: Float32Array): void {
  for (let tile = 0; tile < tiles.length; tile += 3 * pixels) {
    for (let channel = 0; channel < 3; channel++) {
      const values = normalised[channel];
      const plane = tile + channel * pixels;
      for (let i = 0; i < pixels; i++) planes[plane + i] = values[tiles[tile + 3 * i + channel]];
    }
  }
}
