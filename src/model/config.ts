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

/** The official `model_type` of the models that are there. */
export const families = ['InternVL3', 'InternVL3-5', 'Qwen2-VL', 'Qwen2.5-VL'] as const;
export type Family = (typeof families)[number];

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

/** The language model: Qwen2, or Qwen3, which normalises queries and keys. */
export interface LlmConfig {
  hiddenSize: number;
  intermediateSize: number;
  layers: number;
  heads: number;
  keyValueHeads: number;
  /** Channels of a head. Default hiddenSize / heads. */
  headSize?: number;
  vocabSize: number;
  ropeTheta: number;
  normEpsilon: number;
  /** Longest sequence that the rotary positions are made for. */
  maxPositions: number;
  /** Biases of the projections of queries, keys and values. */
  attentionBias: boolean;
  /** RMS norms of each head's queries and keys. */
  queryKeyNorm: boolean;
  /** The vocabulary projection is the table of embeddings. */
  tieWordEmbeddings: boolean;
}

interface CommonConfig {
  llm: LlmConfig;
  reduceSequence: ReduceSequence;
  /** Hidden states that the hierarchical heads read, from 1. */
  layers: number[];
  /** Share of the reward head's hidden values that are dropped in training. */
  rewardDropout: number;
}

/** How clips become frames and tiles for InternVL; the names of the official `internvl_args`. */
export interface InternVLFrameConfig {
  /** Frames of a clip. */
  numSegments: number;
  /** Most tiles of a frame, the thumbnail not counted. */
  maxNum: number;
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

/** How clips become frames for Qwen-VL. The defaults are constants of the official code's library. */
export interface QwenFrameConfig {
  /** Frames that are taken of a second. */
  fps: number;
  minFrames: number;
  maxFrames: number;
  /** Pixels of a frame, and of all frames together, after resizing. */
  minPixels: number;
  maxPixels: number;
  totalPixels: number;
}

interface QwenCommonConfig extends CommonConfig, QwenFrameConfig {
  /** How many of a head's rotary frequencies follow the time, the row and the column of a token. */
  ropeSections: [time: number, row: number, column: number];
}

/** Qwen2-VL or Qwen2.5-VL and a reward head. */
export type QwenVLConfig = QwenCommonConfig &
  ({ family: 'Qwen2-VL'; vision: QwenVisionConfig } | { family: 'Qwen2.5-VL'; vision: WindowedVisionConfig });

/** A reward model: a backbone of one of the families and a reward head. */
export type RewardModelConfig = InternVLConfig | QwenVLConfig;

/** Whether a model is of the InternVL families. */
export function isInternVL(config: RewardModelConfig): config is InternVLConfig {
  return config.family === 'InternVL3' || config.family === 'InternVL3-5';
}

/** Channels of a head of the language model. */
export const headSizeOf = ({ headSize, hiddenSize, heads }: LlmConfig): number =>
  headSize ?? hiddenSize / heads;

/** Visual tokens of a tile: (image / patch · ratio)². */
export function tokensPerTile({ vision, downsampleRatio }: InternVLConfig): number {
  return Math.round(Math.floor(vision.imageSize / vision.patchSize) * downsampleRatio) ** 2;
}
