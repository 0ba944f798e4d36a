import type { Clip } from '../../../data/clip.js';
import { type Frames, joinPpm, splitPpm } from '../../../data/video/ppm.js';
import type { VideoInfo } from '../../../data/video/probe.js';
import { sampleByTime } from '../../../data/video/sampleByTime.js';
import type { Batch, ClipInput } from '../../input/batch.js';
import type { ClipFormat } from '../../input/processor.js';
import { assembleVideo, type Prompts, videoPad } from '../../input/prompt.js';
import { resizeRoundedOnce } from '../../input/resize.js';
import type { Tokens } from '../../input/tokens.js';
import { collatePatches } from './collatePatches.js';
import type { QwenFrameConfig, QwenVisionConfig } from './config.js';
import { framePixels, smartResize } from './smartResize.js';

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
    this.reading = {
      segments: (video: VideoInfo) => sampleByTime(video, sampling),
      transform: (video: Frames) => joinPpm(resizeVideo(video, sizes)),
      parameters: { sampling, sizes },
    };
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

/** The frames of a video in the size that `smartResize` chooses. */
function resizeVideo(
  { frames, width, height }: Frames,
  limits: { factor: number; minPixels: number; maxPixels: number; totalPixels: number },
): Frames {
  const maxPixels = framePixels(frames.length, limits);
  const size = smartResize(width, height, { ...limits, maxPixels });
  return {
    ...size,
    frames: frames.map((rgb) => resizeRoundedOnce(rgb, width, height, size.width, size.height)),
  };
}
