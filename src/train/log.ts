import { appendFile, open, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Pace } from '../base/pace.js';
import { replaceFile } from '../base/replaceFile.js';
import type { Evaluation } from './heldOut.js';

/** One line of a run's log; the names are those of TRL, in camel case. All of before the step's update. */
export interface StepRecord extends Partial<Evaluation>, Partial<Pace> {
  /** From 1. */
  step: number;
  /** Epochs of the stream that were gone through so far, with a fraction. */
  epoch: number;
  /** Loss of the step's pairs. */
  loss: number;
  /** Means of the loss's terms. */
  terms?: Record<string, number>;
  /** Share of the step's win-lose pairs in the right order; none where all are ties. */
  accuracy?: number;
  /** Mean of chosen minus rejected over the step's win-lose pairs. */
  margin?: number;
  /** Mean reward of the step's clips. */
  meanReward: number;
  /** Of the gradient, before clipping. */
  gradNorm: number;
  /** Learning rate of the update. */
  learningRate: number;
  /** Seconds that the step took. */
  secondsPerStep: number;
}

const logFile = (folder: string) => join(folder, 'log.jsonl');

/** Adds a line to a run's `log.jsonl`. */
export async function appendLog(folder: string, record: StepRecord): Promise<void> {
  await appendFile(logFile(folder), `${JSON.stringify(record)}\n`);
}

/** The lines of a run's log, without one that a kill cut off, and without damaged ones, which a warning names. */
export async function readLog(folder: string): Promise<StepRecord[]> {
  const text = await readFile(logFile(folder), 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return '';
    throw error;
  });
  const lines = text.split('\n');
  lines.pop(); // what follows the last line end
  return lines.flatMap((line, i) => {
    const record = recordOf(line);
    if (!record) console.warn(`${logFile(folder)} line ${i + 1} is damaged; it is left out`);
    return record ?? [];
  });
}

/** A log that grows while another process trains. */
export class LogFollower {
  readonly history: StepRecord[] = [];
  #place = 0;
  #file = '';

  constructor(readonly folder: string) {}

  /** Reads what was written since the last time; of a log that was cut back, all anew. @returns whether there was more */
  async read(): Promise<boolean> {
    const file = await open(logFile(this.folder)).catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return undefined;
      throw error;
    });
    if (!file) return false;
    try {
      const { ino, size } = await file.stat();
      // A log that is cut is another file.
      if (String(ino) !== this.#file || size < this.#place) {
        this.#file = String(ino);
        this.#place = 0;
        this.history.length = 0;
      }
      const { buffer, bytesRead } = await file.read(Buffer.alloc(size - this.#place), {
        position: this.#place,
      });
      // What follows the last line end is not written to its end yet.
      const end = buffer.lastIndexOf('\n', bytesRead - 1) + 1;
      this.#place += end;
      const lines = buffer.subarray(0, end).toString().split('\n');
      this.history.push(...lines.flatMap((line) => recordOf(line) ?? []));
      return end > 0;
    } finally {
      await file.close();
    }
  }
}

function recordOf(line: string): StepRecord | undefined {
  try {
    const record = JSON.parse(line);
    return typeof record?.step === 'number' ? record : undefined;
  } catch {
    return undefined;
  }
}

/** Cuts a log back to the steps that a checkpoint has. */
export async function cutLog(folder: string, step: number): Promise<StepRecord[]> {
  const records = (await readLog(folder)).filter((record) => record.step <= step);
  const text = records.map((record) => `${JSON.stringify(record)}\n`).join('');
  await replaceFile(logFile(folder), (draft) => draft.writeFile(text));
  return records;
}
