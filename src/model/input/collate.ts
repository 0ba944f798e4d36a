import { type Tensor2D, type Tensor4D, tf } from '../../engine/tf.js';

/** One clip as the model takes it, on the host. */
export interface ClipInput {
  inputIds: Int32Array;
  /** RGB, [tileCount, S, S, 3]. */
  tiles: Uint8Array;
  tileCount: number;
}

/** Some clips as tensors; the caller disposes them. */
export interface Batch {
  /** int32 [B, N], padded on the right. */
  inputIds: Tensor2D;
  /** float32 [B, N]: 1 for a token, 0 for padding. */
  attentionMask: Tensor2D;
  /** float32 [tiles, 3, S, S], normalised; the tiles of all clips, in their order. */
  pixelValues: Tensor4D;
  /** [tiles]: 1 for each; padding tiles, which the official batches have, are left out. */
  imageFlags: Int32Array;
}

/** What collation has to know of the tokenizer and the model. */
export interface CollateOptions {
  padId: number;
  imageContextId: number;
  /** Visual tokens of a tile. */
  tokensPerTile: number;
}

/** Mean and standard deviation of the colours of ImageNet, by channel. */
const mean = [0.485, 0.456, 0.406];
const deviation = [0.229, 0.224, 0.225];

/** Normalised value of each byte, [3, 256]: (x / 255 - mean) / deviation, each step rounded to float32. */
const normalised = mean.map((m, channel) =>
  Float32Array.from({ length: 256 }, (_, byte) => {
    const difference = Math.fround(Math.fround(byte / 255) - Math.fround(m));
    return difference / Math.fround(deviation[channel]);
  }),
);

/**
 * Some clips as one batch. Source: official implementation, InternVL collator, without its padding tiles.
 * @throws when the visual tokens of a clip's ids are not those of its tiles, or the clips' tiles differ in size.
 */
export function collate(inputs: readonly ClipInput[], options: CollateOptions): Batch {
  if (inputs.length === 0) throw new RangeError('collate: expected at least one clip, received none');
  const size = tileSize(inputs[0]);
  for (const [i, input] of inputs.entries()) {
    checkVisualTokens(input, i, options);
    if (tileSize(input) !== size) {
      throw new RangeError(`collate: clip ${i} has tiles of side ${tileSize(input)}, clip 0 of side ${size}`);
    }
  }

  const length = Math.max(...inputs.map(({ inputIds }) => inputIds.length));
  const ids = new Int32Array(inputs.length * length).fill(options.padId);
  const mask = new Float32Array(inputs.length * length);
  inputs.forEach(({ inputIds }, row) => {
    ids.set(inputIds, row * length);
    mask.fill(1, row * length, row * length + inputIds.length);
  });

  const tileCount = inputs.reduce((sum, input) => sum + input.tileCount, 0);
  const pixels = new Float32Array(tileCount * 3 * size * size);
  let at = 0;
  for (const { tiles } of inputs) {
    normalise(tiles, size * size, pixels.subarray(at, at + tiles.length));
    at += tiles.length;
  }
  return {
    inputIds: tf.tensor2d(ids, [inputs.length, length], 'int32'),
    attentionMask: tf.tensor2d(mask, [inputs.length, length]),
    pixelValues: tf.tensor4d(pixels, [tileCount, 3, size, size]),
    imageFlags: new Int32Array(tileCount).fill(1),
  };
}

/** Side S of a clip's tiles. */
function tileSize({ tiles, tileCount }: ClipInput): number {
  return Math.sqrt(tiles.length / (3 * tileCount));
}

/** The official code skips the video without a word when the counts differ. */
function checkVisualTokens(
  { inputIds, tileCount }: ClipInput,
  index: number,
  { imageContextId, tokensPerTile }: CollateOptions,
): void {
  let count = 0;
  for (const id of inputIds) if (id === imageContextId) count++;
  if (count !== tileCount * tokensPerTile) {
    throw new RangeError(
      `collate: clip ${index} has ${count} visual tokens in its ids, ` +
        `expected ${tileCount} tiles x ${tokensPerTile}`,
    );
  }
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
