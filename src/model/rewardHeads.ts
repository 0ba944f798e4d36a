import { jupyterDisplay, type MimeBundle, mime } from '../base/host.js';
import { Compiled } from '../engine/compile.js';
import { tf } from '../engine/tf.js';
import { ensemble } from '../reward/ensemble.js';
import type { RewardModelConfig } from './config.js';
import { type Batch, batchOf, type ClipInput, disposeBatch, tensorsOf } from './input/batch.js';
import { Fill } from './input/fill.js';
import type { Processor } from './input/processor.js';
import type { Prompts } from './input/prompt.js';
import type { RewardModel } from './rewardModel.js';
import type { Rating, Ratings } from './rewards.js';
import type { ClipScorer } from './scoreBatches.js';
import type { ModelCard } from './weights/checkpoint.js';

/**
 * Several heads over one backbone, which looks at each clip once: a head of each dimension, or several, whose mean is the
 * score and whose deviation its spread. `sr.model.heads` makes it.
 */
export class RewardHeads implements ClipScorer<Ratings> {
  /** Each head as a model of its own, which `save` and `fit` take: `physics`, or `physics-1`, `physics-2` of several. */
  readonly heads: Readonly<Record<string, RewardModel>>;
  private readonly first: RewardModel;
  private readonly fill = new Fill();
  private readonly compiled: Compiled;

  /** @param members the heads of each dimension, all over the same parameters. */
  constructor(private readonly members: ReadonlyMap<string, readonly RewardModel[]>) {
    const named = [...members].flatMap(([dimension, own]) =>
      own.map((head, i) => [own.length === 1 ? dimension : `${dimension}-${i + 1}`, head] as const),
    );
    this.heads = Object.fromEntries(named);
    const all = named.map(([, head]) => head);
    [this.first] = all;
    this.compiled = new Compiled(
      (tensors, { given }) => {
        const { inputIds, attentionMask, pixelValues, grids, positions } = batchOf(
          tensors,
          given as Batch['grids'],
        );
        const visual = this.first.encodeVision(pixelValues, grids);
        const states = this.first.decode(inputIds, attentionMask, visual, grids, positions);
        return [tf.stack(all.map((head) => head.reward(states, attentionMask)))];
      },
      () => new Set(all.flatMap(({ weights }) => [...weights.values()])),
    );
  }

  /** The dimensions that the heads judge. */
  get dimensions(): string[] {
    return [...this.members.keys()];
  }

  /** The configuration that all heads have in common. */
  get config(): RewardModelConfig {
    return this.first.config;
  }

  /** What makes inputs of clips and prompts. */
  get processor(): Processor {
    return this.first.processor;
  }

  /** What all heads are asked about a clip. */
  get prompts(): Prompts {
    return this.first.prompts;
  }

  /** What the heads are asked; and their dimension, where there is one. */
  get card(): ModelCard {
    const { prompts, task } = this.first.card;
    const [dimension, ...more] = this.dimensions;
    return { prompts, ...(task !== undefined && { task }), ...(more.length === 0 && { dimension }) };
  }

  /** The heads of a dimension, in the order of `heads`. @throws {RangeError} naming the dimensions that there are */
  of(dimension: string): readonly RewardModel[] {
    const own = this.members.get(dimension);
    if (own) return own;
    throw new RangeError(`heads: there is no dimension "${dimension}", only ${this.dimensions.join(', ')}`);
  }

  /** One dimension alone, over the same parameters, such as for an audit. @throws {RangeError} as `of` */
  only(dimension: string): RewardHeads {
    return new RewardHeads(new Map([[dimension, this.of(dimension)]]));
  }

  /** Each head as a dimension by itself, over the same parameters: the members of an ensemble one by one. */
  apart(): RewardHeads {
    return new RewardHeads(new Map(Object.entries(this.heads).map(([name, head]) => [name, [head]])));
  }

  /** Ratings of clips that the processor has read, which go through the backbone together, once. */
  async rewards(inputs: readonly ClipInput[]): Promise<Ratings[]> {
    const batch = this.first.collate(this.fill.up(inputs));
    try {
      const [rewards] = await this.compiled.call(tensorsOf(batch), { given: batch.grids });
      const [heads, clips] = rewards.shape;
      const values = await rewards.data();
      rewards.dispose();
      return inputs.map((_, clip) =>
        this.ratings(Array.from({ length: heads }, (_, head) => values[head * clips + clip])),
      );
    } finally {
      disposeBatch(batch);
    }
  }

  /**
   * The ratings of a clip: of one head its reward, of several mean and sample deviation of their rewards, each first brought to
   * (r - mean) / deviation of its card, where all of them have it. @param rewards of the heads, in the order of `heads`.
   */
  ratings(rewards: readonly number[]): Ratings {
    let at = 0;
    return Object.fromEntries(
      [...this.members].map(([dimension, own]): [string, Rating] => {
        const values = rewards.slice(at, at + own.length);
        at += own.length;
        if (own.length === 1) return [dimension, { score: values[0] }];
        const scales = scalesOf(dimension, own);
        // No mean of what is not a number; it is what the clip fails by.
        const odd = values.find((value) => !Number.isFinite(value));
        if (odd !== undefined) return [dimension, { score: odd }];
        const { mean, spread } = ensemble(
          values.map((value) => [value]),
          scales,
        );
        return [dimension, { score: mean[0], spread: spread[0] }];
      }),
    );
  }

  /** Frees the weights of all heads, and the backbone's. */
  dispose(): void {
    this.compiled.dispose();
    for (const head of Object.values(this.heads)) head.dispose();
  }

  /** One line: `heads of physics (3), deformity over one backbone: 1.1M parameters`. */
  toString(): string {
    const dimensions = [...this.members].map(([dimension, { length }]) =>
      length === 1 ? dimension : `${dimension} (${length})`,
    );
    const all = new Set(Object.values(this.heads).flatMap(({ weights }) => [...weights.values()]));
    const count = [...all].reduce((sum, { size }) => sum + size, 0);
    return `heads of ${dimensions.join(', ')} over one backbone: ${(count / 1e6).toFixed(1)}M parameters`;
  }

  [jupyterDisplay](): MimeBundle {
    return { [mime.text]: this.toString() };
  }

  [Symbol.for('nodejs.util.inspect.custom')](): string {
    return this.toString();
  }
}

/** Mean and deviation of each member's scores; undefined where none has them. @throws {Error} where some have, and some not */
function scalesOf(
  dimension: string,
  members: readonly RewardModel[],
): { mean: number; deviation: number }[] | undefined {
  const scales = members.flatMap(({ card: { scoreMean: mean, scoreDeviation: deviation } }) =>
    mean === undefined || deviation === undefined ? [] : [{ mean, deviation }],
  );
  if (scales.length === 0) return undefined;
  if (scales.length === members.length) return scales;
  throw new Error(
    `heads: ${scales.length} of the ${members.length} heads of ${dimension} have scoreMean and scoreDeviation in their cards; ` +
      'sr.score.scale(model, clips) gives them to all',
  );
}
