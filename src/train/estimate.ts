import { formatBytes } from '../base/formatBytes.js';
import { cellSignal, jupyterDisplay, type MimeBundle, mime } from '../base/host.js';
import { Random } from '../base/random.js';
import { peakBytes } from '../engine/memory.js';
import { winTie } from '../loss/winTie.js';
import type { RewardModel } from '../model/rewardModel.js';
import { stageOf } from '../model/stages/stage.js';
import { parameter } from '../model/weights/weights.js';
import type { PairStream } from '../pairing/pair.js';
import { AdamW } from './adamw.js';
import { type FitOptions, settingsOf, stepsOf } from './fitOptions.js';
import { microBatches } from './microBatches.js';
import { PairFeed } from './pairFeed.js';
import { TrainStep } from './trainStep.js';

/** Bytes of a float32. */
const float = 4;

/** What a training needs on this machine. */
export class Estimate {
  constructor(
    /** Updates in all. */
    readonly steps: number,
    /** Seconds of an update, all of its batches, without evaluations. */
    readonly secondsPerStep: number,
    /** Most bytes that were taken at once: of a GPU's memory; on `native` by the process; else by tensors. */
    readonly memoryBytes: number,
    /** Bytes of the checkpoints that are kept, and of the one that is being written. */
    readonly diskBytes: number,
  ) {}

  /** Hours of all steps. */
  get hours(): number {
    return (this.steps * this.secondsPerStep) / 3600;
  }

  /** One line: `1,200 steps of 3.2 s: 1.1 hours, 5.4 GiB of memory for tensors, 15 GiB of disk for checkpoints`. */
  toString(): string {
    const { steps, secondsPerStep, hours, memoryBytes, diskBytes } = this;
    const time = hours < 1 ? `${(60 * hours).toPrecision(2)} minutes` : `${hours.toFixed(1)} hours`;
    return (
      `${steps.toLocaleString('en')} steps of ${secondsPerStep.toPrecision(2)} s: ${time}, ` +
      `${formatBytes(memoryBytes)} of memory for tensors, ${formatBytes(diskBytes)} of disk for checkpoints`
    );
  }

  [jupyterDisplay](): MimeBundle {
    return { [mime.text]: this.toString() };
  }
}

/**
 * Measures what `fit` with these arguments would take, by updates at a learning rate of 0: the model and the stream stay
 * as they are. The first one gives the memory and warms up: of two batches where `fit` accumulates, since the sum of
 * the gradients is then held besides those of a batch. One of a single batch and one of two give
 * seconds of a step = accumulate × seconds of a batch + seconds of the update. A part of the model that is frozen is
 * computed once a clip by `fit`, and each time here, so that the estimate is then from above.
 * @throws as `fit` does.
 */
export async function estimate(
  model: RewardModel,
  pairs: PairStream,
  options: Omit<FitOptions, 'folder'>,
): Promise<Estimate> {
  const settings = await settingsOf(model, { ...options, folder: '' });
  const { trainable, batchSize, accumulate, clipNorm, keep, loss = winTie() } = settings;
  const { signal = cellSignal() } = settings;
  const names = model.parameters(trainable);
  const trained = new Map(names.map((name) => [name, parameter(model.weights, name)]));
  const optimizer = new AdamW(trained, { weightDecay: 0 });
  const stage = stageOf(model, trainable);
  const step = new TrainStep(stage, { loss, optimizer, checkpointing: settings.checkpointing });
  const cursor = pairs.cursor;
  try {
    const measure = async (batches: number): Promise<number> => {
      const end = new AbortController();
      const reading = signal ? AbortSignal.any([signal, end.signal]) : end.signal;
      const feed = new PairFeed(pairs, stage, batchSize, reading);
      const inputs = microBatches(feed, stage, batches, [], (batch) => new Random(settings.seed, 1, batch));
      const start = performance.now();
      try {
        await step.run(inputs, { learningRate: 0, clipNorm });
        return (performance.now() - start) / 1000;
      } finally {
        end.abort(); // the feed reads one batch more than is asked for
      }
    };
    const memoryBytes = await peakBytes(() => measure(Math.min(accumulate, 2)));
    const [one, two] = [await measure(1), await measure(2)];
    const batch = Math.max(0, two - one);
    const seconds = accumulate * batch + Math.max(0, one - batch);
    const size = (variables: Iterable<{ size: number }>) =>
      [...variables].reduce((sum, { size }) => sum + size, 0);
    const checkpoint = float * (size(model.weights.values()) + 2 * size(trained.values()));
    return new Estimate(stepsOf(settings, pairs), seconds, memoryBytes, (keep + 2) * checkpoint);
  } finally {
    step.dispose();
    optimizer.dispose();
    pairs.cursor = cursor;
  }
}
