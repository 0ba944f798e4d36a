import type { Random } from '../base/random.js';
import { tf } from '../engine/tf.js';
import type { Stage } from '../model/stages/stage.js';
import type { Pair } from '../pairing/pair.js';
import type { LoadedPairs, PairFeed } from './pairFeed.js';
import type { MicroBatch } from './trainStep.js';

/** The micro-batches of a step, one at a time as tensors; what they were made of is added to `used`. */
export async function* microBatches(
  feed: PairFeed,
  stage: Stage,
  count: number,
  used: LoadedPairs[],
  randomOf: (batch: number) => Random,
): AsyncGenerator<MicroBatch> {
  for (let i = 0; i < count; i++) {
    const loaded = await feed.next();
    used.push(loaded);
    const { pairs, features } = loaded;
    const clips = [...pairs.map(({ chosen }) => chosen), ...pairs.map(({ rejected }) => rejected)];
    const batch = stage.collate(clips.map(({ id }) => features.get(id)));
    const flags = (test: (pair: Pair) => boolean) => tf.tensor1d(pairs.map((pair) => (test(pair) ? 1 : 0)));
    const tie = flags(({ kind }) => kind !== 'win-lose');
    const labels = {
      chosen: flags(({ kind }) => kind !== 'lose-tie'),
      rejected: flags(({ kind }) => kind === 'win-tie'),
    };
    try {
      yield { inputs: batch.inputs, given: batch.grids, random: randomOf(i), tie, labels };
    } finally {
      tf.dispose([tie, labels.chosen, labels.rejected, ...batch.inputs]);
    }
  }
}
