import { bytesTensor } from '../../../engine/bytes.js';
import { type Batch, type ClipInput, checkPlaceholders, padIds } from '../../input/batch.js';
import { patchesOf, tokensOf, type VideoGrid } from '../videoGrid.js';
import type { QwenVisionConfig } from './config.js';

/** What collation has to know of the tokenizer and the model. */
export interface CollatePatchesOptions {
  padId: number;
  videoPadId: number;
  vision: Pick<QwenVisionConfig, 'patchSize' | 'temporalPatchSize' | 'mergeSize'>;
}

/**
 * Some clips as one batch for Qwen-VL. Source: official implementation, Qwen collator; transformers, video processor.
 * @throws when the visual tokens of a clip's ids are not those of its frames, or the frames are not whole blocks.
 */
export function collatePatches(inputs: readonly ClipInput[], options: CollatePatchesOptions): Batch {
  if (inputs.length === 0) throw new RangeError('collate: expected at least one clip, received none');
  const { patchSize, temporalPatchSize, mergeSize } = options.vision;
  const grids = inputs.map(({ inputIds, shape }, i) => {
    const grid = gridOf(shape, i, options);
    checkPlaceholders(i, inputIds, options.videoPadId, tokensOf(grid, mergeSize));
    return grid;
  });
  const width = 3 * temporalPatchSize * patchSize ** 2;
  const patches = grids.reduce((sum, grid) => sum + patchesOf(grid), 0);
  const values = new Uint8Array(patches * width);
  let at = 0;
  inputs.forEach(({ pixels }, i) => {
    const own = values.subarray(at, at + patchesOf(grids[i]) * width);
    cutPatches(pixels, grids[i], options.vision, own);
    at += own.length;
  });
  return {
    ...padIds(
      inputs.map(({ inputIds }) => inputIds),
      options.padId,
    ),
    pixelValues: bytesTensor(values, [patches, width]),
    grids,
  };
}

function gridOf(
  [frames, height, width]: ClipInput['shape'],
  index: number,
  { vision: { patchSize, temporalPatchSize, mergeSize } }: CollatePatchesOptions,
): VideoGrid {
  const side = patchSize * mergeSize;
  if (frames % temporalPatchSize !== 0 || height % side !== 0 || width % side !== 0) {
    throw new RangeError(
      `collate: clip ${index} has ${frames} frames of ${width} x ${height}; expected a multiple of ` +
        `${temporalPatchSize} frames with sides that are multiples of ${side}`,
    );
  }
  return { t: frames / temporalPatchSize, h: height / patchSize, w: width / patchSize, secondsPerGrid: 1 };
}

/**
 * Frames [n, height, width, 3] of bytes to patches [t · h · w, 3 · frames · p · p]: the patches of a merged
 * block follow each other, and within a patch the channels, then the frames.
 */
function cutPatches(
  frames: Uint8Array,
  { t, h, w }: VideoGrid,
  { patchSize, temporalPatchSize, mergeSize }: CollatePatchesOptions['vision'],
  values: Uint8Array,
): void {
  const row = w * patchSize;
  const picture = h * patchSize * row;
  let at = 0;
  /** One patch: its first frame, and the pixel at its top left. */
  const cut = (frame: number, corner: number) => {
    for (let channel = 0; channel < 3; channel++) {
      for (let f = 0; f < temporalPatchSize; f++) {
        for (let y = 0; y < patchSize; y++) {
          const from = (frame + f) * picture + corner + y * row;
          for (let x = 0; x < patchSize; x++) {
            values[at++] = frames[3 * (from + x) + channel];
          }
        }
      }
    }
  };
  for (let frame = 0; frame < t * temporalPatchSize; frame += temporalPatchSize) {
    for (let top = 0; top < h; top += mergeSize) {
      for (let left = 0; left < w; left += mergeSize) {
        for (let y = top; y < top + mergeSize; y++) {
          for (let x = left; x < left + mergeSize; x++) cut(frame, y * patchSize * row + x * patchSize);
        }
      }
    }
  }
}
