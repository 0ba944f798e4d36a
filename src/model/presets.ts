import type { LlmConfig } from './commonConfig.js';
import type { RewardModelConfig } from './config.js';
import type { InternVLConfig } from './family/internvl/config.js';
import type { QwenVisionConfig, QwenVLConfig } from './family/qwenVl/config.js';
import { qwenFrames } from './family/qwenVl/official.js';
import { evenLayers } from './officialConfig.js';

/** The tutorial's model: 4 visual tokens a frame, a decoder of 4 layers. */
export function tinyConfig(vocabSize: number): InternVLConfig {
  return {
    family: 'InternVL3',
    vision: {
      hiddenSize: 96,
      heads: 4,
      intermediateSize: 256,
      layers: 2,
      imageSize: 64,
      patchSize: 8,
      qkvBias: true,
      qkNormalization: false,
      normType: 'layer_norm',
      normEpsilon: 1e-6,
      dropPathRate: 0,
    },
    llm: {
      hiddenSize: 96,
      intermediateSize: 256,
      layers: 4,
      heads: 4,
      keyValueHeads: 2,
      vocabSize,
      ropeTheta: 10_000,
      normEpsilon: 1e-6,
      maxPositions: 4096,
      attentionBias: true,
      queryKeyNorm: false,
      tieWordEmbeddings: false,
    },
    downsampleRatio: 0.25,
    selectLayer: -1,
    pixelShuffleVersion: 'v2',
    reduceSequence: 'progressive_hierarchical_attention',
    layers: [1, 2, 3, 4],
    rewardDropout: 0,
    numSegments: 8,
    maxNum: 1,
    centerCropVideo: false,
  };
}

/** InternViT-300M, the vision transformer of InternVL3 and 3.5 up to 14B. */
const internVit300m: InternVLConfig['vision'] = {
  hiddenSize: 1024,
  heads: 16,
  intermediateSize: 4096,
  layers: 24,
  imageSize: 448,
  patchSize: 14,
  qkvBias: true,
  qkNormalization: false,
  normType: 'layer_norm',
  normEpsilon: 1e-6,
  dropPathRate: 0.1,
};

type Sizes = Pick<LlmConfig, 'hiddenSize' | 'intermediateSize' | 'layers' | 'heads' | 'keyValueHeads'>;

const sizes = (
  hiddenSize: number,
  intermediateSize: number,
  layers: number,
  heads: number,
  keyValueHeads: number,
): Sizes => ({ hiddenSize, intermediateSize, layers, heads, keyValueHeads });

/** What all published decoders share. */
const decoder = { ropeTheta: 1e6, normEpsilon: 1e-6, tieWordEmbeddings: false };

/** The paper's head. */
const hpqa = (layers: number[]) => ({
  reduceSequence: 'progressive_hierarchical_attention' as const,
  layers,
  rewardDropout: 0,
});

/** What the InternVL families share: 8 frames of one tile, as in the official training script. */
const tiles = {
  vision: internVit300m,
  downsampleRatio: 0.5,
  selectLayer: -1,
  pixelShuffleVersion: 'v2' as const,
  numSegments: 8,
  maxNum: 1,
  centerCropVideo: false,
};

const internvl3 = (llm: Sizes, layers = evenLayers(llm.layers)): InternVLConfig => ({
  family: 'InternVL3',
  ...tiles,
  llm: {
    ...decoder,
    ...llm,
    vocabSize: 151_674,
    maxPositions: 32_768,
    attentionBias: true,
    queryKeyNorm: false,
  },
  ...hpqa(layers),
});

const internvl3_5 = (llm: Sizes): InternVLConfig => ({
  family: 'InternVL3-5',
  ...tiles,
  llm: {
    ...decoder,
    ...llm,
    headSize: 128,
    vocabSize: 151_936,
    maxPositions: 40_960,
    attentionBias: false,
    queryKeyNorm: true,
  },
  ...hpqa(evenLayers(llm.layers)),
});

const qwenVision = (intermediateSize: number): QwenVisionConfig => ({
  hiddenSize: 1280,
  heads: 16,
  intermediateSize,
  layers: 32,
  patchSize: 14,
  temporalPatchSize: 2,
  mergeSize: 2,
});

const qwen = (llm: Sizes, vocabSize: number, maxPositions: number) => ({
  llm: { ...decoder, ...llm, vocabSize, maxPositions, attentionBias: true, queryKeyNorm: false },
  ropeSections: [16, 24, 24] as [number, number, number],
  ...qwenFrames,
  ...hpqa(evenLayers(llm.layers)),
});

const qwen2_vl = (llm: Sizes, vocabSize = 152_064): QwenVLConfig => ({
  family: 'Qwen2-VL',
  vision: qwenVision(5120),
  ...qwen(llm, vocabSize, 32_768),
});

const qwen2_5_vl = (llm: Sizes, intermediateSize: number, vocabSize = 152_064): QwenVLConfig => ({
  family: 'Qwen2.5-VL',
  vision: {
    ...qwenVision(intermediateSize),
    windowSize: 112,
    fullAttentionLayers: [7, 15, 23, 31],
    tokensPerSecond: 2,
  },
  ...qwen(llm, vocabSize, 128_000),
});

const tied = <C extends RewardModelConfig>(config: C): C => ({
  ...config,
  llm: { ...config.llm, tieWordEmbeddings: true },
});

const qwen7b = sizes(3584, 18_944, 28, 28, 4);
const qwen32b = sizes(5120, 27_648, 64, 40, 8);
const qwen72b = sizes(8192, 29_568, 80, 64, 8);

/**
 * The published sizes with the paper's head, for new weights; a checkpoint that is loaded brings its own configuration.
 * Sources: the models' own `config.json`; the head's layers as in the official training script, else evenly spaced.
 */
export const published = {
  internvl3_1b: internvl3(sizes(896, 4864, 24, 14, 2)),
  internvl3_2b: internvl3(sizes(1536, 8960, 28, 12, 2)),
  internvl3_8b: internvl3(qwen7b),
  internvl3_14b: internvl3(sizes(5120, 13_824, 48, 40, 8), [8, 16, 24, 32, 40, 48]),
  internvl3_5_1b: internvl3_5(sizes(1024, 3072, 28, 16, 8)),
  internvl3_5_2b: internvl3_5(sizes(2048, 6144, 28, 16, 8)),
  internvl3_5_4b: internvl3_5(sizes(2560, 9728, 36, 32, 8)),
  internvl3_5_8b: internvl3_5(sizes(4096, 12_288, 36, 32, 8)),
  internvl3_5_14b: internvl3_5(sizes(5120, 17_408, 40, 40, 8)),
  qwen2_vl_2b: tied(qwen2_vl(sizes(1536, 8960, 28, 12, 2), 151_936)),
  qwen2_vl_7b: qwen2_vl(qwen7b),
  qwen2_vl_72b: qwen2_vl(qwen72b),
  qwen2_5_vl_3b: tied(qwen2_5_vl(sizes(2048, 11_008, 36, 16, 2), 3420, 151_936)),
  qwen2_5_vl_7b: qwen2_5_vl(qwen7b, 3420),
  qwen2_5_vl_32b: qwen2_5_vl(qwen32b, 3456),
  qwen2_5_vl_72b: qwen2_5_vl(qwen72b, 3456),
};

/** The tutorial's configuration, which takes the size of its vocabulary, and the published ones by their names. */
export const presets = { tiny: tinyConfig, ...published };
