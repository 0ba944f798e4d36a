import { type Scalar, type Tensor1D, tf } from '../engine/tf.js';
import type { Loss, PairLabels } from '../loss/loss.js';
import type { AdamW } from './adamw.js';
import { type Bucket, gatherGradients } from './buckets.js';

/** B pairs whose gradient is taken at once. */
export interface MicroBatch {
  /** Rewards [2B]: of the B chosen clips, then of the rejected ones. Called once, inside of the gradient tape. */
  rewards(): Tensor1D;
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

/** Added to the norm when clipping, as PyTorch does. */
const CLIP_EPSILON = 1e-6;
/** Values of a row of `sumOfSquares`. */
const ROW = 1024;

/**
 * One update: the gradient of the mean loss of some micro-batches, clipped to a global norm, given to the optimizer.
 * Nothing is read back but one vector: losses, norm and rewards.
 * @param options `clipNorm` c scales the gradient by min(1, c / (norm + 1e-6)).
 * @throws NonFiniteError before anything is changed, when the loss or the gradient is not finite.
 */
export async function trainStep(
  microBatches: Iterable<MicroBatch> | AsyncIterable<MicroBatch>,
  {
    loss,
    optimizer,
    learningRate,
    clipNorm,
  }: { loss: Loss; optimizer: AdamW; learningRate: number; clipNorm: number },
): Promise<StepResult> {
  let gradients: Tensor1D[] | undefined;
  const reports: { values: Tensor1D; terms: string[]; pairs: number }[] = [];
  try {
    for await (const batch of microBatches) {
      const step = accumulate(batch, loss, optimizer.buckets, gradients);
      tf.dispose(gradients ?? []);
      gradients = step.gradients;
      reports.push(step.report);
    }
    if (!gradients) throw new RangeError('trainStep: expected at least one micro-batch, received none');

    const count = reports.length;
    const [norm, ...values] = await read(
      gradients,
      reports.map(({ values }) => values),
    );
    const result = summarize(reports, values, norm / count);
    if (!Number.isFinite(result.loss) || !Number.isFinite(result.gradNorm)) {
      throw new NonFiniteError(result.loss, result.gradNorm);
    }
    const clip = Math.min(1, clipNorm / (result.gradNorm + CLIP_EPSILON));
    optimizer.update(gradients, learningRate, clip / count);
    return result;
  } finally {
    tf.dispose([...(gradients ?? []), ...reports.map(({ values }) => values)]);
  }
}

function accumulate(
  batch: MicroBatch,
  loss: Loss,
  buckets: readonly Bucket[],
  sums: readonly Tensor1D[] | undefined,
) {
  const variables = buckets.flatMap(({ parameters }) => parameters.map(([, variable]) => variable));
  let report: { values: Tensor1D; terms: string[]; pairs: number } | undefined;
  const gradients = tf.tidy(() => {
    const { grads } = tf.variableGrads(() => {
      const { rewards, value } = lossOf(batch, loss);
      const terms = Object.entries(value.terms ?? {});
      const scalars = tf.stack([value.loss, ...terms.map(([, term]) => term)]) as Tensor1D;
      report = {
        values: tf.keep(tf.concat([scalars, rewards])),
        terms: terms.map(([name]) => name),
        pairs: batch.tie.size,
      };
      return value.loss;
    }, variables);
    const gathered = gatherGradients(buckets, grads);
    return sums ? gathered.map((gradient, i) => tf.add(sums[i], gradient) as Tensor1D) : gathered;
  });
  return { gradients, report: report as NonNullable<typeof report> };
}

function lossOf({ rewards: compute, tie, labels }: MicroBatch, loss: Loss) {
  const rewards = compute();
  const pairs = tie.size;
  const [chosen, rejected] = [0, pairs].map((from) => tf.slice(rewards, from, pairs));
  return { rewards, value: loss(chosen, rejected, tie, labels) };
}

/** The norm of the gradients and the reports' values, in one transfer. */
async function read(gradients: readonly Tensor1D[], values: Tensor1D[]): Promise<Float32Array> {
  const vector = tf.tidy(() => {
    const squares = gradients.map(sumOfSquares);
    return tf.concat([tf.reshape(tf.sqrt(tf.addN(squares)), [1]) as Tensor1D, ...values]);
  });
  const numbers = (await vector.data()) as Float32Array;
  vector.dispose();
  return numbers;
}

/** Sum of squares by rows first: some engines add in one float32, which loses four digits over a million values. */
function sumOfSquares(vector: Tensor1D): Scalar {
  const missing = (ROW - (vector.size % ROW)) % ROW;
  const rows = tf.reshape(tf.pad(tf.square(vector), [[0, missing]]), [-1, ROW]);
  return tf.sum(tf.sum(rows, 1));
}

function summarize(
  reports: readonly { terms: string[]; pairs: number }[],
  values: readonly number[],
  gradNorm: number,
): StepResult {
  const result: StepResult = { loss: 0, terms: {}, gradNorm, chosen: [], rejected: [] };
  let at = 0;
  const take = (count: number) => {
    at += count;
    return values.slice(at - count, at);
  };
  for (const { terms, pairs } of reports) {
    result.loss += take(1)[0] / reports.length;
    for (const name of terms) result.terms[name] = (result.terms[name] ?? 0) + take(1)[0] / reports.length;
    result.chosen.push(...take(pairs));
    result.rejected.push(...take(pairs));
  }
  return result;
}
