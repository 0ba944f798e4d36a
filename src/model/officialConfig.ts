import { bounds } from './bounds.js';
import { isInternVL, type ReduceSequence, type RewardModelConfig, reduceSequences } from './config.js';
import { internVLConfigJson, readInternVL } from './family/internvl/official.js';
import { qwenVLConfigJson, readQwenVL } from './family/qwenVl/official.js';
import { type Json, JsonReader } from './jsonReader.js';

/** The two configuration files of an official checkpoint, as plain data. */
export interface OfficialConfig {
  config: Json;
  /** undefined for a base model, which has no reward head. */
  trainingConfig?: Json;
}

/** Who wrote a `training_config.json`: us. */
const creator = 'solireward';

/**
 * Our configuration of the official files. A base model gets the paper's head over four evenly spaced layers.
 * @throws naming the field that is missing or has a value that this model does not know.
 */
export function fromOfficial({ config, trainingConfig }: OfficialConfig): RewardModelConfig {
  const top = new JsonReader('config.json', config);
  const training = new JsonReader('training_config.json', trainingConfig ?? {});
  const body = readBody(top, training);
  const model = training.section('model_args', {});
  const depth = body.llm.layers;
  const reduceSequence = model.text('reduce_sequence', 'progressive_hierarchical_attention');
  if (!(reduceSequences as readonly string[]).includes(reduceSequence)) {
    throw model.refuse('reduce_sequence', reduceSequences.join(', '));
  }
  const [, deepest] = bounds.layers;
  const layers = model.wholes(
    'hierarchical_query_attn_layers',
    [-deepest, deepest],
    deepest,
    evenLayers(depth),
  );
  const exists = (layer: number) => Math.abs(layer) >= 1 && Math.abs(layer) <= depth;
  // The official file lists layers of a 24-layer decoder for the other kinds too, which do not read them.
  if (reduceSequence.includes('hierarchical') && !(layers.length > 0 && layers.every(exists))) {
    throw model.refuse(
      'hierarchical_query_attn_layers',
      `layers from 1 to ${depth}, or -${depth} to -1 from the end`,
    );
  }
  return {
    ...body,
    reduceSequence: reduceSequence as ReduceSequence,
    layers,
    rewardDropout: model.number('reward_dropout', bounds.rate, 0),
  };
}

function readBody(top: JsonReader, training: JsonReader) {
  switch (top.text('model_type')) {
    case 'internvl_chat':
      return readInternVL(top, training.section('internvl_args', {}));
    case 'qwen2_vl':
    case 'qwen2_5_vl': {
      const ours = training.section('metadata', {}).text('created_by', '') === creator;
      const frames = ours ? training.section('qwenvl_args', {}) : new JsonReader('qwenvl_args', {});
      return readQwenVL(top, frames);
    }
    default:
      return top.refuse('model_type', 'internvl_chat, qwen2_vl or qwen2_5_vl');
  }
}

/** Four evenly spaced layers of a decoder, the last one included: 6, 12, 18, 24 of 24. */
export function evenLayers(depth: number): number[] {
  return [1, 2, 3, 4].map((quarter) => Math.max(1, Math.round((quarter * depth) / 4)));
}

/**
 * The official files of our configuration, with every field that the official loader reads.
 * @param tokenIds fields of `config.json` that name special tokens of the tokenizer, for Qwen-VL.
 */
export function toOfficial(model: RewardModelConfig, tokenIds: Json = {}): Required<OfficialConfig> {
  const body = isInternVL(model) ? internVLConfigJson(model) : qwenVLConfigJson(model, tokenIds);
  const trainingConfig = {
    model_args: {
      model_name_or_path: 'solireward',
      model_type: model.family,
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
    internvl_args: isInternVL(model)
      ? {
          input_size: model.vision.imageSize,
          max_num: model.maxNum,
          num_segments: model.numSegments,
          center_crop_video: model.centerCropVideo,
        }
      : {},
    qwenvl_args: isInternVL(model)
      ? {}
      : {
          fps: model.fps,
          fps_min_frames: model.minFrames,
          fps_max_frames: model.maxFrames,
          video_min_pixels: model.minPixels,
          video_max_pixels: model.maxPixels,
          video_total_pixels: model.totalPixels,
        },
    // The official loader accepts bf16 runs only; it casts the weights itself.
    training_args: { bf16: true },
    metadata: { timestamp: new Date().toISOString(), config_version: '1.0', created_by: creator },
  };
  return { config: { dtype: 'float32', ...body }, trainingConfig };
}
