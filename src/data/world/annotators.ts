import { Random } from '../../base/random.js';
import { type Dimension, dimensions } from './faults.js';

/** A simulated annotator: how often a failing clip is passed, and a passing one failed, on average. */
export interface Annotator {
  /** Name of the annotator. */
  name: string;
  /** P(vote Pass | Fail), 0 to 1. */
  falsePass: number;
  /** P(vote Fail | Pass), 0 to 1. */
  falseFail: number;
}

/** What is true of a clip on a dimension; the strength is 0 where there is no fault. */
export interface Truth {
  /** Id of the clip. */
  clip: string;
  /** What is judged. */
  dimension: Dimension;
  /** Whether the clip has no fault on the dimension. */
  pass: boolean;
  /** Name of the fault; empty where there is none. */
  fault: string;
  /** How strong the fault is, 0 to 1. */
  strength: number;
  /** 1 - strength. */
  quality: number;
}

/** One annotator's answer. */
export interface SimulatedVote {
  /** Id of the clip. */
  clip: string;
  /** Name of the annotator. */
  annotator: string;
  /** What is judged. */
  dimension: Dimension;
  /** The vote: true is Pass. */
  pass: boolean;
}

/** Five annotators, from careful to careless. */
export const defaultAnnotators: readonly Annotator[] = [
  { name: 'ann-1', falsePass: 0.06, falseFail: 0.03 },
  { name: 'ann-2', falsePass: 0.1, falseFail: 0.05 },
  { name: 'ann-3', falsePass: 0.14, falseFail: 0.06 },
  { name: 'ann-4', falsePass: 0.2, falseFail: 0.05 },
  { name: 'ann-5', falsePass: 0.16, falseFail: 0.14 },
];

/** Random streams: single votes, choices of annotators, comparisons. */
const stream = { votes: 31, panel: 32, pairs: 33 };

/**
 * Single-item votes. Weak faults are missed more often: a fault of strength s is passed with probability
 * falsePass · (1.5 - s) / (1.5 - s̄), s̄ the mean strength of the failing clips of the dimension, so that
 * falsePass is the rate over all of them.
 * @param options `votesPerClip` (default: all annotators) are drawn for each clip and dimension.
 * @throws RangeError when there are too few annotators or a rate is not in [0, 1].
 */
export function annotate(
  truth: readonly Truth[],
  {
    annotators = defaultAnnotators,
    votesPerClip = annotators.length,
    seed,
  }: { annotators?: readonly Annotator[]; votesPerClip?: number; seed: number },
): SimulatedVote[] {
  checkAnnotators(annotators, votesPerClip);
  const meanStrength = new Map(dimensions.map((dimension) => [dimension, meanOverClips(truth, dimension)]));
  return truth.flatMap(({ clip, dimension, pass, strength }, i) => {
    const random = new Random(seed, stream.votes, i);
    const panel = random.shuffle(annotators).slice(0, votesPerClip);
    const mean = meanStrength.get(dimension) as number;
    return panel.map(({ name, falsePass, falseFail }) => {
      const error = pass ? falseFail : Math.min(1, (falsePass * (1.5 - strength)) / (1.5 - mean));
      return { clip, annotator: name, dimension, pass: random.chance(error) ? !pass : pass };
    });
  });
}

/** One annotator's comparison of two clips. */
export interface Comparison {
  /** Id of the first clip. */
  first: string;
  /** Id of the second clip. */
  second: string;
  /** Name of the annotator. */
  annotator: string;
  /** What is judged. */
  dimension: Dimension;
  /** Which of the two the annotator prefers. */
  preferred: 'first' | 'second';
}

/**
 * Pairwise votes: the better clip is preferred with probability σ(|Δquality| / temperature), so that the nearer two
 * clips are in quality, the nearer the answer is to a coin toss.
 * @param options `temperature`, in units of quality; default 0.15.
 * @throws RangeError when the temperature is not above 0, or a clip has no truth.
 */
export function annotatePairs(
  pairs: readonly { first: string; second: string }[],
  truth: readonly Truth[],
  {
    dimension,
    annotators = defaultAnnotators.map(({ name }) => name),
    temperature = 0.15,
    seed,
  }: { dimension: Dimension; annotators?: readonly string[]; temperature?: number; seed: number },
): Comparison[] {
  if (!(temperature > 0))
    throw new RangeError(`annotatePairs: temperature must be above 0, received ${temperature}`);
  const quality = new Map(
    truth.filter((one) => one.dimension === dimension).map((one) => [one.clip, one.quality]),
  );
  const qualityOf = (clip: string) => {
    const found = quality.get(clip);
    if (found === undefined)
      throw new RangeError(`annotatePairs: no truth of clip "${clip}" on ${dimension}`);
    return found;
  };
  return pairs.flatMap(({ first, second }, i) => {
    const random = new Random(seed, stream.pairs, i);
    const difference = qualityOf(first) - qualityOf(second);
    const firstPreferred = 1 / (1 + Math.exp(-difference / temperature));
    return annotators.map((annotator) => ({
      first,
      second,
      annotator,
      dimension,
      preferred: random.chance(firstPreferred) ? ('first' as const) : ('second' as const),
    }));
  });
}

function checkAnnotators(annotators: readonly Annotator[], votesPerClip: number): void {
  if (!(Number.isInteger(votesPerClip) && votesPerClip >= 1 && votesPerClip <= annotators.length)) {
    throw new RangeError(
      `annotate: votesPerClip must be from 1 to the ${annotators.length} annotators, received ${votesPerClip}`,
    );
  }
  for (const { name, falsePass, falseFail } of annotators) {
    for (const rate of [falsePass, falseFail]) {
      if (!(rate >= 0 && rate <= 1))
        throw new RangeError(`annotate: ${name} has the error rate ${rate}, not in [0, 1]`);
    }
  }
}

function meanOverClips(truth: readonly Truth[], dimension: Dimension): number {
  const strengths = truth
    .filter((one) => one.dimension === dimension && !one.pass)
    .map(({ strength }) => strength);
  return strengths.length === 0 ? 0 : strengths.reduce((sum, s) => sum + s, 0) / strengths.length;
}
