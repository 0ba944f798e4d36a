import { bytesTensor } from '../../../engine/bytes.js';
import { type Batch, type ClipInput, checkPlaceholders, padIds } from '../../input/batch.js';

/** What collation has to know of the tokenizer and the model. */
export interface CollateOptions {
  padId: number;
  imageContextId: number;
  /** Visual tokens of a tile. */
  tokensPerTile: number;
}

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
  const bytes = new Uint8Array(tiles * size * size * 3);
  let at = 0;
  for (const { pixels } of inputs) {
    bytes.set(pixels, at);
    at += pixels.length;
  }
  return {
    ...padIds(
      inputs.map(({ inputIds }) => inputIds),
      options.padId,
    ),
    pixelValues: bytesTensor(bytes, [tiles, size, size, 3]),
  };
}
