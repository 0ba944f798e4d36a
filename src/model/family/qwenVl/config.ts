import type { CommonConfig } from '../../commonConfig.js';

/** The vision transformer of Qwen2-VL. */
export interface QwenVisionConfig {
  hiddenSize: number;
  heads: number;
  intermediateSize: number;
  layers: number;
  /** Side of a patch, pixels; frames of a patch. */
  patchSize: number;
  temporalPatchSize: number;
  /** Side of the block of patches that become one visual token. */
  mergeSize: number;
}

/** The vision transformer of Qwen2.5-VL. */
export interface WindowedVisionConfig extends QwenVisionConfig {
  /** Side of a window of attention, pixels. */
  windowSize: number;
  /** Layers, from 0, that attend to the whole frame in place of a window. */
  fullAttentionLayers: number[];
  /** Steps of the decoder's temporal position a second. */
  tokensPerSecond: number;
}

/** How clips become frames for Qwen-VL. The defaults are constants of the official code's library. */
export interface QwenFrameConfig {
  /** Frames that are taken of a second. */
  fps: number;
  /** Fewest frames of a clip. */
  minFrames: number;
  /** Most frames of a clip. */
  maxFrames: number;
  /** Pixels of a frame, and of all frames together, after resizing. */
  minPixels: number;
  /** Most pixels of a frame after resizing. */
  maxPixels: number;
  /** Most pixels of all frames together after resizing. */
  totalPixels: number;
}

interface QwenCommonConfig extends CommonConfig, QwenFrameConfig {
  /** How many of a head's rotary frequencies follow the time, the row and the column of a token. */
  ropeSections: [time: number, row: number, column: number];
}

/** Qwen2-VL or Qwen2.5-VL and a reward head. */
export type QwenVLConfig = QwenCommonConfig &
  ({ family: 'Qwen2-VL'; vision: QwenVisionConfig } | { family: 'Qwen2.5-VL'; vision: WindowedVisionConfig });
