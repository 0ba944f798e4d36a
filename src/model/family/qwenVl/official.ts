import { bounds } from '../../bounds.js';
import { videoPad } from '../../input/prompt.js';
import type { Tokens } from '../../input/tokens.js';
import { type Json, JsonReader } from '../../jsonReader.js';
import type { Body } from '../family.js';
import { decoderJson, readDecoder } from '../officialDecoder.js';
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
  const decoder = readDecoder(text);
  const half = decoder.hiddenSize / decoder.heads / 2;
  const sections = scaling.wholes('mrope_section', [0, half], 3);
  if (sections.length !== 3 || sections.reduce((sum, n) => sum + n, 0) !== half) {
    throw scaling.refuse('mrope_section', `three numbers with the sum ${half}, half of a head`);
  }
  const vocabulary = top.whole('vocab_size', bounds.vocabulary, 152_064);
  const minFrames = frames.whole('fps_min_frames', bounds.frames, qwenFrames.minFrames);
  const minPixels = frames.number('video_min_pixels', bounds.pixels, qwenFrames.minPixels);
  const [, mostFrames] = bounds.frames;
  const [, mostPixels] = bounds.pixels;
  const common = {
    llm: {
      ...decoder,
      vocabSize: text.whole('vocab_size', bounds.vocabulary, vocabulary),
      ropeTheta: text.number('rope_theta', bounds.theta, 1e6),
      attentionBias: true,
      queryKeyNorm: false,
      tieWordEmbeddings: top.flag('tie_word_embeddings', false),
    },
    ropeSections: sections as [number, number, number],
    fps: frames.number('fps', bounds.framesPerSecond, qwenFrames.fps),
    minFrames,
    maxFrames: frames.whole('fps_max_frames', [minFrames, mostFrames], qwenFrames.maxFrames),
    minPixels,
    maxPixels: frames.number('video_max_pixels', [minPixels, mostPixels], qwenFrames.maxPixels),
    totalPixels: frames.number('video_total_pixels', [minPixels, mostPixels], qwenFrames.totalPixels),
  };
  return top.text('model_type') === 'qwen2_vl'
    ? { family: 'Qwen2-VL', vision: readVision(vision), ...common }
    : { family: 'Qwen2.5-VL', vision: readWindowedVision(vision), ...common };
}

function readVision(vision: JsonReader): QwenVisionConfig {
  const hiddenSize = vision.whole('embed_dim', bounds.channels, 1280);
  const [, most] = bounds.innerChannels;
  const ratio = vision.number('mlp_ratio', [1 / hiddenSize, most / hiddenSize], 4);
  return {
    hiddenSize,
    intermediateSize: Math.trunc(hiddenSize * ratio),
    ...patchFields(vision, { name: 'embed_dim', value: hiddenSize }),
  };
}

function readWindowedVision(vision: JsonReader): WindowedVisionConfig {
  const hiddenSize = vision.whole('hidden_size', bounds.channels, 3584);
  const patches = patchFields(vision, { name: 'hidden_size', value: hiddenSize });
  const [, mostLayers] = bounds.layers;
  const [, largest] = bounds.imageSize;
  return {
    hiddenSize,
    intermediateSize: vision.whole('intermediate_size', bounds.innerChannels, 3420),
    ...patches,
    windowSize: vision.whole('window_size', [patches.patchSize * patches.mergeSize, largest], 112),
    fullAttentionLayers: vision.wholes('fullatt_block_indexes', [0, mostLayers], mostLayers, [7, 15, 23, 31]),
    tokensPerSecond: vision.number('tokens_per_second', bounds.framesPerSecond, 4),
  };
}

function patchFields(vision: JsonReader, width: { name: string; value: number }) {
  const heads = vision.divisor('num_heads', bounds.heads, width, 16);
  // A half of a head turns by the row, the other one by the column.
  if ((width.value / heads) % 4 !== 0) {
    vision.refuse('num_heads', `heads of a multiple of 4 channels, of ${width.value}`, heads);
  }
  return {
    layers: vision.whole('depth', bounds.layers, 32),
    heads,
    patchSize: vision.whole('patch_size', bounds.patchSize, 14),
    temporalPatchSize: vision.whole('temporal_patch_size', [1, 16], 2),
    mergeSize: vision.whole('spatial_merge_size', [1, 16], 2),
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
