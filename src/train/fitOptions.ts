import type { ColumnTable } from 'arquero';
import { gpuRoom } from '../engine/gpuRoom.js';
import type { Loss } from '../loss/loss.js';
import type { RewardModel, Trainable } from '../model/rewardModel.js';
import type { Features } from '../model/stages/features.js';
import type { Pair, PairStream } from '../pairing/pair.js';
import type { StepRecord } from './log.js';
import { chooseMicroBatch } from './microBatch.js';
import type { Schedule } from './schedule.js';

/** How a model is trained. Only `folder` has to be given. */
export interface FitOptions {
  /** Where the run is kept. An unfinished run of the same settings in it is resumed. */
  folder: string;
  /** What is minimised. Default `winTie()`. */
  loss?: Loss;
  /** What is trained; what comes before it is computed once a clip. Default `all`. */
  trainable?: Trainable;
  /** Keeps what comes before it for other runs and for scoring. Default: for this run alone. */
  features?: Features;
  /** Times that the stream's epoch is gone through. Default 3. */
  epochs?: number;
  /** Updates, in place of `epochs`. */
  steps?: number;
  /** Pairs whose gradient is taken at once: on a GPU as many as its memory holds, up to 8. Default 8; of a model of fewer than 100 million parameters 16. */
  batchSize?: number;
  /** Batches an update. Default 40, so that an update sees 320 pairs; of a small model 1. */
  accumulate?: number;
  /** The highest learning rate, after the warm-up. Default 1e-6, for a published model; of a small one 1e-3. */
  learningRate?: number;
  /** How the learning rate continues from there. Default `constant`, after a linear warm-up; the official one is `logarithmic`. Of a small model `cosine`. */
  schedule?: Schedule;
  /** Updates of the warm-up. Default 5% of all, rounded up. */
  warmup?: number;
  /** λ of AdamW. Default 0.01; of a small model 0.05. */
  weightDecay?: number;
  /** What decays: `matrices` (default) but not biases, norms and embeddings; or `all`, as in the official script. */
  decay?: 'matrices' | 'all';
  /**
   * Computes the inner values of each layer once more for the gradient, in place of keeping them: less memory, and about a
   * third more time. Default: where memory runs out without it.
   */
  checkpointing?: boolean;
  /** Global norm that gradients are clipped to. Default 1. */
  clipNorm?: number;
  /** Of drop path and dropout, whose rates are the model's. Default 0. */
  seed?: number;
  /** Held-out labels of the same dimension, or held-out pairs. */
  evaluate?: ColumnTable | readonly Pair[];
  /** Steps from one evaluation to the next. Default 50; the last step is evaluated too. */
  evaluateEvery?: number;
  /** Stop after so many evaluations without a better accuracy. Default: never. */
  patience?: number;
  /** Steps from one checkpoint to the next. Default 100. */
  saveEvery?: number;
  /** Newest checkpoints that are kept, besides the best one. Default 2. */
  keep?: number;
  /**
   * Stops after the step under way: a checkpoint is saved and the run returned, marked `stopped`.
   * Default: the interrupt of the notebook's cell; the notebook then says where the checkpoint is.
   */
  signal?: AbortSignal;
  /** Called after each step. */
  onProgress?: (progress: FitProgress) => void;
  /** Whether the curves of the run are drawn while it trains, in one output. Default: in a notebook. */
  chart?: boolean;
}

/** A step's record and the number of all steps. */
export interface FitProgress extends StepRecord {
  /** Steps of the whole training. */
  steps: number;
  /** The head that the step is of, where several are trained. */
  head?: string;
}

/** Models of fewer parameters are small: the published ones begin at a billion. */
const smallParameters = 1e8;

/** Of small new models: the tutorial's. A rate of 1e-6 would teach them nothing. */
const ofSmall = {
  batchSize: 16,
  accumulate: 1,
  learningRate: 1e-3,
  schedule: 'cosine' as Schedule,
  weightDecay: 0.05,
};

// The official training script's, but for the warm-up (its first two updates have a rate of 0) and for what decays.
const defaults = {
  trainable: 'all' as Trainable, // vision, projector, decoder and head
  epochs: 3,
  batchSize: 8, // pairs; with `accumulate` 320 an update
  accumulate: 40,
  learningRate: 1e-6,
  schedule: 'constant' as Schedule,
  warmupShare: 0.05, // of all updates
  weightDecay: 0.01,
  decay: 'matrices' as 'matrices' | 'all',
  clipNorm: 1,
  seed: 0,
  evaluateEvery: 50, // steps
  saveEvery: 100, // steps
  keep: 2, // checkpoints
};

/** What `fit` does with a model and these options. @throws RangeError naming the setting that is out of range. */
export async function settingsOf(
  model: RewardModel,
  options: FitOptions,
): Promise<typeof defaults & FitOptions> {
  const parameters = [...model.weights.values()].reduce((sum, { size }) => sum + size, 0);
  const small = parameters < smallParameters;
  const settings = {
    ...defaults,
    ...(small ? ofSmall : await ofGpu(model, options)),
    ...withoutUndefined(options),
  };
  checkSettings(settings);
  return settings;
}

/** The published update in micro-batches that fit into the memory of the GPU in use, where the user has not said. */
async function ofGpu(model: RewardModel, options: FitOptions): Promise<Partial<FitOptions>> {
  const { batchSize, accumulate, trainable = defaults.trainable, folder } = options;
  if (gpuRoom() === undefined || batchSize !== undefined || accumulate !== undefined) return {};
  const pairs = defaults.batchSize * defaults.accumulate;
  return { ...(await chooseMicroBatch(model, { trainable, pairs, folder })) };
}

/** @throws RangeError when the features are those of another part than the one that is frozen. */
export function checkFeatures(trainable: Trainable, features: Features | undefined): void {
  if (features && features.trainable !== trainable) {
    throw new RangeError(
      `fit: the features are for training "${features.trainable}", but trainable is "${trainable}"; make them alike`,
    );
  }
}

/** Updates of a training. */
export const stepsOf = (
  { steps, epochs, batchSize, accumulate }: typeof defaults & FitOptions,
  pairs: PairStream,
) => steps ?? Math.ceil((epochs * pairs.length) / (batchSize * accumulate));

function withoutUndefined<T extends object>(options: T): T {
  return Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined)) as T;
}

/** @throws RangeError naming the setting that is out of range. */
function checkSettings(settings: typeof defaults & FitOptions): void {
  const whole = [
    'steps',
    'batchSize',
    'accumulate',
    'evaluateEvery',
    'saveEvery',
    'keep',
    'patience',
  ] as const;
  for (const name of whole) {
    const value = settings[name];
    if (value !== undefined && !(Number.isSafeInteger(value) && value > 0)) {
      throw new RangeError(`fit: expected ${name} to be a positive integer, received ${value}`);
    }
  }
  for (const name of ['epochs', 'learningRate', 'clipNorm'] as const) {
    if (!(settings[name] > 0))
      throw new RangeError(`fit: expected ${name} to be positive, received ${settings[name]}`);
  }
}
