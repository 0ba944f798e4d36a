import type { Random } from '../base/random.js';
import { type CallOptions, Compiled } from '../engine/compile.js';
import { OutOfMemoryError } from '../engine/outOfMemory.js';
import { recomputing } from '../engine/recomputed.js';
import { type Scalar, type Tensor, type Tensor1D, tf, type Variable } from '../engine/tf.js';
import type { Loss, PairLabels } from '../loss/loss.js';
import type { AdamW } from './adamw.js';
import { gatherGradients } from './buckets.js';

/** What gives the rewards that a training is about: a stage of a model. */
export interface Scorer {
  /** Rewards [2B] of the inputs of a micro-batch, of the B chosen clips first; differentiable in the trained parameters. */
  rewards(inputs: readonly Tensor[], options: CallOptions): Tensor1D;
  /** All that it may use. */
  variables(): Iterable<Variable>;
}

/** B pairs whose gradient is taken at once. */
export interface MicroBatch {
  /** What the scorer takes. */
  inputs: readonly Tensor[];
  /** What else it is given. */
  given?: unknown;
  /** Of dropout and drop path. */
  random?: Random;
  /** [B]: 1 for a tie. */
  tie: Tensor1D;
  labels: PairLabels;
}

/** What a step computed, all before its update. */
export interface StepResult {
  /** Mean of the micro-batches' losses. */
  loss: number;
  /** Means of the loss's terms. */
  terms: Record<string, number>;
  /** Global norm of the gradient, before clipping. */
  gradNorm: number;
  /** Rewards of all pairs, micro-batch by micro-batch. */
  chosen: number[];
  rejected: number[];
}

/** A loss or gradient that is infinite or no number; the update was not made. */
export class NonFiniteError extends Error {
  constructor(
    readonly loss: number,
    readonly gradNorm: number,
  ) {
    super(
      `trainStep: the loss is ${loss} and the norm of its gradient ${gradNorm}; the weights are unchanged`,
    );
  }
}

export interface StepOptions {
  learningRate: number;
  clipNorm: number;
  /** Ends a step that still waits for the compiler, with its reason; nothing is changed then. */
  signal?: AbortSignal;
}

/** What a gradient depends on besides tensors. */
interface Given {
  checkpointing: boolean;
  given: unknown;
}

/** Added to the norm when clipping, as PyTorch does. */
const CLIP_EPSILON = 1e-6;
/** Values of a row of `sumOfSquares`. */
const ROW = 1024;

export interface TrainStepOptions {
  loss: Loss;
  optimizer: AdamW;
  /**
   * Computes the inner values of each layer once more for the gradient, in place of keeping them: less memory, and about a
   * third more time. Default: from the batch on for which memory runs out.
   */
  checkpointing?: boolean;
}

/**
 * The step of a training: the gradient of the mean loss of some micro-batches, clipped to a global norm, given to the
 * optimizer. Gradient, sums, norm and update are each recorded once a shape, where the engine can.
 */
export class TrainStep {
  private terms: string[] = [];
  private readonly gradient: Compiled;
  private readonly optimizer: AdamW;
  private checkpointing: boolean;
  private readonly mayCheckpoint: boolean;
  private readonly add = new Compiled(
    (tensors) => {
      const half = tensors.length / 2;
      return tensors.slice(0, half).map((sum, i) => tf.add(sum, tensors[half + i]));
    },
    () => [],
  );
  private readonly report = new Compiled(
    (tensors, { given: reports }) => {
      const split = tensors.length - (reports as number);
      const squares = tensors.slice(0, split).map((gradient) => sumOfSquares(gradient as Tensor1D));
      const norm = tf.reshape(tf.sqrt(tf.addN(squares)), [1]) as Tensor1D;
      return [tf.concat([norm, ...(tensors.slice(split) as Tensor1D[])])];
    },
    () => [],
  );

  constructor(scorer: Scorer, { loss, optimizer, checkpointing }: TrainStepOptions) {
    this.optimizer = optimizer;
    this.checkpointing = checkpointing ?? false;
    this.mayCheckpoint = checkpointing === undefined;
    const { buckets } = optimizer;
    const trained = buckets.flatMap(({ parameters }) => parameters.map(([, variable]) => variable));
    this.gradient = new Compiled(
      ([tie, chosenLabels, rejectedLabels, ...inputs], options) => {
        let report: Tensor1D | undefined;
        const { checkpointing, given } = options.given as Given;
        const { grads } = recomputing(checkpointing, () =>
          tf.variableGrads(() => {
            const rewards = scorer.rewards(inputs, { random: options.random, given });
            const pairs = tie.size;
            const [chosen, rejected] = [0, pairs].map((from) => tf.slice(rewards, from, pairs));
            const labels = { chosen: chosenLabels as Tensor1D, rejected: rejectedLabels as Tensor1D };
            const value = loss(chosen, rejected, tie as Tensor1D, labels);
            const terms = Object.entries(value.terms ?? {});
            this.terms = terms.map(([name]) => name);
            const scalars = tf.stack([value.loss, ...terms.map(([, term]) => term)]) as Tensor1D;
            report = tf.keep(tf.concat([scalars, rewards]));
            return value.loss;
          }, trained),
        );
        return [report as unknown as Tensor1D, ...gatherGradients(buckets, grads)];
      },
      () => new Set([...trained, ...scorer.variables()]),
    );
  }

  /**
   * One update. Nothing is read back but one vector: losses, norm and rewards.
   * @param options `clipNorm` c scales the gradient by min(1, c / (norm + 1e-6)); see `StepOptions`.
   * @throws NonFiniteError before anything is changed, when the loss or the gradient is not finite.
   */
  async run(
    microBatches: Iterable<MicroBatch> | AsyncIterable<MicroBatch>,
    { learningRate, clipNorm, signal }: StepOptions,
  ): Promise<StepResult> {
    let gradients: Tensor[] | undefined;
    const reports: Tensor[] = [];
    const pairs: number[] = [];
    try {
      for await (const { inputs, tie, labels, given, random } of microBatches) {
        const tensors = [tie, labels.chosen, labels.rejected, ...inputs];
        const [report, ...own] = await this.gradientOf(tensors, given, { random, signal });
        reports.push(report);
        pairs.push(tie.size);
        gradients = gradients ? await this.sum(gradients, own) : own;
      }
      if (!gradients) throw new RangeError('trainStep: expected at least one micro-batch, received none');

      const count = reports.length;
      const [vector] = await this.report.call([...gradients, ...reports], { given: count });
      const [norm, ...values] = await vector.data();
      vector.dispose();
      const result = this.summarize(pairs, values, norm / count);
      if (!Number.isFinite(result.loss) || !Number.isFinite(result.gradNorm)) {
        throw new NonFiniteError(result.loss, result.gradNorm);
      }
      const clip = Math.min(1, clipNorm / (result.gradNorm + CLIP_EPSILON));
      await this.optimizer.update(gradients as Tensor1D[], learningRate, clip / count);
      return result;
    } finally {
      tf.dispose([...(gradients ?? []), ...reports]);
    }
  }

  private async gradientOf(tensors: Tensor[], given: unknown, options: CallOptions): Promise<Tensor[]> {
    const { random } = options;
    const state = random?.state();
    const call = () =>
      this.gradient.call(tensors, {
        ...options,
        given: { checkpointing: this.checkpointing, given } satisfies Given,
      });
    try {
      return await call();
    } catch (error) {
      if (!(error instanceof OutOfMemoryError) || !this.mayCheckpoint || this.checkpointing) throw error;
      this.checkpointing = true;
      if (state) random?.restore(state);
      return call();
    }
  }

  /** Forgets what was recorded. */
  dispose(): void {
    for (const compiled of [this.gradient, this.add, this.report]) compiled.dispose();
  }

  /** Group by group, so that three copies of the gradients are never there at once. Disposes of both. */
  private async sum(sums: Tensor[], gradients: Tensor[]): Promise<Tensor[]> {
    const result: Tensor[] = [];
    for (const group of this.optimizer.groups) {
      const terms = [...group.map((i) => sums[i]), ...group.map((i) => gradients[i])];
      result.push(...(await this.add.call(terms)));
      tf.dispose(terms);
    }
    return result;
  }

  private summarize(pairs: readonly number[], values: readonly number[], gradNorm: number): StepResult {
    const result: StepResult = { loss: 0, terms: {}, gradNorm, chosen: [], rejected: [] };
    let at = 0;
    const take = (count: number) => {
      at += count;
      return values.slice(at - count, at);
    };
    for (const count of pairs) {
      result.loss += take(1)[0] / pairs.length;
      for (const name of this.terms) {
        result.terms[name] = (result.terms[name] ?? 0) + take(1)[0] / pairs.length;
      }
      result.chosen.push(...take(count));
      result.rejected.push(...take(count));
    }
    return result;
  }
}

/** Sum of squares by rows first: some engines add in one float32, which loses four digits over a million values. */
function sumOfSquares(vector: Tensor1D): Scalar {
  const missing = (ROW - (vector.size % ROW)) % ROW;
  const squares = tf.square(vector);
  const rows = tf.reshape(missing === 0 ? squares : tf.pad(squares, [[0, missing]]), [-1, ROW]);
  return tf.sum(tf.sum(rows, 1));
}
