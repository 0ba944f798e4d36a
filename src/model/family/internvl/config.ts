import type { CommonConfig } from '../../commonConfig.js';

/** The vision transformer of InternVL (InternViT). */
export interface VisionConfig {
  hiddenSize: number;
  heads: number;
  intermediateSize: number;
  layers: number;
  /** Side of a tile and of a patch, pixels. */
  imageSize: number;
  patchSize: number;
  qkvBias: boolean;
  qkNormalization: boolean;
  normType: 'layer_norm' | 'rms_norm';
  normEpsilon: number;
  /** Share of tiles for which the last layer's branches are left out while all is trained; layers before it drop less. */
  dropPathRate: number;
}

/** How clips become frames and tiles for InternVL; the names of the official `internvl_args`. */
export interface InternVLFrameConfig {
  /** Frames of a clip. */
  numSegments: number;
  /** Most tiles of a frame, the thumbnail not counted. */
  maxNum: number;
  /** Whether frames are cropped to a square in their centre first. */
  centerCropVideo: boolean;
}

/** InternVL3 (Qwen2 decoder) or InternVL3.5 (Qwen3 decoder) and a reward head. */
export interface InternVLConfig extends CommonConfig, InternVLFrameConfig {
  family: 'InternVL3' | 'InternVL3-5';
  vision: VisionConfig;
  /** One over the side of the block of visual tokens that become one. */
  downsampleRatio: number;
  /** Which of the vision transformer's hidden states is used: -1 the last, 0 its embeddings. */
  selectLayer: number;
  pixelShuffleVersion: 'v1' | 'v2';
}

/** Visual tokens of a tile: (image / patch · ratio)². */
export function tokensPerTile({ vision, downsampleRatio }: InternVLConfig): number {
  return Math.round(Math.floor(vision.imageSize / vision.patchSize) * downsampleRatio) ** 2;
}
