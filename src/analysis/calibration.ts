import type { Interval } from '../base/bootstrap.js';
import { quantile } from '../base/quantile.js';
import type { ScoreColumns } from './columns.js';
import type { Numbers } from './completeRows.js';
import { type LabelledArguments, type Labels, labelledScores } from './labelledScores.js';
import { checkLabelled } from './validate.js';
import { wilson } from './wilson.js';

/** The clips whose probability is in one bin. */
export interface ReliabilityBin {
  /** Clips in the bin. */
  clips: number;
  /** Mean probability. */
  predicted: number;
  /** Share of Pass among them, with its 95% interval by Wilson's score. */
  observed: Interval;
}

/** How probabilities are put into bins. */
export interface ReliabilityOptions {
  /** How many bins. Default 10. */
  bins?: number;
  /** Bins from 0 to 1 of equal width, or of equally many clips. Default `width`. */
  equal?: 'width' | 'count';
}

/**
 * Reliability curve: in bins of probability, the share of Pass that was predicted and the one that is there. Empty
 * bins are left out, and so are rows without a probability or a label.
 * @param table a table with the columns `score`, which is the probability of Pass, 0 to 1, and `pass`
 * @param options `bins`: how many; `equal`: bins from 0 to 1 of equal `width`, or of equally many clips (`count`)
 * @throws {RangeError} for no probabilities, one outside 0 to 1, another number of labels, or labels of one kind only
 */
export function reliability(table: ScoreColumns, options?: ReliabilityOptions): ReliabilityBin[];
/** The same of two lists: probabilities of Pass, and labels, of which true is Pass. */
export function reliability(
  probabilities: Numbers,
  labels: Labels,
  options?: ReliabilityOptions,
): ReliabilityBin[];
export function reliability(...given: LabelledArguments<ReliabilityOptions>): ReliabilityBin[] {
  const { probabilities, labels, options } = labelledProbabilities('reliability', given);
  return binsOf(probabilities, labels, options);
}

function binsOf(
  probabilities: readonly number[],
  labels: readonly boolean[],
  { bins = 10, equal = 'width' }: ReliabilityOptions = {},
): ReliabilityBin[] {
  const binOf = equal === 'width' ? (p: number) => Math.floor(p * bins) : equalCounts(probabilities, bins);
  const clips = new Uint32Array(bins);
  const passes = new Uint32Array(bins);
  const sums = new Float64Array(bins);
  probabilities.forEach((probability, i) => {
    const bin = Math.min(bins - 1, binOf(probability));
    clips[bin]++;
    sums[bin] += probability;
    if (labels[i]) passes[bin]++;
  });
  return Array.from({ length: bins }, (_, bin) => bin)
    .filter((bin) => clips[bin] > 0)
    .map((bin) => ({
      clips: clips[bin],
      predicted: sums[bin] / clips[bin],
      observed: wilson(passes[bin], clips[bin]),
    }));
}

/** The bin of a probability, with as many clips in each: how many of the inner quantiles are below it. */
function equalCounts(probabilities: readonly number[], bins: number): (probability: number) => number {
  const sorted = Float64Array.from(probabilities).sort();
  const inner = Array.from({ length: bins - 1 }, (_, i) => quantile(sorted, (i + 1) / bins));
  return (probability) => inner.reduce((below, edge) => below + Number(edge < probability), 0);
}

/**
 * Expected calibration error: the mean over clips of the distance between predicted and observed share in their bin,
 * of ten of equal width. Rows without a probability or a label are left out.
 * Source: Naeini et al. 2015, Guo et al. 2017 equation 3.
 * @param table a table with the columns `score`, which is the probability of Pass, 0 to 1, and `pass`
 * @throws {RangeError} as `reliability`
 */
export function expectedCalibrationError(table: ScoreColumns): number;
/** The same of two lists: probabilities of Pass, and labels, of which true is Pass. */
export function expectedCalibrationError(probabilities: Numbers, labels: Labels): number;
export function expectedCalibrationError(...given: LabelledArguments<never>): number {
  const { probabilities, labels } = labelledProbabilities('expectedCalibrationError', given);
  return binsOf(probabilities, labels).reduce(
    (sum, { clips, predicted, observed }) =>
      sum + (clips / labels.length) * Math.abs(predicted - observed.value),
    0,
  );
}

/**
 * Brier's score: mean squared distance of probability and outcome (1 for Pass, 0 for Fail). Rows without a probability or a label
 * are left out.
 * @param table a table with the columns `score`, which is the probability of Pass, 0 to 1, and `pass`
 * @throws {RangeError} as `reliability`
 */
export function brier(table: ScoreColumns): number;
/** The same of two lists: probabilities of Pass, and labels, of which true is Pass. */
export function brier(probabilities: Numbers, labels: Labels): number;
export function brier(...given: LabelledArguments<never>): number {
  const { probabilities, labels } = labelledProbabilities('brier', given);
  return probabilities.reduce((sum, p, i) => sum + (p - Number(labels[i])) ** 2, 0) / probabilities.length;
}

function labelledProbabilities<Options>(operation: string, given: LabelledArguments<Options>) {
  const { scores: probabilities, labels, options } = labelledScores(operation, given);
  checkLabelled(operation, probabilities, labels);
  const outside = probabilities.findIndex((p) => p < 0 || p > 1);
  if (outside >= 0)
    throw new RangeError(
      `${operation}: probabilities[${outside}]: expected 0 to 1, received ${probabilities[outside]}; ` +
        'make probabilities of scores by plattScaling first',
    );
  return { probabilities, labels, options };
}
