import { headSizeOf } from '../../commonConfig.js';
import type { Json, JsonReader } from '../../jsonReader.js';
import type { Body } from '../family.js';
import { decoderJson } from '../officialDecoder.js';
import type { InternVLConfig } from './config.js';

/**
 * InternVL3 or InternVL3.5, by the kind of its decoder, of the official `config.json` and `internvl_args`; fields that
 * are missing have the defaults of the official classes.
 */
export function readConfig(top: JsonReader, training: JsonReader): Body<InternVLConfig> {
  const frames = training.section('internvl_args', {});
  const vision = top.section('vision_config');
  const llm = top.section('llm_config');
  const kind = llm.text('model_type', 'qwen2');
  if (kind !== 'qwen2' && kind !== 'qwen3') throw llm.refuse('model_type', 'qwen2 or qwen3');
  const normType = vision.text('norm_type', 'rms_norm');
  if (normType !== 'layer_norm' && normType !== 'rms_norm')
    throw vision.refuse('norm_type', 'layer_norm or rms_norm');
  const version = top.text('ps_version', 'v1');
  if (version !== 'v1' && version !== 'v2') throw top.refuse('ps_version', 'v1 or v2');
  const imageSize = top.number('force_image_size', vision.number('image_size', 224));
  // The official code cuts tiles of that size, then finds another number of visual tokens than of placeholders.
  if (frames.number('input_size', imageSize) !== imageSize) {
    throw frames.refuse('input_size', `${imageSize}, the side of the model's tiles`);
  }
  return {
    family: kind === 'qwen2' ? 'InternVL3' : 'InternVL3-5',
    vision: {
      hiddenSize: vision.number('hidden_size', 3200),
      heads: vision.number('num_attention_heads', 25),
      intermediateSize: vision.number('intermediate_size', 12800),
      layers: vision.number('num_hidden_layers', 48),
      imageSize,
      patchSize: vision.number('patch_size', 14),
      qkvBias: vision.flag('qkv_bias', false),
      qkNormalization: vision.flag('qk_normalization', true),
      normType,
      normEpsilon: vision.number('layer_norm_eps', 1e-6),
      dropPathRate: vision.number('drop_path_rate', 0),
    },
    llm: {
      hiddenSize: llm.number('hidden_size'),
      intermediateSize: llm.number('intermediate_size'),
      layers: llm.number('num_hidden_layers'),
      heads: llm.number('num_attention_heads'),
      keyValueHeads: llm.number('num_key_value_heads'),
      ...(kind === 'qwen3' && { headSize: llm.number('head_dim', 128) }),
      vocabSize: llm.number('vocab_size'),
      ropeTheta: llm.number('rope_theta', 10_000),
      normEpsilon: llm.number('rms_norm_eps', 1e-6),
      maxPositions: llm.number('max_position_embeddings', 32_768),
      attentionBias: kind === 'qwen2' || llm.flag('attention_bias', false),
      queryKeyNorm: kind === 'qwen3',
      tieWordEmbeddings: llm.flag('tie_word_embeddings', false),
    },
    downsampleRatio: top.number('downsample_ratio', 0.5),
    selectLayer: top.number('select_layer', -1),
    pixelShuffleVersion: version,
    numSegments: frames.number('num_segments', 8),
    maxNum: frames.number('max_num', 1),
    centerCropVideo: frames.flag('center_crop_video', false),
  };
}

/** The official `config.json`, without what the families have in common. */
export function configJson({ family, vision, llm, ...model }: InternVLConfig): Json {
  const second = family === 'InternVL3-5';
  return {
    architectures: [second ? 'InternVL35RewardModel' : 'InternVL3RewardModel'],
    model_type: 'internvl_chat',
    hidden_size: llm.hiddenSize,
    downsample_ratio: model.downsampleRatio,
    select_layer: model.selectLayer,
    ps_version: model.pixelShuffleVersion,
    force_image_size: vision.imageSize,
    template: 'internvl2_5',
    dynamic_image_size: true,
    use_thumbnail: true,
    min_dynamic_patch: 1,
    max_dynamic_patch: 12,
    tie_word_embeddings: llm.tieWordEmbeddings,
    use_backbone_lora: 0,
    use_llm_lora: 0,
    vision_config: {
      architectures: ['InternVisionModel'],
      model_type: 'intern_vit_6b',
      hidden_size: vision.hiddenSize,
      num_attention_heads: vision.heads,
      intermediate_size: vision.intermediateSize,
      num_hidden_layers: vision.layers,
      image_size: vision.imageSize,
      patch_size: vision.patchSize,
      num_channels: 3,
      qkv_bias: vision.qkvBias,
      qk_normalization: vision.qkNormalization,
      norm_type: vision.normType,
      layer_norm_eps: vision.normEpsilon,
      hidden_act: 'gelu',
      dropout: 0,
      attention_dropout: 0,
      drop_path_rate: vision.dropPathRate,
      initializer_factor: 0.1,
      use_flash_attn: false,
    },
    llm_config: {
      architectures: [second ? 'Qwen3ForCausalLM' : 'Qwen2ForCausalLM'],
      model_type: second ? 'qwen3' : 'qwen2',
      ...decoderJson(llm),
      hidden_act: 'silu',
      attention_dropout: 0,
      tie_word_embeddings: llm.tieWordEmbeddings,
      ...(second && { head_dim: headSizeOf(llm), attention_bias: llm.attentionBias }),
    },
  };
}

/** How clips become frames and tiles, as the official trainer writes it. */
export function argsJson({ vision, maxNum, numSegments, centerCropVideo }: InternVLConfig): Json {
  return {
    internvl_args: {
      input_size: vision.imageSize,
      max_num: maxNum,
      num_segments: numSegments,
      center_crop_video: centerCropVideo,
    },
  };
}
