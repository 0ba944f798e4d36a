import { fileURLToPath } from 'node:url';
import { cellSignal } from '../base/host.js';
import type { Random } from '../base/random.js';
import type { Clip } from '../data/clip.js';
import type { FrameCache } from '../data/video/frameCache.js';
import type { ReadFailure } from '../data/video/readClips.js';
import { Compiled } from '../engine/compile.js';
import { type Tensor, type Tensor1D, type Tensor2D, type Tensor3D, tf } from '../engine/tf.js';
import {
  type InternVLFrameConfig,
  isInternVL,
  type QwenFrameConfig,
  type RewardModelConfig,
} from './config.js';
import { type Backbone, backboneOf, formatOf, frameSettings, tokenIdsOf } from './family/family.js';
import type { VideoGrid } from './family/videoGrid.js';
import { RewardHead } from './head/head.js';
import { initialize } from './initialize.js';
import { type Batch, batchOf, type ClipInput, disposeBatch, padded, tensorsOf } from './input/batch.js';
import { Fill } from './input/fill.js';
import { Processor } from './input/processor.js';
import { type Prompts, taskPrompts } from './input/prompt.js';
import { Tokens } from './input/tokens.js';
import { evenLayers, fromOfficial, toOfficial } from './officialConfig.js';
import { parameterNames } from './parameterNames.js';
import { headSpecs, type ParameterSpec, parameterSpecs } from './parameters.js';
import { type ModelCard, readCheckpoint, writeCheckpoint } from './weights/checkpoint.js';
import { download, type HubOptions } from './weights/hub.js';
import { readWeights, writeWeights } from './weights/safetensors.js';
import { parameter, type Weights } from './weights/weights.js';

/** A new reward head, for a model that has none or in place of the one it has. */
export interface NewHead {
  /** Default: `progressive_hierarchical_attention`, the paper's HPQA. */
  reduceSequence?: RewardModelConfig['reduceSequence'];
  /** Decoder layers that it reads, from 1. Default: four, evenly spaced, the last one included. */
  layers?: number[];
  /** Default 0. */
  dropout?: number;
  /** Of its weights. Default 0. */
  seed?: number;
}

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

export interface SaveOptions {
  /** Of the weights: float32 (default) or bfloat16, half the size. */
  dtype?: 'float32' | 'bfloat16';
  /** What is saved besides the model's own card, for example `scoreMean` and `scoreDeviation`. */
  card?: Partial<ModelCard>;
}

export interface BatchOptions {
  /** Clips that go through the model together. Default 4. */
  batchSize?: number;
  /** Stops between batches, with the signal's reason. Default: the interrupt of the notebook's cell. */
  signal?: AbortSignal;
}

/** One batch of `scoreBatches`. */
export interface ScoredBatch {
  /** The clips that have a score, in their order. */
  scores: { clip: Clip; score: number }[];
  failures: ReadFailure[];
}

/** The trained part: the reward head, the language model too, or everything. */
export type Trainable = 'head' | 'decoder+head' | 'all';

const parts: readonly Trainable[] = ['head', 'decoder+head', 'all'];

/**
 * A video reward model: one number a clip, higher is better. Its stages are pure functions of weights and inputs:
 * `reward(decode(ids, mask, encodeVision(pixels)), mask)`; `forward` is all three.
 */
export class RewardModel {
  readonly backbone: Backbone;
  readonly head: RewardHead;
  private readonly fill = new Fill();
  private readonly compiled = new Compiled(
    (tensors, { given }) => [this.forward(batchOf(tensors, given as Batch['grids']))],
    () => this.weights.values(),
  );

  private constructor(
    readonly config: RewardModelConfig,
    /** By the official names. */
    readonly weights: Weights,
    readonly processor: Processor,
    /** What the model is about; saved with it. */
    readonly card: ModelCard,
  ) {
    const { tokens } = processor;
    this.backbone = backboneOf(weights, config, tokens);
    this.head = new RewardHead(weights, config, tokens.find('good'));
  }

  /**
   * A model with new, seeded weights.
   * @throws when the tokenizer is not one for the model: it lacks the placeholder of visual tokens (`<IMG_CONTEXT>`,
   *   `<|video_pad|>`), or has too many tokens.
   */
  static async create(
    config: RewardModelConfig,
    { seed = 0, tokenizer, card, cache }: CreateOptions,
  ): Promise<RewardModel> {
    const tokens = await Tokens.load(tokenizer);
    const weights = initialize(parameterSpecs(config), seed);
    return RewardModel.assemble(config, weights, tokens, card, cache);
  }

  /**
   * Reads a model folder in the official checkpoint layout, or as `save` writes it.
   * @throws with the path of what is missing or broken; no tensor is left behind then.
   */
  static async load(
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
    return RewardModel.assemble(config, weights, tokens, card ?? known, cache);
  }

  /**
   * Loads a model of the Hugging Face hub, through its cache (`HF_HOME`): for example
   * `fromHub('Yukino271828/SoliReward', { subfolder: 'pixel_orm/physics-deformity-HPQA-InternVL3-1B' })`, or a base model with a
   * new head, `fromHub('OpenGVLab/InternVL3-1B', { head: {} })`.
   * @throws when the repository cannot be reached and is not in the cache, and as `load`.
   */
  static async fromHub(repo: string, options: HubOptions & LoadOptions = {}): Promise<RewardModel> {
    return RewardModel.load(await download(repo, options), options);
  }

  private static assemble(
    config: RewardModelConfig,
    weights: Weights,
    tokens: Tokens,
    card: ModelCard,
    cache: FrameCache | undefined,
  ): RewardModel {
    const { vocabSize } = config.llm;
    try {
      if (tokens.size > vocabSize) {
        throw new Error(`the tokenizer has ${tokens.size} tokens, more than the model's ${vocabSize}`);
      }
      // The decoder of InternVL refuses more.
      const maxTokens = isInternVL(config) ? config.llm.maxPositions : undefined;
      return new RewardModel(
        config,
        weights,
        new Processor(tokens, formatOf(config, tokens), cache, maxTokens),
        card,
      );
    } catch (error) {
      tf.dispose([...weights.values()]);
      throw error;
    }
  }

  /** What the model is asked about a clip. */
  get prompts(): Prompts {
    return this.card.prompts;
  }

  /**
   * Visual tokens of the clips of a batch: vision transformer, and projector (InternVL) or merger (Qwen-VL).
   * @param pixelValues tiles or patches, as in `Batch`. @param grids of the videos, for Qwen-VL.
   * @param random of drop path, in training; none in evaluation.
   * @returns [visual tokens, H].
   */
  encodeVision(pixelValues: Tensor, grids?: readonly VideoGrid[], random?: Random): Tensor2D {
    return tf.tidy(() => {
      const tokens = this.backbone.encodeVision(pixelValues, grids ?? [], random);
      return tf.reshape(tokens, [-1, this.config.llm.hiddenSize]) as Tensor2D;
    });
  }

  /**
   * Hidden states of the language model, with the visual tokens in the places of their placeholders.
   * @param inputIds [B, N]. @param attentionMask [B, N]: 1 for a token, 0 for padding on either side.
   * @param visual [visual tokens, H], as `encodeVision` gives them. @param grids of the videos, for Qwen-VL.
   * @param positions of a batch that `collate` made.
   * @returns L + 1 tensors [B, N, H]: 0 the embeddings, L after the final norm.
   * @throws when the numbers of placeholders and of visual tokens differ.
   */
  decode(
    inputIds: Tensor2D,
    attentionMask: Tensor2D,
    visual: Tensor2D,
    grids?: readonly VideoGrid[],
    positions?: readonly Tensor[],
  ): Tensor3D[] {
    return this.backbone.decode(inputIds, attentionMask, visual, grids ?? [], positions);
  }

  /** Rewards [B] of hidden states, as `decode` gives them. @param random of dropout, in training. */
  reward(hiddenStates: Tensor3D[], attentionMask: Tensor2D, random?: Random): Tensor1D {
    return this.head.reward(hiddenStates, attentionMask, random);
  }

  /** Rewards [B] of a batch: all stages. @param random of drop path and dropout, in training; none in evaluation. */
  forward({ inputIds, attentionMask, pixelValues, grids, positions }: Batch, random?: Random): Tensor1D {
    return tf.tidy(() => {
      const visual = this.encodeVision(pixelValues, grids, random);
      const states = this.decode(inputIds, attentionMask, visual, grids, positions);
      return this.reward(states, attentionMask, random);
    });
  }

  /** Inputs as one batch of tensors, with what the decoder takes for their positions; the caller disposes it. */
  collate(inputs: readonly ClipInput[]): Batch {
    const batch = this.processor.collate(inputs);
    const ids = inputs.map(({ inputIds }) => inputIds);
    const tokens = padded(ids, this.processor.tokens.padId);
    return { ...batch, positions: this.backbone.positions(tokens, batch.grids ?? []) };
  }

  /**
   * Names of the parameters of a part: the reward head; the language model too, on frozen visual tokens; or all.
   * The vocabulary projection is among them only where the reward is made of it.
   */
  parameters(trainable: Trainable): string[] {
    if (!parts.includes(trainable)) {
      throw new RangeError(`parameters: unknown part "${trainable}", expected ${parts.join(', ')}`);
    }
    const head = headSpecs(this.config);
    const { vision, projection } = parameterNames(this.config);
    const logits = this.config.reduceSequence === 'good_token';
    return [...this.weights.keys()].filter((name) => {
      if (name === projection && !logits) return false;
      if (trainable === 'head') return head.has(name);
      return trainable === 'all' || !vision.some((prefix) => name.startsWith(prefix));
    });
  }

  /**
   * Scores of clips, in their order; they do not depend on the batch size.
   * @param options `batchSize` (default 4); `signal` stops between batches with its reason; `onProgress` is called
   *   after each batch.
   * @throws with the reason of each clip that cannot be read; `score.clips` goes on with the rest instead.
   */
  async score(
    clips: readonly Clip[],
    {
      onProgress,
      ...options
    }: BatchOptions & { onProgress?: (p: { done: number; total: number }) => void } = {},
  ): Promise<number[]> {
    const scores: number[] = [];
    for await (const batch of this.scoreBatches(clips, options)) {
      if (batch.failures.length > 0) {
        const reasons = batch.failures.map(({ clip, reason }) => `clip "${clip.id}": ${reason}`);
        throw new Error(`score: ${reasons.join('; ')}`);
      }
      scores.push(...batch.scores.map(({ score }) => score));
      onProgress?.({ done: scores.length, total: clips.length });
    }
    return scores;
  }

  /**
   * Scores batch by batch, in order. The next batch is decoded while the model computes this one.
   * A clip that cannot be read, or whose score is no number, is among its batch's failures, and the rest goes on.
   */
  async *scoreBatches(
    clips: readonly Clip[],
    { batchSize = 4, signal = cellSignal() }: BatchOptions = {},
  ): AsyncGenerator<ScoredBatch> {
    checkBatchSize(batchSize);
    const process = (start: number) => {
      const processed = this.processor.processMany(clips.slice(start, start + batchSize), this.prompts, {
        signal,
      });
      processed.catch(() => {}); // a reader that stops early leaves nobody to hear of it
      return processed;
    };
    let next = process(0);
    for (let start = 0; start < clips.length; start += batchSize) {
      const { inputs, failures } = await next;
      signal?.throwIfAborted();
      next = process(start + batchSize);
      const readable = inputs.filter((input) => input !== undefined);
      const rewards = readable.length > 0 ? await this.rewards(readable) : [];
      const scored = inputs.flatMap((input, i) => (input ? [clips[start + i]] : []));
      yield {
        scores: scored.flatMap((clip, i) =>
          Number.isFinite(rewards[i]) ? [{ clip, score: rewards[i] }] : [],
        ),
        failures: [
          ...failures,
          ...scored.flatMap((clip, i) =>
            Number.isFinite(rewards[i]) ? [] : [{ clip, reason: `the model gives ${rewards[i]}` }],
          ),
        ],
      };
    }
  }

  /** Rewards of clips that the processor has read, which go through the model together. */
  async rewards(inputs: readonly ClipInput[]): Promise<number[]> {
    const batch = this.collate(this.fill.up(inputs));
    try {
      const [rewards] = await this.compiled.call(tensorsOf(batch), { given: batch.grids });
      const values = [...(await rewards.data())];
      rewards.dispose();
      return values.slice(0, inputs.length);
    } finally {
      disposeBatch(batch);
    }
  }

  /**
   * Writes the model to a folder that the official loader reads: `config.json`, `model.safetensors`,
   * `training_config.json`, the tokenizer's files; and `solireward.json` for what that layout forgets. The folder appears
   * whole or not at all; a checkpoint that is there is replaced.
   * @throws when the folder holds other files.
   */
  async save(folder: string, { dtype = 'float32', card }: SaveOptions = {}): Promise<void> {
    const tokenIds = tokenIdsOf(this.config, this.processor.tokens);
    const { config, trainingConfig } = toOfficial(this.config, tokenIds);
    await writeCheckpoint(folder, {
      config: { ...config, dtype },
      trainingConfig,
      card: { ...this.card, ...card },
      tokenizer: this.processor.tokens.files,
      weights: (path) => writeWeights(path, this.weights, { dtype }),
    });
  }

  /** Frees the weights. The model cannot be used any more. */
  dispose(): void {
    this.compiled.dispose();
    tf.dispose([...this.weights.values()]);
  }

  /** One line: `reward model of physics: 1.0M parameters, progressive_hierarchical_attention of layers 1, 2, 3, 4`. */
  toString(): string {
    const count = [...this.weights.values()].reduce((sum, { size }) => sum + size, 0);
    const { reduceSequence, layers } = this.config;
    const from = /hierarchical/.test(reduceSequence) ? ` of layers ${layers.join(', ')}` : '';
    const about = this.card.dimension ?? this.card.task ?? 'videos';
    return `reward model of ${about}: ${(count / 1e6).toFixed(1)}M parameters, ${reduceSequence}${from}`;
  }

  /** The model as the value of a notebook cell. */
  [Symbol.for('Jupyter.display')](): Record<string, string> {
    return { 'text/plain': this.toString() };
  }

  [Symbol.for('nodejs.util.inspect.custom')](): string {
    return this.toString();
  }
}

/** @throws RangeError when clips cannot go through a model in batches of that size. */
export function checkBatchSize(batchSize: number): void {
  if (!(Number.isSafeInteger(batchSize) && batchSize > 0)) {
    throw new RangeError(`score: expected batchSize to be a positive integer, received ${batchSize}`);
  }
}

function headConfig(
  { llm }: RewardModelConfig,
  head: NewHead,
): Pick<RewardModelConfig, 'reduceSequence' | 'layers' | 'rewardDropout'> {
  const { reduceSequence = 'progressive_hierarchical_attention', layers, dropout = 0 } = head;
  return { reduceSequence, layers: layers ?? evenLayers(llm.layers), rewardDropout: dropout };
}

/** @throws for a setting that the family does not have. */
function withFrames(config: RewardModelConfig, frames: LoadOptions['frames'] = {}): RewardModelConfig {
  const own = frameSettings(config);
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
