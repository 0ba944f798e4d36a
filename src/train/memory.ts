import { hasFusedAttention } from '../engine/fusedAttention.js';
import { precision } from '../engine/precision.js';
import { familyOf } from '../model/family/familyOf.js';
import type { RewardModel, Trainable } from '../model/rewardModel.js';

/** Tokens of a prompt around the visual ones, about. */
const promptTokens = 100;
/** Share of the free memory that is planned with: allocators leave gaps. */
const planned = 0.92;

export interface MemoryOptions {
  /** Pairs whose gradient is taken at once. */
  pairs: number;
  /** Whether the inner values of each layer are computed once more for the gradient. */
  checkpointing: boolean;
}

/**
 * About how much memory an update takes on a GPU: 4 bytes for each weight, 12 for each trained one (gradient and two
 * moments), and for each token of each trained layer what its gradient is made of: two residual states in float32, and
 * the factors of its products (see below). With checkpointing only one residual state of each layer is kept, besides what
 * one layer takes.
 * @returns undefined for Qwen-VL, whose clips differ in size.
 */
export function trainingBytes(
  model: RewardModel,
  trainable: Trainable,
  { pairs, checkpointing }: MemoryOptions,
): number | undefined {
  const { config } = model;
  const size = familyOf(config).clipSize(config);
  if (!size) return undefined;
  const all = [...model.weights.values()].reduce((sum, { size }) => sum + size, 0);
  const names = model.parameters(trainable);
  const trained = names.reduce((sum, name) => sum + (model.weights.get(name)?.size ?? 0), 0);
  const factor = precision() === 'bfloat16' ? 2 : 4;

  const { vision, llm } = config;
  const clips = 2 * pairs;
  const { patches } = size;
  const tiles = clips * size.tiles;
  const tokens = size.visualTokens + promptTokens;
  // Of width d: normed twice, q, k and v (cuDNN's kernel takes them as they are, others padded copies), attention and what
  // it mixes. Of the inner width: before and after the activation; the gated one has two before it.
  const fused = hasFusedAttention();
  const widths = fused ? 7 : 8.5;
  const ofVision = layersBytes({
    layers: trainable === 'all' ? vision.layers : 0,
    tokens: tiles * patches,
    width: 8 * vision.hiddenSize + factor * (widths * vision.hiddenSize + 2 * vision.intermediateSize),
    kept: 4 * vision.hiddenSize,
    scores: fused ? 0 : tiles * vision.heads * patches ** 2 * factor,
    checkpointing,
  });
  const ofDecoder = layersBytes({
    layers: trainable === 'head' ? 0 : llm.layers,
    tokens: clips * tokens,
    width: 8 * llm.hiddenSize + factor * (6 * llm.hiddenSize + 3 * llm.intermediateSize),
    kept: 4 * llm.hiddenSize,
    scores: fused ? 0 : clips * llm.heads * tokens ** 2 * factor,
    checkpointing,
  });
  return 4 * all + 12 * trained + ofVision.kept + ofDecoder.kept + Math.max(ofVision.once, ofDecoder.once);
}

interface Layers {
  layers: number;
  tokens: number;
  /** Bytes of a token in a layer. */
  width: number;
  /** Bytes of a token in a layer that is computed again. */
  kept: number;
  /** Bytes of the scores of a layer's attention, which are computed again always. */
  scores: number;
  checkpointing: boolean;
}

/** Bytes that are kept from the forward pass, and that the gradient of one layer takes besides. */
function layersBytes({ layers, tokens, width, kept, scores, checkpointing }: Layers) {
  if (layers === 0) return { kept: 0, once: 0 };
  return {
    kept: layers * tokens * (checkpointing ? kept : width),
    once: 3 * scores + (checkpointing ? 1.5 * tokens * width : 0),
  };
}

/**
 * The largest micro-batch for some memory: the largest divisor of an update's pairs, up to `most`, whose gradient fits
 * without checkpointing, or else with it.
 * @param room bytes. @returns undefined where the memory is not known beforehand.
 */
export function microBatchFor(
  model: RewardModel,
  trainable: Trainable,
  { most, update, room }: { most: number; update: number; room: number },
): { batchSize: number; checkpointing: boolean } | undefined {
  const sizes = Array.from({ length: most }, (_, i) => most - i).filter((size) => update % size === 0);
  for (const checkpointing of [false, true]) {
    for (const batchSize of sizes) {
      const bytes = trainingBytes(model, trainable, { pairs: batchSize, checkpointing });
      if (bytes === undefined) return undefined;
      if (bytes <= planned * room) return { batchSize, checkpointing };
    }
  }
  return { batchSize: 1, checkpointing: true };
}
