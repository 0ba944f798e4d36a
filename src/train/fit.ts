import { cellSignal, host, mime } from '../base/host.js';
import { compiler } from '../engine/compile.js';
import type { RewardHeads } from '../model/rewardHeads.js';
import type { RewardModel } from '../model/rewardModel.js';
import type { PairStream } from '../pairing/pair.js';
import type { FitOptions } from './fitOptions.js';
import { type HeadPairs, headTrainings } from './headTrainings.js';
import type { Run } from './run.js';
import { Training } from './training.js';

/**
 * Trains a reward model on pairs. Run again with the same settings and folder, it continues from the newest checkpoint to
 * the same weights, bit by bit on one engine of the CPU, wherever it was stopped or killed (on a GPU two runs differ in their
 * last digits); the model then is the one that the run began with. A damaged checkpoint, log or setting is named in a warning, and the run resumes from the newest one that is whole.
 * Afterwards the model has the last weights; `run.best.folder` holds the best ones.
 * A clip that cannot be read is left out with its pairs: see `run.failures`.
 * In a notebook its curves are drawn while it trains (`chart`); `watch` shows them elsewhere.
 * Defaults follow the size of the model. A warning says so where the loss has not moved for a while after the warm-up.
 * Source: official implementation, training script; see `defaults`.
 * @param pairs read from its beginning, whatever its cursor.
 * @throws when the folder holds a run with other settings or another process trains in it, no pair can be read, or the loss or its gradient is not
 *   finite: then with the step, the pairs and the last good checkpoint.
 */
export async function fit(model: RewardModel, pairs: PairStream, options: FitOptions): Promise<Run>;
/**
 * Trains several heads over one backbone in one run: each step is one of each head, with its own pairs, optimizer, log and
 * checkpoints, in a folder of its name below `folder`. What the backbone makes of a clip is computed once for all of them, and
 * each head gets what `fit` of it alone gives, bit by bit on one engine of the CPU.
 * @param pairs of each dimension; a dimension without pairs keeps its heads as they are
 * @param options as above; `trainable` is `head`. Held-out labels or pairs may be of all dimensions: each head has its own.
 * @returns a run of each head, by its name
 */
export async function fit(
  model: RewardHeads,
  pairs: HeadPairs,
  options: FitOptions,
): Promise<Record<string, Run>>;
export async function fit(
  model: RewardModel | RewardHeads,
  pairs: PairStream | HeadPairs,
  options: FitOptions,
): Promise<Run | Record<string, Run>> {
  const { signal = cellSignal() } = options;
  const isOne = 'weights' in model;
  const begins = isOne
    ? [() => Training.begin(model, pairs as PairStream, { ...options, signal })]
    : headTrainings(model, pairs as HeadPairs, { ...options, signal });
  const trainings: Training[] = [];
  try {
    for (const begin of begins) trainings.push(await begin());
    if (compiler() === 'xla') host()?.display({ [mime.text]: compiling });
    while (trainings.some(({ goesOn }) => goesOn)) {
      for (const training of trainings) if (training.goesOn) await training.step();
    }
    const runs: Run[] = [];
    for (const training of trainings) runs.push(await training.finish());
    for (const run of runs) {
      if (signal?.aborted && run.status === 'stopped') host()?.display({ [mime.text]: stoppedText(run) });
    }
    return isOne ? runs[0] : Object.fromEntries(trainings.map(({ head }, i) => [head, runs[i]]));
  } finally {
    for (const training of trainings) await training.close();
  }
}

/** Shown before a training's first step where XLA is to compile it. */
const compiling =
  'The first step is compiled for this GPU: minutes for a large model, seconds when it has been compiled before.';

function stoppedText(run: Run): string {
  const saved = run.last ? `The last step is saved in ${run.last}` : 'No step was done';
  return `${run}\n${saved}; fit with the same settings and folder continues from there.`;
}
