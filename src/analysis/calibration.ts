import type { Interval } from '../base/bootstrap.js';
import { checkLabelled } from './check.js';
import { wilson } from './wilson.js';

/** The clips whose probability is in one bin. */
export interface ReliabilityBin {
  clips: number;
  /** Mean probability. */
  predicted: number;
  /** Share of Pass among them, with its 95% interval by Wilson's score. */
  observed: Interval;
}

/**
 * Reliability curve: in equal bins of probability, the share of Pass that was predicted and the one that is there.
 * Empty bins are left out.
 * @param probabilities of Pass, 0 to 1
 * @param bins how many from 0 to 1
 * @throws {RangeError} for no probabilities, one outside 0 to 1, another number of labels, or labels of one kind only
 */
export function reliability(
  probabilities: readonly number[],
  labels: readonly boolean[],
  bins = 10,
): ReliabilityBin[] {
  checkProbabilities('reliability', probabilities, labels);
  const clips = new Uint32Array(bins);
  const passes = new Uint32Array(bins);
  const sums = new Float64Array(bins);
  probabilities.forEach((probability, i) => {
    const bin = Math.min(bins - 1, Math.floor(probability * bins));
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

/**
 * Expected calibration error: the mean over clips of the distance between predicted and observed share in their bin.
 * Source: Naeini et al. 2015, Guo et al. 2017 equation 3.
 * @throws {RangeError} as `reliability`
 */
export function expectedCalibrationError(
  probabilities: readonly number[],
  labels: readonly boolean[],
  bins = 10,
): number {
  return reliability(probabilities, labels, bins).reduce(
    (sum, { clips, predicted, observed }) =>
      sum + (clips / labels.length) * Math.abs(predicted - observed.value),
    0,
  );
}

/**
 * Brier's score: mean squared distance of probability and outcome (1 for Pass, 0 for Fail).
 * @throws {RangeError} as `reliability`
 */
export function brier(probabilities: readonly number[], labels: readonly boolean[]): number {
  checkProbabilities('brier', probabilities, labels);
  return probabilities.reduce((sum, p, i) => sum + (p - Number(labels[i])) ** 2, 0) / probabilities.length;
}

function checkProbabilities(
  operation: string,
  probabilities: readonly number[],
  labels: readonly boolean[],
): void {
  checkLabelled(operation, probabilities, labels);
  const outside = probabilities.findIndex((p) => p < 0 || p > 1);
  if (outside >= 0)
    throw new RangeError(
      `${operation}: probabilities[${outside}]: expected 0 to 1, received ${probabilities[outside]}; ` +
        'make probabilities of scores by plattScaling first',
    );
}
