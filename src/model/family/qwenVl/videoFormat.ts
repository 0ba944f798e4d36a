import type { Clip } from '../../../data/clip.js';
import { splitPpm } from '../../../data/video/ppm.js';
import type { Batch, ClipInput } from '../../input/batch.js';
import type { ClipFormat } from '../../input/processor.js';
import { assembleVideo, type Prompts, videoPad } from '../../input/prompt.js';
import type { Tokens } from '../../input/tokens.js';
import { collatePatches } from './collatePatches.js';
import type { QwenFrameConfig, QwenVisionConfig } from './config.js';
import { reading } from './videoReading.js';

/** How a clip becomes frames and patches. */
export interface VideoFormatOptions extends QwenFrameConfig {
  vision: Pick<QwenVisionConfig, 'patchSize' | 'temporalPatchSize' | 'mergeSize'>;
}

/** Qwen-VL: some frames a second, in about the shape that they have, as one video. */
export class VideoFormat implements ClipFormat {
  readonly reading;
  private readonly videoPadId: number;

  /** @throws when the tokenizer has no `<|video_pad|>`. */
  constructor(
    private readonly tokens: Tokens,
    readonly options: VideoFormatOptions,
  ) {
    const { vision, fps, minFrames, maxFrames, minPixels, maxPixels, totalPixels } = options;
    const sampling = { fps, minFrames, maxFrames, multiple: vision.temporalPatchSize };
    const sizes = { factor: vision.patchSize * vision.mergeSize, minPixels, maxPixels, totalPixels };
    const module = new URL('./videoReading.js', import.meta.url).href;
    this.reading = { ...reading({ sampling, sizes }), recipe: { module, settings: { sampling, sizes } } };
    this.videoPadId = tokens.id(videoPad);
  }

  input(clip: Clip, prompts: Prompts, kept: Uint8Array): ClipInput {
    const { frames, width, height } = splitPpm(kept);
    const { patchSize, temporalPatchSize, mergeSize } = this.options.vision;
    const blocks = (height / (patchSize * mergeSize)) * (width / (patchSize * mergeSize));
    const pieces = assembleVideo(prompts, clip, (frames.length / temporalPatchSize) * blocks);
    return {
      inputIds: this.tokens.encode(pieces),
      pixels: Buffer.concat(frames),
      shape: [frames.length, height, width],
    };
  }

  collate(inputs: readonly ClipInput[]): Batch {
    const { tokens, videoPadId, options } = this;
    return collatePatches(inputs, { padId: tokens.padId, videoPadId, vision: options.vision });
  }
}
