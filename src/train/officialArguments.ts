import { isDeepStrictEqual } from 'node:util';
import type { RewardModelConfig } from '../model/config.js';
import { toOfficial } from '../model/officialConfig.js';
import { published } from '../model/presets.js';
import type { FitOptions } from './fitOptions.js';

/** GPUs that a training is spread over. */
export interface Gpus {
  nodes: number;
  /** Of each node. */
  perNode: number;
  /** Pairs that a GPU takes at once. */
  pairsAtOnce: number;
}

/** An argument of the official trainer's command line, and its values. */
export type Argument = [flag: string, ...values: (string | number)[]];

/** The official training script's, where a run does not say otherwise. */
const defaults = {
  epochs: 3,
  pairs: 320, // an update
  learningRate: 1e-6,
  weightDecay: 0.01,
  warmupRatio: 0.05,
  clipNorm: 1,
  seed: 42,
  evaluateEvery: 50, // updates
  saveEvery: 100, // updates
};

/** Options of `fit` that do not decide what is learned: where the run is kept, and how it is watched. */
const ofTheCall = ['folder', 'signal', 'onProgress', 'chart'];

/** Options of `fit` that have a counterpart in every value. */
const carried = [
  ...[
    'loss',
    'epochs',
    'steps',
    'batchSize',
    'accumulate',
    'learningRate',
    'schedule',
    'warmup',
    'weightDecay',
  ],
  ...[
    'decay',
    'trainable',
    'checkpointing',
    'clipNorm',
    'seed',
    'evaluate',
    'evaluateEvery',
    'saveEvery',
    'keep',
  ],
];

/**
 * Refuses what the official trainer cannot do, since it would silently train something else.
 * @throws RangeError naming the option, what it received and what to give in its place.
 */
export function checkOptions(options: Partial<FitOptions>): void {
  const refuse = (name: keyof FitOptions, remedy: string) => {
    throw new RangeError(
      `exportOfficial: the official trainer has no counterpart of ${name} ${shown(options[name])}; ${remedy}`,
    );
  };
  const given = Object.entries(options).flatMap(([name, value]) => (value === undefined ? [] : [name]));
  for (const name of given) {
    if (!carried.includes(name) && !ofTheCall.includes(name))
      refuse(name as keyof FitOptions, 'leave it out');
  }
  const { trainable = 'all', decay = 'all', schedule = 'logarithmic' } = options;
  if (trainable !== 'all') refuse('trainable', "it trains everything: give trainable: 'all'");
  if (decay !== 'all') refuse('decay', "its weights all decay, biases and norms too: give decay: 'all'");
  if (schedule !== 'logarithmic' && schedule !== 'constant') {
    refuse(
      'schedule',
      "its learning rate stays after the warm-up: give schedule: 'logarithmic', its own, or 'constant'",
    );
  }
  for (const name of ['steps', 'batchSize', 'accumulate', 'evaluateEvery', 'saveEvery', 'keep'] as const) {
    const value = options[name];
    if (value !== undefined && !(Number.isSafeInteger(value) && value > 0))
      throw new RangeError(`exportOfficial: expected ${name} to be a positive integer, received ${value}`);
  }
  for (const name of ['epochs', 'learningRate', 'clipNorm'] as const) {
    const value = options[name];
    if (value !== undefined && !(value > 0))
      throw new RangeError(`exportOfficial: expected ${name} to be positive, received ${value}`);
  }
}

/** Pairs of an update, as `fit` counts them. */
export const pairsOfUpdate = ({ batchSize, accumulate }: Partial<FitOptions>): number =>
  batchSize === undefined && accumulate === undefined
    ? defaults.pairs
    : (batchSize ?? 8) * (accumulate ?? 40);

/**
 * How often each GPU takes its pairs before an update.
 * @throws RangeError where the pairs of an update do not spread evenly: the official script would take fewer.
 */
export function accumulation(pairs: number, { nodes, perNode, pairsAtOnce }: Gpus): number {
  for (const [name, value] of Object.entries({ nodes, gpus: perNode, pairsAtOnce })) {
    if (!(Number.isSafeInteger(value) && value > 0))
      throw new RangeError(`exportOfficial: expected ${name} to be a positive integer, received ${value}`);
  }
  const atOnce = nodes * perNode * pairsAtOnce;
  if (pairs % atOnce !== 0) {
    throw new RangeError(
      `exportOfficial: the ${pairs} pairs of an update do not spread evenly over ${nodes} nodes of ${perNode} GPUs that ` +
        `take ${pairsAtOnce} at once; choose batchSize × accumulate as a multiple of ${atOnce}`,
    );
  }
  return pairs / atOnce;
}

/**
 * The loss as the official trainer's arguments.
 * @throws RangeError for a loss of another form.
 */
function lossArguments(loss: FitOptions['loss']): Argument[] {
  const { name, ...given } = loss?.settings ?? { name: loss ? 'a function' : 'combined' };
  const settings = {
    margin: 3,
    smoothing: 0,
    bceSmoothing: 0,
    average: 'all',
    smoothedMargin: 'kept',
    ...given,
  };
  const refuse = (what: string, remedy: string) => {
    throw new RangeError(`exportOfficial: the official trainer has no counterpart of ${what}; ${remedy}`);
  };
  if (settings.average !== 'all') refuse(`a loss with average "${settings.average}"`, "give average: 'all'");
  if (settings.smoothing !== 0 && settings.smoothedMargin !== 'kept')
    refuse(`a loss with smoothedMargin "${settings.smoothedMargin}"`, "give smoothedMargin: 'kept'");
  // μ sp(-d) + (1-μ) sp(d) with μ = ½ is half of BTT without a margin.
  const forms: Record<string, object> = {
    combined: settings,
    bt: { ...settings, bt: 1, btt: 0 },
    btWt: { ...settings, margin: 0, bt: 1, btt: 0.5 },
    bce: { ...settings, bt: 0, btt: 0, bce: 1, smoothing: 0, bceSmoothing: settings.smoothing },
  };
  if (!Object.hasOwn(forms, name))
    refuse(`the loss ${name}`, 'take sr.loss.winTie, combined, bt, btWt or bce');
  const { margin, bt, btt, bce, smoothing, bceSmoothing } = {
    bt: 1,
    btt: 1,
    bce: 0,
    ...settings,
    ...forms[name],
  };
  return [
    ['reward_margin', margin],
    ['bt_loss_coeff', bt],
    ['enable_btt_loss', btt === 0 ? 0 : 1],
    ['btt_loss_coeff', btt],
    ['bce_loss_coeff', bce],
    ['bt_label_smoothing', smoothing],
    ['bce_label_smoothing', bceSmoothing],
  ];
}

/**
 * The model's shape and its reading of clips as the official trainer's arguments.
 * @throws RangeError where a Qwen-VL reads clips in another way than the official code, whose arguments do not act.
 */
function modelArguments(config: RewardModelConfig): Argument[] {
  const { model_args, internvl_args, qwenvl_args } = toOfficial(config).trainingConfig as Sections;
  const usual = toOfficial(published.qwen2_5_vl_7b).trainingConfig as Sections;
  if (config.family.startsWith('Qwen') && !isDeepStrictEqual(qwenvl_args, usual.qwenvl_args)) {
    throw new RangeError(
      `exportOfficial: the official trainer reads the clips of ${config.family} in one way only, and this model in another ` +
        `(${JSON.stringify(qwenvl_args)}, there ${JSON.stringify(usual.qwenvl_args)}); load it without frames`,
    );
  }
  return [
    ['model_type', config.family],
    ['attn_implementation', 'flash_attention_2'],
    ['reduce_sequence', config.reduceSequence],
    ['reward_dropout', config.rewardDropout],
    ['hierarchical_query_attn_layers', ...(model_args.hierarchical_query_attn_layers as number[])],
    ...Object.entries(internvl_args).map(
      ([name, value]): Argument => [name, typeof value === 'number' ? value : String(value)],
    ),
  ];
}

type Sections = Record<'model_args' | 'internvl_args' | 'qwenvl_args', Record<string, unknown>>;

/**
 * The official trainer's command line for a run, without the paths of model, data and output.
 * Source: official implementation, training script and argument classes.
 * @throws RangeError for a loss, or frames, that have no counterpart.
 */
export function officialArguments(
  config: RewardModelConfig,
  options: Partial<FitOptions>,
  gpus: Gpus,
): Argument[] {
  const { epochs = defaults.epochs, steps, warmup, keep, checkpointing = true } = options;
  return [
    ...modelArguments(config),
    ...lossArguments(options.loss),
    ...(steps === undefined
      ? [['num_train_epochs', epochs] as Argument]
      : [['max_steps', steps] as Argument]),
    ['per_device_train_batch_size', gpus.pairsAtOnce],
    ['per_device_eval_batch_size', 1],
    ['gradient_accumulation_steps', accumulation(pairsOfUpdate(options), gpus)],
    ['learning_rate', options.learningRate ?? defaults.learningRate],
    ['weight_decay', options.weightDecay ?? defaults.weightDecay],
    ...(warmup
      ? [['warmup_steps', warmup] as Argument]
      : [['warmup_ratio', warmup ?? defaults.warmupRatio] as Argument]),
    ['max_grad_norm', options.clipNorm ?? defaults.clipNorm],
    ['seed', options.seed ?? defaults.seed],
    ['logging_steps', 10],
    ['save_steps', options.saveEvery ?? defaults.saveEvery],
    ...(keep === undefined ? [] : [['save_total_limit', keep] as Argument]),
    ...(options.evaluate
      ? ([
          ['do_eval'],
          ['eval_strategy', 'steps'],
          ['eval_steps', options.evaluateEvery ?? defaults.evaluateEvery],
        ] as Argument[])
      : []),
    ...(checkpointing ? [['gradient_checkpointing'] as Argument] : []),
    ['bf16'],
    ['save_only_model'],
    ['dataloader_num_workers', gpus.perNode],
    ['report_to', 'tensorboard'],
  ];
}

/**
 * DeepSpeed's configuration: AdamW for all weights, the warm-up, and how much of the optimizer is spread.
 * @param zero stage of ZeRO: 0 keeps all on each GPU, 1 spreads the optimizer's values, 2 gradients too, 3 weights too; from 2
 *   on with the optimizer's values in the memory of the CPU, as in the official configurations.
 */
export function deepSpeedConfig(
  zero: 0 | 1 | 2 | 3,
  schedule: FitOptions['schedule'] = 'logarithmic',
): object {
  const onCpu = { device: 'cpu', pin_memory: true };
  return {
    bf16: { enabled: 'auto' },
    optimizer: {
      type: 'AdamW',
      params: { lr: 'auto', betas: 'auto', eps: 'auto', weight_decay: 'auto' },
    },
    scheduler: {
      type: 'WarmupLR',
      params: {
        warmup_min_lr: 'auto',
        warmup_max_lr: 'auto',
        warmup_num_steps: 'auto',
        warmup_type: schedule === 'constant' ? 'linear' : 'log',
      },
    },
    zero_optimization: {
      stage: zero,
      ...(zero >= 2 && { offload_optimizer: onCpu }),
      ...(zero === 3 && { offload_param: onCpu, stage3_gather_16bit_weights_on_model_save: true }),
    },
    gradient_accumulation_steps: 'auto',
    gradient_clipping: 'auto',
    train_batch_size: 'auto',
    train_micro_batch_size_per_gpu: 'auto',
  };
}

const shown = (value: unknown): string =>
  typeof value === 'object' || typeof value === 'function' ? '(of this notebook)' : JSON.stringify(value);
