import { setMaxListeners } from 'node:events';
import type { ColumnTable } from 'arquero';
import { mean } from '../analysis/distribution.js';
import { meanMargin, pairAccuracy } from '../analysis/pairs.js';
import { cellSignal, host, mime } from '../base/host.js';
import { PaceMeter } from '../base/pace.js';
import { Random } from '../base/random.js';
import { compiler } from '../engine/compile.js';
import { precision } from '../engine/precision.js';
import type { Loss } from '../loss/loss.js';
import { winTie } from '../loss/winTie.js';
import type { RewardModel, Trainable } from '../model/rewardModel.js';
import type { Features } from '../model/stages/features.js';
import { stageOf } from '../model/stages/stage.js';
import { parameter } from '../model/weights/weights.js';
import type { Pair, PairStream } from '../pairing/pair.js';
import { AdamW } from './adamw.js';
import {
  checkpointFolder,
  newestCheckpoint,
  pruneCheckpoints,
  type RunState,
  restoreCheckpoint,
  saveCheckpoint,
} from './checkpoint.js';
import { evaluateOn, heldOutOf } from './heldOut.js';
import { appendLog, cutLog, type StepRecord } from './log.js';
import { gpuRoom } from './memory.js';
import { chooseMicroBatch } from './microBatch.js';
import { microBatches } from './microBatches.js';
import { hasMoved } from './movement.js';
import { type LoadedPairs, PairFeed } from './pairFeed.js';
import { Run, type RunStatus, statusOf } from './run.js';
import { RunChart } from './runChart.js';
import { claimFolder, hashOf, lockFolder } from './runConfig.js';
import { checkData, clipData, epochData, weightsHash } from './runData.js';
import { learningRateAt, type Schedule } from './schedule.js';
import { NonFiniteError, type StepResult, TrainStep } from './trainStep.js';

export interface FitOptions {
  /** Where the run is kept. An unfinished run of the same settings in it is resumed. */
  folder: string;
  /** Default `winTie()`. */
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
  /** Default 1e-6, for a published model; of a small one 1e-3. */
  learningRate?: number;
  /** Default `constant`, after a linear warm-up; the official one is `logarithmic`. Of a small model `cosine`. */
  schedule?: Schedule;
  /** Updates of the warm-up. Default 5% of all, rounded up. */
  warmup?: number;
  /** Default 0.01; of a small model 0.05. */
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
  /** Whether the curves of the run are drawn while it goes on, in one output. Default: in a notebook. */
  chart?: boolean;
}

/** A step's record and the number of all steps. */
export interface FitProgress extends StepRecord {
  steps: number;
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

/**
 * Trains a reward model on pairs. Run again with the same settings and folder, it goes on from the newest checkpoint to
 * the same weights, bit by bit on one engine, wherever it was stopped or killed; the model then is the one that the run
 * began with. A damaged checkpoint, log or setting is named in a warning, and the newest one that is whole is gone on from.
 * Afterwards the model has the last weights; `run.best.folder` holds the best ones.
 * A clip that cannot be read is left out with its pairs: see `run.failures`.
 * In a notebook its curves are drawn while it goes on (`chart`); `watch` shows them elsewhere.
 * Defaults follow the size of the model. A warning says so where the loss has not moved for a while after the warm-up.
 * Source: official implementation, training script; see `defaults`.
 * @param pairs read from its beginning, whatever its cursor.
 * @throws when the folder holds a run with other settings or another process trains in it, no pair can be read, or the loss or its gradient is not
 *   finite: then with the step, the pairs and the last good checkpoint.
 */
export async function fit(model: RewardModel, pairs: PairStream, options: FitOptions): Promise<Run> {
  const { folder, signal = cellSignal(), onProgress, evaluate, patience, loss = winTie() } = options;
  const settings = await settingsOf(model, options);
  const { trainable, batchSize, accumulate, learningRate, schedule, weightDecay, clipNorm } = settings;
  checkFeatures(trainable, options.features);
  const { clips, kinds, ...about } = epochData(pairs);
  const steps = stepsOf(settings, pairs);
  const warmup = options.warmup ?? Math.ceil(settings.warmupShare * steps);
  const heldOut = evaluate && heldOutOf(evaluate, about.dimension);
  checkData({ clips, kinds, ...about }, heldOut?.clips);
  const evaluated = (heldOut?.clips ?? []).filter(({ id }) => !clips.has(id));
  const data = await clipData(folder, [...clips.values(), ...evaluated]);

  const names = model.parameters(trainable);
  const frozen = [...model.weights].flatMap(([name, variable]) => (names.includes(name) ? [] : [variable]));
  const config = {
    model: model.config,
    prompts: model.prompts,
    precision: precision(),
    trainable,
    frozen: await weightsHash(frozen),
    pairs: about,
    clips: data.hash,
    loss: loss.settings ?? 'a function',
    steps,
    batchSize,
    accumulate,
    learningRate,
    schedule,
    warmup,
    weightDecay,
    decay: settings.decay,
    clipNorm,
    seed: settings.seed,
    evaluate: heldOut && { every: settings.evaluateEvery, labels: hashOf(heldOut.labels) },
    patience,
  };
  const optimizer = new AdamW(new Map(names.map((name) => [name, parameter(model.weights, name)])), {
    weightDecay,
    ...(settings.decay === 'all' && { decays: () => true }),
  });
  const chart = (options.chart ?? host() !== undefined) ? new RunChart(folder, steps) : undefined;
  const end = new AbortController();
  let unlock: (() => Promise<void>) | undefined;
  try {
    unlock = await lockFolder(folder);
    await claimFolder(folder, config, data.changed);
    await data.keep();
    let state: RunState = { step: 0, cursor: 0, stale: 0 };
    let saved = await newestCheckpoint(folder);
    if (saved !== undefined)
      state = await restoreCheckpoint(checkpointFolder(folder, saved), { model, optimizer });
    const history = await cutLog(folder, state.step);

    const save = async () => {
      await saveCheckpoint(folder, state, { model, optimizer });
      await pruneCheckpoints(folder, settings.keep, state.best?.step);
      saved = state.step;
    };
    const stage = stageOf(model, trainable, options.features);
    const trainStep = new TrainStep(stage, { loss, optimizer, checkpointing: settings.checkpointing });
    pairs.cursor = state.cursor;
    if (compiler() === 'xla') host()?.display({ [mime.text]: compiling });
    const share = kinds['win-lose'] / (kinds['win-lose'] + kinds['win-tie'] + kinds['lose-tie']);
    const reading = signal ? AbortSignal.any([signal, end.signal]) : end.signal;
    setMaxListeners(0, reading); // each reading listens
    const feed = new PairFeed(pairs, stage, batchSize, reading, share);

    // Early, where there are enough losses to tell, and at the end.
    const watched = new Set([warmup + 50, steps]);
    while (statusOf(state, { steps, patience }) === 'stopped' && !signal?.aborted) {
      const meter = new PaceMeter();
      const waited = feed.waited;
      const start = performance.now();
      const step = state.step + 1;
      const rate = learningRateAt(step, { schedule, learningRate, warmup, steps });

      const used: LoadedPairs[] = [];
      let result: StepResult;
      try {
        // A stream of its own for each batch: a run that goes on from a step drops what it would have dropped.
        const randomOf = (batch: number) => new Random(settings.seed, step, batch);
        const batches = microBatches(feed, stage, accumulate, used, randomOf);
        result = await trainStep.run(batches, { learningRate: rate, clipNorm, signal });
      } catch (error) {
        if (signal?.aborted && error === signal.reason) break; // while clips were read: no step was made
        throw error instanceof NonFiniteError ? notFinite(error, step, used, saved, folder) : error;
      }
      state = { ...state, step, cursor: used[used.length - 1].cursor };
      const seen = used.flatMap(({ pairs }) => pairs);
      meter.add(2 * seen.length, feed.waited - waited);
      const record: StepRecord = {
        step,
        epoch: state.cursor / about.length,
        loss: result.loss,
        terms: result.terms,
        ...rewardsOf(result, seen),
        gradNorm: result.gradNorm,
        learningRate: rate,
        secondsPerStep: (performance.now() - start) / 1000,
        ...meter.pace,
      };

      if (heldOut && (step % settings.evaluateEvery === 0 || step === steps)) {
        Object.assign(record, await evaluateOn(heldOut, stage, 2 * batchSize));
        const accuracy = record.evalAccuracy as number;
        const better = accuracy > (state.best?.accuracy ?? Number.NEGATIVE_INFINITY);
        state = better
          ? { ...state, best: { step, accuracy }, stale: 0 }
          : { ...state, stale: state.stale + 1 };
      }
      if (result.gradNorm === 0) warnOfZero(step, seen);
      history.push(record);
      await appendLog(folder, record);
      if (watched.has(step) && !hasMoved(history.slice(warmup).map(({ loss }) => loss)))
        warnOfRest(history.slice(warmup), learningRate);
      if (step % settings.saveEvery === 0 || state.best?.step === step) await save();
      chart?.show(history);
      onProgress?.({ ...record, steps });
    }
    if (state.step > (saved ?? 0)) await save();

    const status: RunStatus = statusOf(state, { steps, patience });
    const best = state.best && { ...state.best, folder: checkpointFolder(folder, state.best.step) };
    const last = saved === undefined ? undefined : checkpointFolder(folder, saved);
    const run = new Run(folder, status, steps, history, last, best, [...stage.failures.values()]);
    chart?.finish(run);
    if (signal?.aborted && status === 'stopped') host()?.display({ [mime.text]: stoppedText(run) });
    return run;
  } finally {
    chart?.flush();
    end.abort(new Error('fit: the training has ended')); // clips are read ahead
    optimizer.dispose();
    await unlock?.();
  }
}

function warnOfZero(step: number, pairs: readonly Pair[]): void {
  const ids = pairs.slice(0, 3).map(({ chosen, rejected }) => `${chosen.id} - ${rejected.id}`);
  console.warn(
    `fit: step ${step} teaches nothing: the gradient of the loss is 0 for its pairs (${ids.join(', ')} ...)`,
  );
}

function warnOfRest(records: readonly StepRecord[], learningRate: number): void {
  const [first, last] = [records[0], records[records.length - 1]];
  console.warn(
    `fit: the loss has not moved in ${records.length} steps since the warm-up (step ${first.step}: ${first.loss.toPrecision(4)}, ` +
      `step ${last.step}: ${last.loss.toPrecision(4)}); the learning rate of ${learningRate} may be too low for this model, ` +
      'or the pairs may say nothing that it can see',
  );
}

/** Shown before a training's first step where XLA is to compile it. */
const compiling =
  'The first step is compiled for this GPU: minutes for a large model, seconds when it has been compiled before.';

function stoppedText(run: Run): string {
  const saved = run.last ? `The last step is saved in ${run.last}` : 'No step was done';
  return `${run}\n${saved}; fit with the same settings and folder goes on from there.`;
}

/** Accuracy and margin of a step's win-lose pairs, and the mean reward of all its clips. */
function rewardsOf(step: StepResult, pairs: readonly Pair[]) {
  const decided = (rewards: number[]) => rewards.filter((_, i) => pairs[i].kind === 'win-lose');
  const [chosen, rejected] = [decided(step.chosen), decided(step.rejected)];
  return {
    ...(chosen.length > 0 && {
      accuracy: pairAccuracy(chosen, rejected),
      margin: meanMargin(chosen, rejected),
    }),
    meanReward: mean([...step.chosen, ...step.rejected]),
  };
}

function notFinite(
  error: NonFiniteError,
  step: number,
  used: readonly LoadedPairs[],
  saved: number | undefined,
  folder: string,
): Error {
  const ids = used.flatMap(({ pairs }) =>
    pairs.map(({ chosen, rejected }) => `${chosen.id} > ${rejected.id}`),
  );
  return new Error(
    `fit: step ${step}: the loss is ${error.loss} and the norm of its gradient ${error.gradNorm}; ` +
      `the last good checkpoint is ${saved === undefined ? 'none' : checkpointFolder(folder, saved)}; ` +
      `try a lower learning rate or look at the pairs: ${ids.join(', ')}`,
    { cause: error },
  );
}

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
function checkFeatures(trainable: Trainable, features: Features | undefined): void {
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
