/** How the reward is read off the hidden states; the official values of `reduce_sequence`. */
export const reduceSequences = [
  'progressive_hierarchical_attention',
  'hierarchical_attention',
  'hierarchical_attention-shared',
  'hierarchical_attention-v2',
  'attention',
  'last_token_hidden_state',
  'meanpool',
  'maxpool',
  'good_token',
] as const;
export type ReduceSequence = (typeof reduceSequences)[number];

/** The vision transformer (InternViT). */
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
  /**
   * Drop path of the last layer in the official training. Kept for the files only: this model never drops a path, in
   * training either.
   */
  dropPathRate: number;
}

/** The language model (Qwen2). */
export interface LlmConfig {
  hiddenSize: number;
  intermediateSize: number;
  layers: number;
  heads: number;
  keyValueHeads: number;
  vocabSize: number;
  ropeTheta: number;
  normEpsilon: number;
  /** Longest sequence that the rotary positions are made for. */
  maxPositions: number;
}

/** A reward model: InternVL3 and a reward head. */
export interface RewardModelConfig {
  vision: VisionConfig;
  llm: LlmConfig;
  /** One over the side of the block of visual tokens that become one. */
  downsampleRatio: number;
  /** Which of the vision transformer's hidden states is used: -1 the last, 0 its embeddings. */
  selectLayer: number;
  pixelShuffleVersion: 'v1' | 'v2';
  reduceSequence: ReduceSequence;
  /** Hidden states that the hierarchical heads read, from 1. */
  layers: number[];
  /** Dropout in the reward head in the official training. Kept for the files only: this model never drops out. */
  rewardDropout: number;
  /** Frames of a clip, and most tiles of a frame. */
  numSegments: number;
  maxNum: number;
  centerCropVideo: boolean;
}

/** Visual tokens of a tile: (image / patch · ratio)². */
export function tokensPerTile({ vision, downsampleRatio }: RewardModelConfig): number {
  return Math.round(Math.floor(vision.imageSize / vision.patchSize) * downsampleRatio) ** 2;
}
