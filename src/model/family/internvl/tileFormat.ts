import type { Clip } from '../../../data/clip.js';
import type { Batch, ClipInput } from '../../input/batch.js';
import type { ClipFormat } from '../../input/processor.js';
import { assemble, imageContext, type Prompts } from '../../input/prompt.js';
import type { Tokens } from '../../input/tokens.js';
import { collate } from './collate.js';
import type { InternVLFrameConfig } from './config.js';
import { reading } from './tileReading.js';

/** How a clip becomes tiles; the names of the official `internvl_args`, and the size of a tile in tokens. */
export interface TileFormatOptions extends InternVLFrameConfig {
  /** Side S of a tile, pixels. */
  inputSize: number;
  /** Visual tokens of a tile. */
  tokensPerTile: number;
}

/** InternVL: frames from the middles of equal segments, each cut into square tiles. */
export class TileFormat implements ClipFormat {
  readonly reading;
  private readonly imageContextId: number;

  /** @throws when the tokenizer has no `<IMG_CONTEXT>`. */
  constructor(
    private readonly tokens: Tokens,
    readonly options: TileFormatOptions,
  ) {
    const { inputSize, maxNum, numSegments, centerCropVideo } = options;
    const settings = { segments: numSegments, tiling: { inputSize, maxNum, centerCrop: centerCropVideo } };
    const module = new URL('./tileReading.js', import.meta.url).href;
    this.reading = { ...reading(settings), recipe: { module, settings } };
    this.imageContextId = tokens.id(imageContext);
  }

  input(clip: Clip, prompts: Prompts, tiles: Uint8Array): ClipInput {
    const { inputSize, numSegments, tokensPerTile } = this.options;
    const count = tiles.length / (3 * inputSize * inputSize);
    const perFrame = new Array<number>(numSegments).fill(count / numSegments);
    const pieces = assemble(prompts, clip, perFrame, tokensPerTile);
    return {
      inputIds: this.tokens.encode(pieces),
      pixels: tiles,
      shape: [count, inputSize, inputSize],
    };
  }

  collate(inputs: readonly ClipInput[]): Batch {
    const { tokens, imageContextId, options } = this;
    return collate(inputs, { padId: tokens.padId, imageContextId, tokensPerTile: options.tokensPerTile });
  }
}
