import type { Clip } from '../../data/clip.js';
import type { FrameCache } from '../../data/video/frameCache.js';
import type { Frames } from '../../data/video/ppm.js';
import { type ReadFailure, type ReadOptions, readClip, readClips } from '../../data/video/readClips.js';
import { type Batch, type ClipInput, collate } from './collate.js';
import { assemble, imageContext, type Prompts } from './prompt.js';
import { tileFrame } from './tiles.js';
import type { Tokens } from './tokens.js';

/** How a clip becomes tiles; the names of the official `internvl_args`, and the size of a tile in tokens. */
export interface FrameOptions {
  /** Side S of a tile, pixels. */
  inputSize: number;
  /** Most tiles of a frame, the thumbnail not counted. */
  maxNum: number;
  /** Frames of a clip. */
  numSegments: number;
  centerCropVideo: boolean;
  /** Visual tokens of a tile. */
  tokensPerTile: number;
}

/** Clips as inputs, in their order: undefined for each clip that is among the failures. */
export interface ProcessedClips {
  inputs: (ClipInput | undefined)[];
  failures: ReadFailure[];
}

/** Makes model inputs of clips: frames are sampled, decoded and tiled, and the prompt becomes token ids. */
export class Processor {
  /**
   * @param cache keeps the tiles of each clip on disk; without it a clip is decoded each time.
   */
  constructor(
    readonly tokens: Tokens,
    readonly options: FrameOptions,
    public cache?: FrameCache,
  ) {}

  /**
   * One clip as a model input.
   * @throws with ffmpeg's reason when the clip cannot be read, and when it has no prompt but needs one.
   */
  async process(clip: Clip, prompts: Prompts): Promise<ClipInput> {
    return this.input(clip, prompts, await readClip(clip, this.reading()));
  }

  /**
   * Many clips as model inputs. A clip that cannot be read, or lacks the prompt it is asked about, is among the
   * failures; the rest goes on.
   * @param options `signal` stops with its reason; `onProgress` is called after each clip.
   */
  async processMany(
    clips: readonly Clip[],
    prompts: Prompts,
    { signal, onProgress }: { signal?: AbortSignal; onProgress?: (progress: ReadProgress) => void } = {},
  ): Promise<ProcessedClips> {
    const { frames, failures } = await readClips(clips, { ...this.reading(), signal, onProgress });
    const inputs = clips.map((clip) => {
      const tiles = frames.get(clip.id);
      if (!tiles) return undefined;
      try {
        return this.input(clip, prompts, tiles);
      } catch (error) {
        failures.push({ clip, reason: (error as Error).message });
        return undefined;
      }
    });
    return { inputs, failures };
  }

  /** Inputs as one batch of tensors; the caller disposes it. */
  collate(inputs: readonly ClipInput[]): Batch {
    const { tokens, options } = this;
    return collate(inputs, {
      padId: tokens.padId,
      imageContextId: tokens.id(imageContext),
      tokensPerTile: options.tokensPerTile,
    });
  }

  private input(clip: Clip, prompts: Prompts, tiles: Uint8Array): ClipInput {
    const { inputSize, numSegments, tokensPerTile } = this.options;
    const tileCount = tiles.length / (3 * inputSize * inputSize);
    const perFrame = new Array<number>(numSegments).fill(tileCount / numSegments);
    const pieces = assemble(prompts, clip, perFrame, tokensPerTile);
    return { inputIds: this.tokens.encode(pieces), tiles, tileCount };
  }

  private reading(): ReadOptions {
    const { inputSize, maxNum, numSegments, centerCropVideo } = this.options;
    const tiling = { inputSize, maxNum, centerCrop: centerCropVideo };
    const transform = ({ frames, width, height }: Frames) =>
      Buffer.concat(frames.map((rgb) => tileFrame(rgb, width, height, tiling).tiles));
    return { segments: numSegments, transform, parameters: { tiling }, cache: this.cache };
  }
}

/** How far reading many clips is. */
export interface ReadProgress {
  done: number;
  total: number;
  failed: number;
}
