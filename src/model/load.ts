import { fileURLToPath } from 'node:url';
import type { FrameCache } from '../data/video/frameCache.js';
import { tf } from '../engine/tf.js';
import { type Progress, progress } from '../notebook/progress.js';
import type { RewardModelConfig } from './config.js';
import { familyOf } from './family/familyOf.js';
import type { InternVLFrameConfig } from './family/internvl/config.js';
import type { QwenFrameConfig } from './family/qwenVl/config.js';
import { initialize } from './initialize.js';
import { Processor } from './input/processor.js';
import { taskPrompts } from './input/prompt.js';
import { Tokens } from './input/tokens.js';
import { evenLayers, fromOfficial, toOfficial } from './officialConfig.js';
import type { ParameterSpec } from './parameterSpec.js';
import { headSpecs, parameterSpecs } from './parameters.js';
import { RewardModel } from './rewardModel.js';
import { type ModelCard, readCheckpoint, writeCheckpoint } from './weights/checkpoint.js';
import type { DownloadProgress, HubOptions } from './weights/hub.js';
import { readWeights, writeWeights } from './weights/safetensors.js';
import { parameter, type Weights } from './weights/weights.js';

/** A new reward head, for a model that has none or in place of the one it has. */
export interface NewHead {
  /** How the head reads the hidden states. Default: `progressive_hierarchical_attention`, the paper's HPQA. */
  reduceSequence?: RewardModelConfig['reduceSequence'];
  /** Decoder layers that it reads, from 1. Default: four, evenly spaced, the last one included. */
  layers?: number[];
  /** Rate of the head's dropout in training. Default 0. */
  dropout?: number;
  /** Of its weights. Default 0. */
  seed?: number;
}

/** What a new model is made with. */
export interface CreateOptions {
  /** Of the weights. Default 0. */
  seed?: number;
  /** Folder with the tokenizer's files. */
  tokenizer: string;
  /** What the model is asked, and what is saved with it. */
  card: ModelCard;
  /** Keeps the tiles of decoded clips on disk. */
  cache?: FrameCache;
}

/** How a checkpoint is loaded. */
export interface LoadOptions {
  /** Puts a new head on the model; a base model needs one. */
  head?: NewHead;
  /** How clips become frames, in place of what is saved with the model: settings of the model's family. */
  frames?: Partial<InternVLFrameConfig> | Partial<QwenFrameConfig>;
  /** What the model is asked, in place of what is saved with it (or of the official task `phy_deform`). */
  card?: ModelCard;
  /** Keeps the tiles of decoded clips on disk. */
  cache?: FrameCache;
}

/** How a checkpoint is written. */
export interface SaveOptions {
  /** Of the weights: float32 (default) or bfloat16, half the size. */
  dtype?: 'float32' | 'bfloat16';
  /** What is saved besides the model's own card, for example `scoreMean` and `scoreDeviation`. */
  card?: Partial<ModelCard>;
}

/**
 * A model with new, seeded weights.
 * @throws when the tokenizer is not one for the model: it lacks the placeholder of visual tokens (`<IMG_CONTEXT>`,
 *   `<|video_pad|>`), or has too many tokens.
 */
export async function create(
  config: RewardModelConfig,
  { seed = 0, tokenizer, card, cache }: CreateOptions,
): Promise<RewardModel> {
  const tokens = await Tokens.load(tokenizer);
  const weights = initialize(parameterSpecs(config), seed);
  return assembleModel(config, weights, tokens, card, cache);
}

/**
 * Reads a model folder in the official checkpoint layout, or as `save` writes it.
 * @throws with the path of what is missing or broken; no tensor is left behind then.
 */
export async function load(
  path: string | URL,
  { head, frames, card, cache }: LoadOptions = {},
): Promise<RewardModel> {
  const folder = path instanceof URL ? fileURLToPath(path) : path;
  const files = await readCheckpoint(folder);
  if (!files.trainingConfig && !head) {
    throw new Error(
      `load: ${folder} has no training_config.json, so it is a base model without a reward head; ` +
        'give one: load(folder, { head: {} })',
    );
  }
  const saved = fromOfficial(files);
  const config = withFrames(head ? { ...saved, ...headConfig(saved, head) } : saved, frames);
  const tokens = await Tokens.load(folder);
  const fresh = head ? headSpecs(config) : new Map<string, ParameterSpec>();
  const specs = parameterSpecs(config);
  const stored = await readWeights(files.weights, {
    shapes: new Map([...specs].filter(([name]) => !fresh.has(name))),
    // A tied vocabulary projection may be stored a second time.
    ignore: (name) => (head !== undefined && isOfHead(name)) || /(^|\.)lm_head\.weight$/.test(name),
  });
  for (const [name, variable] of initialize(fresh, head?.seed ?? 0)) stored.set(name, variable);
  // In their own order whatever the file's is, so that sums over them are the same after a restart.
  const weights: Weights = new Map([...specs.keys()].map((name) => [name, parameter(stored, name)]));
  const known = files.card ?? { task: 'phy_deform', prompts: taskPrompts('phy_deform') };
  return assembleModel(config, weights, tokens, card ?? known, cache);
}

/**
 * Loads a model of the Hugging Face hub, through its cache (`HF_HOME`), with a bar that shows how far the download is:
 * for example `fromHub('Yukino271828/SoliReward', { subfolder: 'pixel_orm/physics-deformity-HPQA-InternVL3-1B' })`, or a
 * base model with a new head, `fromHub('OpenGVLab/InternVL3-1B', { head: {} })`.
 * @throws when the repository cannot be reached and is not in the cache, and as `load`.
 */
export async function fromHub(repo: string, options: HubOptions & LoadOptions = {}): Promise<RewardModel> {
  let bar: Progress | undefined;
  const onProgress = ({ file, done, total }: DownloadProgress) => {
    bar ??= progress(`download ${repo}`, Math.max(1, megabytes(total)));
    bar.update(megabytes(done), `MB, ${file}`);
  };
  try {
    const { download } = await import('./weights/hub.js'); // with its protocols, which nothing else needs
    return await load(await download(repo, { onProgress, ...options }), options);
  } finally {
    bar?.finish();
  }
}

/**
 * Writes a model to a folder that the official loader reads: `config.json`, `model.safetensors`,
 * `training_config.json`, the tokenizer's files; and `solireward.json` for what that layout forgets. The folder appears
 * whole or not at all; a checkpoint that is there is replaced.
 * @throws when the folder holds other files.
 */
export async function save(
  model: RewardModel,
  folder: string,
  { dtype = 'float32', card }: SaveOptions = {},
): Promise<void> {
  const { tokens } = model.processor;
  const { config, trainingConfig } = toOfficial(model.config, tokens);
  await writeCheckpoint(folder, {
    config: { ...config, dtype },
    trainingConfig,
    card: { ...model.card, ...card },
    tokenizer: tokens.files,
    weights: (path) => writeWeights(path, model.weights, { dtype }),
  });
}

/** A model of weights that are there, and are freed where it cannot be. @throws when the tokenizer is not one for the model. */
export function assembleModel(
  config: RewardModelConfig,
  weights: Weights,
  tokens: Tokens,
  card: ModelCard,
  cache?: FrameCache,
): RewardModel {
  const { vocabSize } = config.llm;
  try {
    if (tokens.size > vocabSize) {
      throw new Error(`the tokenizer has ${tokens.size} tokens, more than the model's ${vocabSize}`);
    }
    const family = familyOf(config);
    return new RewardModel(
      config,
      weights,
      new Processor(tokens, family.format(config, tokens), cache, family.maxTokens(config)),
      card,
    );
  } catch (error) {
    tf.dispose([...weights.values()]);
    throw error;
  }
}

/** The settings of a model that are its new head's. */
export function headConfig(
  { llm }: RewardModelConfig,
  head: NewHead,
): Pick<RewardModelConfig, 'reduceSequence' | 'layers' | 'rewardDropout'> {
  const { reduceSequence = 'progressive_hierarchical_attention', layers, dropout = 0 } = head;
  return { reduceSequence, layers: layers ?? evenLayers(llm.layers), rewardDropout: dropout };
}

/** @throws for a setting that the family does not have. */
function withFrames(config: RewardModelConfig, frames: LoadOptions['frames'] = {}): RewardModelConfig {
  const own = familyOf(config).frameSettings;
  for (const name of Object.keys(frames)) {
    if (!own.includes(name)) {
      throw new RangeError(
        `load: ${config.family} has no setting "${name}" of frames, only ${own.join(', ')}`,
      );
    }
  }
  return { ...config, ...frames } as RewardModelConfig;
}

/** Whether a parameter belongs to a reward head of any kind. */
function isOfHead(name: string): boolean {
  return /^(attention_query|reward_head\.)/.test(name);
}

function megabytes(bytes: number): number {
  return Math.round(bytes / 1e6);
}
