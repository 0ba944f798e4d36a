import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { cellSignal, jupyterDisplay, type MimeBundle, mime } from '../base/host.js';
import { type Pace, paceText } from '../base/pace.js';
import type { ReadFailure } from '../data/video/readClips.js';
import { trainingCurves } from '../plot/trainingCurves.js';
import { checkpointFolder, checkpointSteps, readState } from './checkpoint.js';
import { readLog, type StepRecord } from './log.js';

/** Why a run ended. `stopped`: by its signal, or killed; `fit` with the same settings resumes it. */
export type RunStatus = 'finished' | 'converged' | 'stopped';

/** A training run: the folder with `config.json`, `log.jsonl` and `checkpoints/`, and what is in it. */
export class Run {
  /** The cell in whose output its curves are. */
  #shownIn: AbortSignal | undefined;

  constructor(
    /** Folder of the run. */
    readonly folder: string,
    /** How the run ended. */
    readonly status: RunStatus,
    /** Steps of the whole training. */
    readonly steps: number,
    /** One record a step. */
    readonly history: readonly StepRecord[],
    /** Folder of the newest checkpoint. */
    readonly last: string | undefined,
    /** The best evaluation, and the folder of its checkpoint; none without evaluation. */
    readonly best: { step: number; accuracy: number; folder: string } | undefined,
    /** The clips that could not be read; their pairs were left out. */
    readonly failures: readonly ReadFailure[] = [],
  ) {}

  /** One line: `runs/first: 200 of 200 steps, loss 0.31, held-out accuracy 0.91 at step 180, 98 clips a second, 2% of the time waiting for them`. */
  toString(): string {
    const { folder, status, steps, history, best, failures } = this;
    const done = history.at(-1);
    const facts = [`${done?.step ?? 0} of ${steps} steps`];
    if (status !== 'finished') facts.push(status);
    if (done) facts.push(`loss ${done.loss.toPrecision(3)}`);
    if (best) facts.push(`held-out accuracy ${best.accuracy.toFixed(3)} at step ${best.step}`);
    const pace = paceOf(history);
    if (pace) facts.push(paceText(pace));
    if (failures.length > 0) facts.push(`${failures.length} clips could not be read`);
    return `${folder}: ${facts.join(', ')}`;
  }

  /** Its curves are in the output of the running cell: as that cell's value the run is a line. */
  shownHere(): void {
    this.#shownIn = cellSignal();
  }

  /** The run as the value of a notebook cell: its training curves, unless the cell has drawn them. */
  [jupyterDisplay](): MimeBundle {
    const cell = cellSignal();
    if (cell !== undefined && cell === this.#shownIn) return { [mime.text]: this.toString() };
    const curves = this.history.length > 0 ? trainingCurves(this.history)[jupyterDisplay]() : {};
    return { ...curves, [mime.text]: this.toString() };
  }

  [Symbol.for('nodejs.util.inspect.custom')](): string {
    return this.toString();
  }
}

/**
 * Reads a run from its folder.
 * @throws when there is no run.
 */
export const readRun = (folder: string): Promise<Run> => runIn('readRun', folder);

/** `readRun` for another operation, which its errors name. */
export async function runIn(operation: string, folder: string): Promise<Run> {
  const { steps, patience } = await readConfig(operation, folder);
  const history = await readLog(folder);
  const checkpoints = await checkpointSteps(folder);
  const newest = checkpoints.at(-1);
  const state = newest === undefined ? undefined : await readState(folder, newest);
  const status = state ? statusOf(state, { steps, patience }) : 'stopped';
  const best = state?.best && { ...state.best, folder: checkpointFolder(folder, state.best.step) };
  return new Run(folder, status, steps, history, state && checkpointFolder(folder, state.step), best);
}

/** The pace of all steps whose own is known. */
function paceOf(history: readonly StepRecord[]): Pace | undefined {
  const sum = (values: number[]) => values.reduce((a, b) => a + b, 0);
  const timed = history.filter(({ clipsPerSecond }) => clipsPerSecond !== undefined);
  const seconds = sum(timed.map(({ secondsPerStep }) => secondsPerStep));
  if (seconds === 0) return undefined;
  const shareOf = (value: (record: StepRecord) => number) =>
    sum(timed.map((record) => value(record) * record.secondsPerStep)) / seconds;
  return {
    clipsPerSecond: shareOf(({ clipsPerSecond = 0 }) => clipsPerSecond),
    waiting: shareOf(({ waiting = 0 }) => waiting),
  };
}

/** Whether a run in that state is at its end. */
export function statusOf(
  { step, stale }: { step: number; stale: number },
  { steps, patience }: { steps: number; patience?: number },
): RunStatus {
  if (patience !== undefined && stale >= patience) return 'converged';
  return step >= steps ? 'finished' : 'stopped';
}

/** What `config.json` says of a run's length. */
interface RunLength {
  steps: number;
  patience?: number;
}

async function readConfig(operation: string, folder: string): Promise<RunLength> {
  const file = join(folder, 'config.json');
  const text = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    throw new Error(`${operation}: ${folder} is not a folder of a run (${error.message})`);
  });
  try {
    return { ...JSON.parse(text) };
  } catch (error) {
    throw new Error(
      `${operation}: ${file} is damaged (${(error as Error).message}); fit with the settings of the run writes it again`,
    );
  }
}
