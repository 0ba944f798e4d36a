import type { RewardModelConfig } from './config.js';

/** The tutorial's model: 4 visual tokens a frame, a decoder of 4 layers. */
export function tinyConfig(vocabSize: number): RewardModelConfig {
  return {
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

/** The published InternVL3-1B with HPQA on layers 6, 12, 18 and 24. */
export const internvl3_1b: RewardModelConfig = {
  vision: {
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
  },
  llm: {
    hiddenSize: 896,
    intermediateSize: 4864,
    layers: 24,
    heads: 14,
    keyValueHeads: 2,
    vocabSize: 151_674,
    ropeTheta: 1e6,
    normEpsilon: 1e-6,
    maxPositions: 32_768,
  },
  downsampleRatio: 0.5,
  selectLayer: -1,
  pixelShuffleVersion: 'v2',
  reduceSequence: 'progressive_hierarchical_attention',
  layers: [6, 12, 18, 24],
  rewardDropout: 0,
  numSegments: 8,
  maxNum: 1,
  centerCropVideo: false,
};
