import { setMaxListeners } from 'node:events';
import { mean } from '../analysis/distribution.js';
import { meanMargin, pairAccuracy } from '../analysis/pairs.js';
import { cellSignal, host } from '../base/host.js';
import { PaceMeter } from '../base/pace.js';
import { Random } from '../base/random.js';
import { precision } from '../engine/precision.js';
import { winTie } from '../loss/winTie.js';
import type { RewardModel } from '../model/rewardModel.js';
import { type Stage, stageOf } from '../model/stages/stage.js';
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
import { checkFeatures, type FitOptions, settingsOf, stepsOf } from './fitOptions.js';
import { evaluateOn, type HeldOut, heldOutOf } from './heldOut.js';
import { appendLog, cutLog, type StepRecord } from './log.js';
import { microBatches } from './microBatches.js';
import { hasMoved } from './movement.js';
import { type LoadedPairs, PairFeed } from './pairFeed.js';
import { Run, type RunStatus, statusOf } from './run.js';
import { RunChart } from './runChart.js';
import { claimFolder, hashOf, lockFolder, type RunConfig } from './runConfig.js';
import { checkData, clipData, epochData, weightsHash } from './runData.js';
import { learningRateAt } from './schedule.js';
import { NonFiniteError, type StepResult, TrainStep } from './trainStep.js';

/** What a training was given, and what follows from it. */
interface Plan {
  model: RewardModel;
  pairs: PairStream;
  options: FitOptions;
  settings: Awaited<ReturnType<typeof settingsOf>>;
  signal: AbortSignal | undefined;
  stage: Stage;
  optimizer: AdamW;
  trainStep: TrainStep;
  heldOut: HeldOut | undefined;
  /** Pairs of an epoch, and the share of win-lose pairs among them. */
  epoch: { length: number; decidedShare: number };
  steps: number;
  warmup: number;
  head: string | undefined;
}

/** A training of one head or model under way, step by step; `fit` says what it does. */
export class Training {
  private readonly end = new AbortController();
  private readonly chart: RunChart | undefined;
  private readonly feed: PairFeed;
  /** Steps whose losses are looked at: early, where there are enough of them to tell, and at the end. */
  private readonly watched: ReadonlySet<number>;
  private unlock: (() => Promise<void>) | undefined;
  private state: RunState = { step: 0, cursor: 0, stale: 0 };
  /** Step of the newest checkpoint. */
  private saved: number | undefined;
  private history: StepRecord[] = [];

  private constructor(private readonly plan: Plan) {
    const { pairs, options, settings, signal, stage, epoch, steps, warmup } = plan;
    this.chart = (options.chart ?? host() !== undefined) ? new RunChart(options.folder, steps) : undefined;
    const reading = signal ? AbortSignal.any([signal, this.end.signal]) : this.end.signal;
    setMaxListeners(0, reading); // each reading listens
    this.feed = new PairFeed(pairs, stage, settings.batchSize, reading, epoch.decidedShare);
    this.watched = new Set([warmup + 50, steps]);
  }

  /**
   * Begins a run, or resumes the one that the folder holds.
   * @param head its name and stage, where it is one of several over a backbone
   * @throws as `fit`; the folder then is as it was.
   */
  static async begin(
    model: RewardModel,
    pairs: PairStream,
    options: FitOptions,
    head?: { name: string; stage: Stage },
  ): Promise<Training> {
    const { folder, signal = cellSignal(), evaluate, patience, loss = winTie() } = options;
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
    const stage = head?.stage ?? stageOf(model, trainable, options.features);
    stage.keepOnCard(); // each clip is looked at again and again
    const training = new Training({
      ...{ model, pairs, options, settings, signal, stage, optimizer, heldOut, steps, warmup },
      trainStep: new TrainStep(stage, { loss, optimizer, checkpointing: settings.checkpointing }),
      epoch: {
        length: about.length,
        decidedShare: kinds['win-lose'] / (kinds['win-lose'] + kinds['win-tie'] + kinds['lose-tie']),
      },
      head: head?.name,
    });
    try {
      await training.open(config, data);
      return training;
    } catch (error) {
      await training.close();
      throw error;
    }
  }

  /** Takes the folder, and what its newest checkpoint holds. */
  private async open(
    config: RunConfig,
    data: { changed: readonly string[]; keep(): Promise<void> },
  ): Promise<void> {
    const { model, pairs, optimizer, options } = this.plan;
    const { folder } = options;
    this.unlock = await lockFolder(folder);
    await claimFolder(folder, config, data.changed);
    await data.keep();
    this.saved = await newestCheckpoint(folder);
    if (this.saved !== undefined) {
      this.state = await restoreCheckpoint(checkpointFolder(folder, this.saved), { model, optimizer });
    }
    this.history = await cutLog(folder, this.state.step);
    pairs.cursor = this.state.cursor;
  }

  /** The name of the head that is trained, where it is one of several. */
  get head(): string | undefined {
    return this.plan.head;
  }

  /** Whether there is a step to make. */
  get goesOn(): boolean {
    return this.status === 'stopped' && !this.plan.signal?.aborted;
  }

  private get status(): RunStatus {
    const { steps, options } = this.plan;
    return statusOf(this.state, { steps, patience: options.patience });
  }

  /** Makes a step; with what the run does after it: evaluation, log, checkpoint, curves. */
  async step(): Promise<void> {
    const { stage, trainStep, options, settings, signal, heldOut, epoch, steps, warmup, head } = this.plan;
    const { batchSize, accumulate, learningRate, schedule, clipNorm } = settings;
    const { folder, onProgress } = options;
    const { feed } = this;
    const meter = new PaceMeter();
    const waited = feed.waited;
    const start = performance.now();
    const step = this.state.step + 1;
    const rate = learningRateAt(step, { schedule, learningRate, warmup, steps });

    const used: LoadedPairs[] = [];
    let result: StepResult;
    try {
      // A stream of its own for each batch: a run that continues from a step drops what it would have dropped.
      const randomOf = (batch: number) => new Random(settings.seed, step, batch);
      const batches = microBatches(feed, stage, accumulate, used, randomOf);
      result = await trainStep.run(batches, { learningRate: rate, clipNorm, signal });
    } catch (error) {
      if (signal?.aborted && error === signal.reason) return; // while clips were read: no step was made
      throw error instanceof NonFiniteError ? this.notFinite(error, step, used) : error;
    }
    this.state = { ...this.state, step, cursor: used[used.length - 1].cursor };
    const seen = used.flatMap(({ pairs }) => pairs);
    meter.add(2 * seen.length, feed.waited - waited);
    const record: StepRecord = {
      step,
      epoch: this.state.cursor / epoch.length,
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
      const better = accuracy > (this.state.best?.accuracy ?? Number.NEGATIVE_INFINITY);
      this.state = better
        ? { ...this.state, best: { step, accuracy }, stale: 0 }
        : { ...this.state, stale: this.state.stale + 1 };
    }
    if (result.gradNorm === 0) warnOfZero(step, seen);
    this.history.push(record);
    await appendLog(folder, record);
    if (this.watched.has(step) && !hasMoved(this.history.slice(warmup).map(({ loss }) => loss)))
      warnOfRest(this.history.slice(warmup), learningRate);
    if (step % settings.saveEvery === 0 || this.state.best?.step === step) await this.save();
    this.chart?.show(this.history);
    onProgress?.({ ...record, steps, ...(head !== undefined && { head }) });
  }

  private async save(): Promise<void> {
    const { model, optimizer, options, settings } = this.plan;
    await saveCheckpoint(options.folder, this.state, { model, optimizer });
    await pruneCheckpoints(options.folder, settings.keep, this.state.best?.step);
    this.saved = this.state.step;
  }

  /** Saves what is not saved yet. @returns the run as it is. */
  async finish(): Promise<Run> {
    const { state, plan, history } = this;
    const { folder } = plan.options;
    if (state.step > (this.saved ?? 0)) await this.save();
    const best = state.best && { ...state.best, folder: checkpointFolder(folder, state.best.step) };
    const last = this.saved === undefined ? undefined : checkpointFolder(folder, this.saved);
    const failures = [...plan.stage.failures.values()];
    const run = new Run(folder, this.status, plan.steps, history, last, best, failures);
    this.chart?.finish(run);
    return run;
  }

  /** Ends what goes on beside the steps, and leaves the folder. */
  async close(): Promise<void> {
    this.chart?.flush();
    this.end.abort(new Error('fit: the training has ended')); // clips are read ahead
    this.plan.optimizer.dispose();
    this.plan.stage.dispose();
    await this.unlock?.();
  }

  private notFinite(error: NonFiniteError, step: number, used: readonly LoadedPairs[]): Error {
    const { options, head } = this.plan;
    const ids = used.flatMap(({ pairs }) =>
      pairs.map(({ chosen, rejected }) => `${chosen.id} > ${rejected.id}`),
    );
    return new Error(
      `fit: ${head === undefined ? '' : `${head}, `}step ${step}: the loss is ${error.loss} and the norm of its gradient ${error.gradNorm}; ` +
        `the last good checkpoint is ${this.saved === undefined ? 'none' : checkpointFolder(options.folder, this.saved)}; ` +
        `try a lower learning rate or look at the pairs: ${ids.join(', ')}`,
      { cause: error },
    );
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
