import { bounds } from '../../bounds.js';
import { headSizeOf } from '../../commonConfig.js';
import type { Json, JsonReader } from '../../jsonReader.js';
import type { Body } from '../family.js';
import { decoderJson, readDecoder } from '../officialDecoder.js';
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
  const ownSize = vision.whole('image_size', bounds.imageSize, 224);
  const imageSize = top.whole('force_image_size', bounds.imageSize, ownSize);
  // The official code cuts tiles of that size, then finds another number of visual tokens than of placeholders.
  if (frames.whole('input_size', bounds.imageSize, imageSize) !== imageSize) {
    throw frames.refuse('input_size', `${imageSize}, the side of the model's tiles`);
  }
  const patchSize = vision.whole('patch_size', [1, imageSize], 14);
  const patches = Math.floor(imageSize / patchSize);
  const downsampleRatio = top.number('downsample_ratio', [1 / patches, 1], 0.5);
  if (!Number.isInteger(patches * downsampleRatio)) {
    top.refuse('downsample_ratio', `a share of the ${patches} patches of a side that is a whole number`);
  }
  const visionWidth = vision.whole('hidden_size', bounds.channels, 3200);
  const visionLayers = vision.whole('num_hidden_layers', bounds.layers, 48);
  return {
    family: kind === 'qwen2' ? 'InternVL3' : 'InternVL3-5',
    vision: {
      hiddenSize: visionWidth,
      heads: vision.divisor(
        'num_attention_heads',
        bounds.heads,
        { name: 'hidden_size', value: visionWidth },
        25,
      ),
      intermediateSize: vision.whole('intermediate_size', bounds.innerChannels, 12800),
      layers: visionLayers,
      imageSize,
      patchSize,
      qkvBias: vision.flag('qkv_bias', false),
      qkNormalization: vision.flag('qk_normalization', true),
      normType,
      normEpsilon: vision.number('layer_norm_eps', bounds.epsilon, 1e-6),
      dropPathRate: vision.number('drop_path_rate', bounds.rate, 0),
    },
    llm: {
      ...readDecoder(llm, kind === 'qwen3' ? 128 : undefined),
      vocabSize: llm.whole('vocab_size', bounds.vocabulary),
      ropeTheta: llm.number('rope_theta', bounds.theta, 10_000),
      attentionBias: kind === 'qwen2' || llm.flag('attention_bias', false),
      queryKeyNorm: kind === 'qwen3',
      tieWordEmbeddings: llm.flag('tie_word_embeddings', false),
    },
    downsampleRatio,
    // Of the layers and the embeddings before them.
    selectLayer: top.whole('select_layer', [-visionLayers - 1, visionLayers], -1),
    pixelShuffleVersion: version,
    numSegments: frames.whole('num_segments', bounds.frames, 8),
    maxNum: frames.whole('max_num', bounds.tiles, 1),
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
