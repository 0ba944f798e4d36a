import { videoPad } from '../../input/prompt.js';
import type { Tokens } from '../../input/tokens.js';
import { type Json, JsonReader } from '../../jsonReader.js';
import type { Body } from '../family.js';
import { decoderJson } from '../officialDecoder.js';
import type { QwenFrameConfig, QwenVisionConfig, QwenVLConfig, WindowedVisionConfig } from './config.js';

/** What the official code does with videos: constants of its library qwen-vl-utils, whatever `qwenvl_args` says. */
export const qwenFrames: QwenFrameConfig = {
  fps: 2,
  minFrames: 4,
  maxFrames: 768,
  minPixels: 128 * 28 ** 2,
  maxPixels: 768 * 28 ** 2,
  totalPixels: 0.9 * 128_000 * 28 ** 2,
};

/**
 * Qwen2-VL or Qwen2.5-VL of the official `config.json`, published (the decoder's fields at the top) or as the official
 * trainer saves it (in `text_config`); fields that are missing have the defaults of the classes of transformers.
 * @param ours whether we wrote `qwenvl_args`: the official ones do not act.
 */
export function readConfig(top: JsonReader, training: JsonReader, ours: boolean): Body<QwenVLConfig> {
  const frames = ours ? training.section('qwenvl_args', {}) : new JsonReader('qwenvl_args', {});
  const text = top.has('text_config') ? top.section('text_config') : top;
  const vision = top.section('vision_config');
  const scaling = text.has('rope_scaling') ? text.section('rope_scaling') : top.section('rope_scaling');
  const sections = scaling.numbers('mrope_section');
  const [hiddenSize, heads] = [text.number('hidden_size'), text.number('num_attention_heads')];
  const headSize = hiddenSize / heads;
  if (sections.length !== 3 || sections.reduce((sum, n) => sum + n, 0) !== headSize / 2) {
    throw scaling.refuse('mrope_section', `three numbers with the sum ${headSize / 2}, half of a head`);
  }
  const common = {
    llm: {
      hiddenSize,
      intermediateSize: text.number('intermediate_size'),
      layers: text.number('num_hidden_layers'),
      heads,
      keyValueHeads: text.number('num_key_value_heads'),
      vocabSize: text.number('vocab_size', top.has('vocab_size') ? top.number('vocab_size') : 152_064),
      ropeTheta: text.number('rope_theta', 1e6),
      normEpsilon: text.number('rms_norm_eps', 1e-6),
      maxPositions: text.number('max_position_embeddings', 32_768),
      attentionBias: true,
      queryKeyNorm: false,
      tieWordEmbeddings: top.flag('tie_word_embeddings', false),
    },
    ropeSections: sections as [number, number, number],
    fps: frames.number('fps', qwenFrames.fps),
    minFrames: frames.number('fps_min_frames', qwenFrames.minFrames),
    maxFrames: frames.number('fps_max_frames', qwenFrames.maxFrames),
    minPixels: frames.number('video_min_pixels', qwenFrames.minPixels),
    maxPixels: frames.number('video_max_pixels', qwenFrames.maxPixels),
    totalPixels: frames.number('video_total_pixels', qwenFrames.totalPixels),
  };
  return top.text('model_type') === 'qwen2_vl'
    ? { family: 'Qwen2-VL', vision: readVision(vision), ...common }
    : { family: 'Qwen2.5-VL', vision: readWindowedVision(vision), ...common };
}

function readVision(vision: JsonReader): QwenVisionConfig {
  const hiddenSize = vision.number('embed_dim', 1280);
  return {
    hiddenSize,
    intermediateSize: Math.trunc(hiddenSize * vision.number('mlp_ratio', 4)),
    ...patchFields(vision),
  };
}

function readWindowedVision(vision: JsonReader): WindowedVisionConfig {
  return {
    hiddenSize: vision.number('hidden_size', 3584),
    intermediateSize: vision.number('intermediate_size', 3420),
    ...patchFields(vision),
    windowSize: vision.number('window_size', 112),
    fullAttentionLayers: vision.numbers('fullatt_block_indexes', [7, 15, 23, 31]),
    tokensPerSecond: vision.number('tokens_per_second', 4),
  };
}

function patchFields(vision: JsonReader) {
  return {
    layers: vision.number('depth', 32),
    heads: vision.number('num_heads', 16),
    patchSize: vision.number('patch_size', 14),
    temporalPatchSize: vision.number('temporal_patch_size', 2),
    mergeSize: vision.number('spatial_merge_size', 2),
  };
}

/** The official `config.json`, without what the families have in common. */
export function configJson(model: QwenVLConfig, tokens?: Tokens): Json {
  const { llm, ropeSections } = model;
  const windowed = model.family === 'Qwen2.5-VL';
  const kind = windowed ? 'qwen2_5_vl' : 'qwen2_vl';
  const text = {
    ...decoderJson(llm),
    rope_scaling: { type: 'default', rope_type: 'default', mrope_section: ropeSections },
  };
  return {
    architectures: [windowed ? 'Qwen25VLRewardModel' : 'Qwen2VLRewardModel'],
    model_type: kind,
    // The published files have these at the top, newer versions of transformers in a section.
    ...text,
    ...(tokens && tokenIds(tokens)),
    tie_word_embeddings: llm.tieWordEmbeddings,
    text_config: { model_type: `${kind}_text`, hidden_act: 'silu', attention_dropout: 0, ...text },
    vision_config: { model_type: kind, in_channels: 3, ...visionJson(model) },
  };
}

function visionJson({ family, vision, llm }: QwenVLConfig): Json {
  const patches = {
    depth: vision.layers,
    num_heads: vision.heads,
    patch_size: vision.patchSize,
    temporal_patch_size: vision.temporalPatchSize,
    spatial_merge_size: vision.mergeSize,
  };
  if (family === 'Qwen2-VL') {
    return {
      ...patches,
      embed_dim: vision.hiddenSize,
      hidden_size: llm.hiddenSize,
      mlp_ratio: vision.intermediateSize / vision.hiddenSize,
      hidden_act: 'quick_gelu',
    };
  }
  return {
    ...patches,
    hidden_size: vision.hiddenSize,
    out_hidden_size: llm.hiddenSize,
    intermediate_size: vision.intermediateSize,
    hidden_act: 'silu',
    window_size: vision.windowSize,
    fullatt_block_indexes: vision.fullAttentionLayers,
    tokens_per_second: vision.tokensPerSecond,
  };
}

/** Fields of the official `config.json` that name special tokens by their ids. */
function tokenIds(tokens: Tokens): Record<string, number> {
  const names = {
    image_token_id: '<|image_pad|>',
    video_token_id: videoPad,
    vision_start_token_id: '<|vision_start|>',
    vision_end_token_id: '<|vision_end|>',
  };
  const found = Object.entries(names).map(([field, token]) => [field, tokens.find(token)] as const);
  return Object.fromEntries(found.filter((entry): entry is [string, number] => entry[1] !== undefined));
}

/** How clips become frames, in a section that the official trainer has for it. */
export function argsJson(model: QwenVLConfig): Json {
  return {
    qwenvl_args: {
      fps: model.fps,
      fps_min_frames: model.minFrames,
      fps_max_frames: model.maxFrames,
      video_min_pixels: model.minPixels,
      video_max_pixels: model.maxPixels,
      video_total_pixels: model.totalPixels,
    },
  };
}
