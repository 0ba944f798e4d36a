import type { Random } from '../base/random.js';
import type { Clip } from '../data/clip.js';
import { Compiled } from '../engine/compile.js';
import { type Tensor, type Tensor1D, type Tensor2D, type Tensor3D, tf } from '../engine/tf.js';
import type { RewardModelConfig } from './config.js';
import type { Backbone } from './family/family.js';
import { familyOf } from './family/familyOf.js';
import type { VideoGrid } from './family/videoGrid.js';
import { RewardHead } from './head/head.js';
import { type Batch, batchOf, type ClipInput, disposeBatch, padded, tensorsOf } from './input/batch.js';
import { Fill } from './input/fill.js';
import type { Processor } from './input/processor.js';
import type { Prompts } from './input/prompt.js';
import { parameterNames } from './parameterNames.js';
import { headSpecs } from './parameters.js';
import { type BatchOptions, scoreBatches } from './scoreBatches.js';
import type { ModelCard } from './weights/checkpoint.js';
import type { Weights } from './weights/weights.js';

/** The trained part: the reward head, the language model too, or everything. */
export type Trainable = 'head' | 'decoder+head' | 'all';

const parts: readonly Trainable[] = ['head', 'decoder+head', 'all'];

/**
 * A video reward model: one number a clip, higher is better. Its stages are pure functions of weights and inputs:
 * `reward(decode(ids, mask, encodeVision(pixels)), mask)`; `forward` is all three.
 */
export class RewardModel {
  /** The vision-language model before the head. */
  readonly backbone: Backbone;
  /** What reads the reward off the hidden states. */
  readonly head: RewardHead;
  private readonly fill = new Fill();
  private readonly compiled = new Compiled(
    (tensors, { given }) => [this.forward(batchOf(tensors, given as Batch['grids']))],
    () => this.weights.values(),
  );

  /** @param card what the model is about; saved with it. @param weights by the official names; the model's from now on. */
  constructor(
    /** Sizes of the model, and how it sees clips. */
    readonly config: RewardModelConfig,
    /** Parameters by the official names. */
    readonly weights: Weights,
    /** What makes inputs of clips and prompts. */
    readonly processor: Processor,
    /** What the model is about: saved with it. */
    readonly card: ModelCard,
  ) {
    const { tokens } = processor;
    this.backbone = familyOf(config).backbone(weights, config, tokens);
    this.head = new RewardHead(weights, config, tokens.find('good'));
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
   * @throws with the reason of each clip that cannot be read; `score.clips` continues with the rest instead.
   */
  async score(
    clips: readonly Clip[],
    {
      onProgress,
      ...options
    }: BatchOptions & { onProgress?: (p: { done: number; total: number }) => void } = {},
  ): Promise<number[]> {
    const scores: number[] = [];
    for await (const batch of scoreBatches(this, clips, options)) {
      if (batch.failures.length > 0) {
        const reasons = batch.failures.map(({ clip, reason }) => `clip "${clip.id}": ${reason}`);
        throw new Error(`score: ${reasons.join('; ')}`);
      }
      scores.push(...batch.scores.map(({ score }) => score));
      onProgress?.({ done: scores.length, total: clips.length });
    }
    return scores;
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
