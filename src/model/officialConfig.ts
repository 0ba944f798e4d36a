import { bounds } from './bounds.js';
import { type ReduceSequence, reduceSequences } from './commonConfig.js';
import type { RewardModelConfig } from './config.js';
import { familyOf, familyOfType, modelTypes } from './family/familyOf.js';
import type { Tokens } from './input/tokens.js';
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
  const family = familyOfType(top.text('model_type'));
  if (!family) throw top.refuse('model_type', modelTypes.join(', ').replace(/, ([^,]*)$/, ' or $1'));
  const ours = training.section('metadata', {}).text('created_by', '') === creator;
  return family.readConfig(top, training, ours);
}

/** Four evenly spaced layers of a decoder, the last one included: 6, 12, 18, 24 of 24. */
export function evenLayers(depth: number): number[] {
  return [1, 2, 3, 4].map((quarter) => Math.max(1, Math.round((quarter * depth) / 4)));
}

/**
 * The official files of our configuration, with every field that the official loader reads.
 * @param tokens of the model, some of which the files of Qwen-VL name by their ids.
 */
export function toOfficial(model: RewardModelConfig, tokens?: Tokens): Required<OfficialConfig> {
  const family = familyOf(model);
  const body = family.configJson(model, tokens);
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
    internvl_args: {},
    qwenvl_args: {},
    ...family.argsJson(model),
    // The official loader accepts bf16 runs only; it casts the weights itself.
    training_args: { bf16: true },
    metadata: { timestamp: new Date().toISOString(), config_version: '1.0', created_by: creator },
  };
  return { config: { dtype: 'float32', ...body }, trainingConfig };
}
