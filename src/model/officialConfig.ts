import { type ReduceSequence, type RewardModelConfig, reduceSequences } from './config.js';

type Json = Record<string, unknown>;

/** The two configuration files of an official checkpoint, as plain data. */
export interface OfficialConfig {
  config: Json;
  /** undefined for a base model, which has no reward head. */
  trainingConfig?: Json;
}

/**
 * Our configuration of the official files. A base model gets the paper's head over four evenly spaced layers.
 * @throws naming the field that is missing or has a value that this model does not know.
 */
export function fromOfficial({ config, trainingConfig }: OfficialConfig): RewardModelConfig {
  const top = new Reader('config.json', config);
  if (top.text('model_type') !== 'internvl_chat') top.refuse('model_type', '"internvl_chat"');
  const vision = top.section('vision_config');
  const llm = top.section('llm_config');
  if (llm.text('model_type', 'qwen2') !== 'qwen2') llm.refuse('model_type', '"qwen2"');
  const normType = vision.text('norm_type', 'rms_norm');
  if (normType !== 'layer_norm' && normType !== 'rms_norm')
    throw vision.refuse('norm_type', 'layer_norm or rms_norm');
  const version = top.text('ps_version', 'v1');
  if (version !== 'v1' && version !== 'v2') throw top.refuse('ps_version', 'v1 or v2');
  const training = new Reader('training_config.json', trainingConfig ?? {});
  const model = training.section('model_args', {});
  const frames = training.section('internvl_args', {});
  const depth = llm.number('num_hidden_layers');
  const reduceSequence = model.text('reduce_sequence', 'progressive_hierarchical_attention');
  if (!(reduceSequences as readonly string[]).includes(reduceSequence)) {
    throw model.refuse('reduce_sequence', reduceSequences.join(', '));
  }
  const layers = model.numbers('hierarchical_query_attn_layers', evenLayers(depth));
  const exists = (layer: number) =>
    Number.isInteger(layer) && Math.abs(layer) >= 1 && Math.abs(layer) <= depth;
  // The official file lists layers of a 24-layer decoder for the other kinds too, which do not read them.
  if (reduceSequence.includes('hierarchical') && !layers.every(exists)) {
    throw model.refuse(
      'hierarchical_query_attn_layers',
      `layers from 1 to ${depth}, or -${depth} to -1 from the end`,
    );
  }
  const imageSize = top.number('force_image_size', vision.number('image_size', 224));
  // The official code cuts tiles of that size, then finds another number of visual tokens than of placeholders.
  if (frames.number('input_size', imageSize) !== imageSize) {
    throw frames.refuse('input_size', `${imageSize}, the side of the model's tiles`);
  }
  return {
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
      layers: depth,
      heads: llm.number('num_attention_heads'),
      keyValueHeads: llm.number('num_key_value_heads'),
      vocabSize: llm.number('vocab_size'),
      ropeTheta: llm.number('rope_theta', 10_000),
      normEpsilon: llm.number('rms_norm_eps', 1e-6),
      maxPositions: llm.number('max_position_embeddings', 32_768),
    },
    downsampleRatio: top.number('downsample_ratio', 0.5),
    selectLayer: top.number('select_layer', -1),
    pixelShuffleVersion: version,
    reduceSequence: reduceSequence as ReduceSequence,
    layers,
    rewardDropout: model.number('reward_dropout', 0),
    numSegments: frames.number('num_segments', 8),
    maxNum: frames.number('max_num', 1),
    centerCropVideo: frames.flag('center_crop_video', false),
  };
}

/** Four evenly spaced layers of a decoder, the last one included: 6, 12, 18, 24 of 24. */
export function evenLayers(depth: number): number[] {
  return [1, 2, 3, 4].map((quarter) => Math.max(1, Math.round((quarter * depth) / 4)));
}

/** The official files of our configuration, with every field that the official loader reads. */
export function toOfficial(model: RewardModelConfig): Required<OfficialConfig> {
  const { vision, llm } = model;
  const config = {
    architectures: ['InternVL3RewardModel'],
    model_type: 'internvl_chat',
    dtype: 'float32',
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
    tie_word_embeddings: false,
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
      architectures: ['Qwen2ForCausalLM'],
      model_type: 'qwen2',
      hidden_size: llm.hiddenSize,
      intermediate_size: llm.intermediateSize,
      num_hidden_layers: llm.layers,
      num_attention_heads: llm.heads,
      num_key_value_heads: llm.keyValueHeads,
      vocab_size: llm.vocabSize,
      rope_theta: llm.ropeTheta,
      rms_norm_eps: llm.normEpsilon,
      max_position_embeddings: llm.maxPositions,
      hidden_act: 'silu',
      attention_dropout: 0,
      use_sliding_window: false,
      tie_word_embeddings: false,
    },
  };
  const trainingConfig = {
    model_args: {
      model_name_or_path: 'solireward',
      model_type: 'InternVL3',
      tokenizer_name_or_path: null,
      attn_implementation: 'eager',
      reduce_sequence: model.reduceSequence,
      reward_dropout: model.rewardDropout,
      hierarchical_query_attn_layers: model.layers,
    },
    data_args: { train_data_path: [], eval_data_path: null },
    trainer_args: {
      use_global_metrics: true,
      enable_btt_loss: 1,
      bt_loss_coeff: 1,
      btt_loss_coeff: 1,
      reward_margin: 3,
      bce_loss_coeff: 0,
      bt_label_smoothing: 0,
      bce_label_smoothing: 0,
    },
    internvl_args: {
      input_size: vision.imageSize,
      max_num: model.maxNum,
      num_segments: model.numSegments,
      center_crop_video: model.centerCropVideo,
    },
    qwenvl_args: {},
    // The official loader accepts bf16 runs only; it casts the weights itself.
    training_args: { bf16: true },
    metadata: { timestamp: new Date().toISOString(), config_version: '1.0', created_by: 'solireward' },
  };
  return { config, trainingConfig };
}

/** Typed reading of the fields of a JSON object; errors name the file and the field. */
class Reader {
  constructor(
    private readonly where: string,
    private readonly json: Json,
  ) {}

  number(key: string, otherwise?: number): number {
    return this.get(
      key,
      otherwise,
      (value) => typeof value === 'number' && Number.isFinite(value),
      'a number',
    );
  }

  text(key: string, otherwise?: string): string {
    return this.get(key, otherwise, (value) => typeof value === 'string', 'a text');
  }

  flag(key: string, otherwise?: boolean): boolean {
    return this.get(key, otherwise, (value) => typeof value === 'boolean', 'true or false');
  }

  numbers(key: string, otherwise?: number[]): number[] {
    const all = (value: unknown) => Array.isArray(value) && value.every((item) => typeof item === 'number');
    return this.get(key, otherwise, all, 'a list of numbers');
  }

  section(key: string, otherwise?: Json): Reader {
    const object = (value: unknown) => typeof value === 'object' && !Array.isArray(value);
    return new Reader(`${this.where}, ${key}`, this.get(key, otherwise, object, 'an object'));
  }

  /** Throws that the field has a value that is not among the expected ones. */
  refuse(key: string, expected: string): never {
    throw new Error(`${this.where}: ${key} is ${JSON.stringify(this.json[key])}, expected ${expected}`);
  }

  private get<T>(key: string, otherwise: T | undefined, fits: (value: unknown) => boolean, what: string): T {
    const value = this.json[key] ?? otherwise;
    if (value === undefined) throw new Error(`${this.where}: the field ${key} is missing`);
    if (!fits(value)) this.refuse(key, what);
    return value as T;
  }
}
