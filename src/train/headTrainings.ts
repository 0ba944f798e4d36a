import { join } from 'node:path';
import type { RewardHeads } from '../model/rewardHeads.js';
import { Features } from '../model/stages/features.js';
import { stagesOfHeads } from '../model/stages/stage.js';
import type { Pair, PairStream } from '../pairing/pair.js';
import type { FitOptions } from './fitOptions.js';
import { Training } from './training.js';

/** The pairs that the heads of each dimension are trained on. */
export type HeadPairs = Readonly<Record<string, PairStream>>;

/**
 * The trainings of heads over one backbone, each to be begun: on its own place in the pairs of its dimension, in a folder of its
 * name, from features that all of them share.
 * @throws {RangeError} for another part than the head, no pairs, and pairs of no dimension of the model or of another one
 */
export function headTrainings(
  model: RewardHeads,
  pairs: HeadPairs,
  options: FitOptions,
): (() => Promise<Training>)[] {
  const { folder, evaluate, trainable = 'head', features = new Features('head') } = options;
  if (trainable !== 'head') {
    throw new RangeError(
      `fit: heads over one backbone are trained with trainable "head", received "${trainable}": what is trained of the backbone by ` +
        'one dimension would change the others; train a model of its own for each',
    );
  }
  const dimensions = Object.keys(pairs);
  if (dimensions.length === 0)
    throw new RangeError('fit: expected pairs of at least one dimension, received none');
  const wanted = new Set(dimensions.flatMap((dimension) => model.of(dimension)));
  const named = Object.entries(model.heads).filter(([, head]) => wanted.has(head));
  const stages = stagesOfHeads(
    named.map(([, head]) => head),
    features,
  );
  return named.map(([name, head], i) => {
    const dimension = dimensions.find((own) => model.of(own).includes(head)) as string;
    const own = new OwnPlace(pairs[dimension]);
    const labelled = own.next(1)[0]?.dimension ?? dimension;
    if (labelled !== dimension && model.dimensions.includes(labelled)) {
      throw new RangeError(
        `fit: the pairs of "${dimension}" are labelled for "${labelled}", another dimension of the model`,
      );
    }
    // Labels are told apart by their dimension; so are pairs, then.
    const heldOut = Array.isArray(evaluate)
      ? (evaluate as readonly Pair[]).filter((pair) => pair.dimension === labelled)
      : evaluate;
    const settings = { ...options, folder: join(folder, name), trainable, features, evaluate: heldOut };
    return () => Training.begin(head, own, settings, { name, stage: stages[i] });
  });
}

/** A place of its own in a stream that others read too. */
class OwnPlace implements PairStream {
  cursor = 0;

  constructor(private readonly stream: PairStream) {}

  get length(): number {
    return this.stream.length;
  }

  next(count: number): Pair[] {
    this.stream.cursor = this.cursor;
    const pairs = this.stream.next(count);
    this.cursor = this.stream.cursor;
    return pairs;
  }
}
