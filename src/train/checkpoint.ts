import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { precision } from '../engine/precision.js';
import { tf } from '../engine/tf.js';
import type { RewardModel } from '../model/rewardModel.js';
import { readTensors, writeTensors } from '../model/weights/safetensors.js';
import type { AdamW } from './adamw.js';

/** What a run has to know to go on, besides weights and moments. Nothing else in it is random or remembered. */
export interface RunState {
  /** Steps done. */
  step: number;
  /** Place in the stream of pairs after them. */
  cursor: number;
  /** The best evaluation so far. */
  best?: { step: number; accuracy: number };
  /** Evaluations since the best one. */
  stale: number;
}

const files = { weights: 'model.safetensors', optimizer: 'optimizer.safetensors', state: 'state.json' };
const pattern = /^step-(\d+)$/;

/**
 * Saves a checkpoint as `<run>/checkpoints/step-N`: a model folder that `model.load` reads, with `optimizer.safetensors`
 * and `state.json`. It is written beside and renamed, so that a folder of that name is always complete.
 * @returns its path.
 */
export async function saveCheckpoint(
  run: string,
  state: RunState,
  { model, optimizer }: { model: RewardModel; optimizer: AdamW },
): Promise<string> {
  const folder = checkpointFolder(run, state.step);
  const unfinished = join(dirname(folder), `unfinished-${basename(folder)}`);
  await rm(unfinished, { recursive: true, force: true });
  await mkdir(unfinished, { recursive: true });
  await model.save(unfinished, {
    card: { training: { steps: state.step, best: state.best, precision: precision() } },
  });
  await writeTensors(join(unfinished, files.optimizer), await optimizer.state());
  await writeFile(
    join(unfinished, files.state),
    `${JSON.stringify({ ...state, updates: optimizer.updates }, null, 2)}\n`,
  );
  await rm(folder, { recursive: true, force: true });
  await rename(unfinished, folder);
  return folder;
}

/**
 * Gives a model and an optimizer what a checkpoint holds.
 * @throws when the checkpoint is of a model with other parameters.
 */
export async function restoreCheckpoint(
  folder: string,
  { model, optimizer }: { model: RewardModel; optimizer: AdamW },
): Promise<RunState> {
  const { updates, ...state } = JSON.parse(await readFile(join(folder, files.state), 'utf8'));
  const weights = await readTensors(join(folder, files.weights));
  for (const [name, variable] of model.weights) {
    const stored = weights.get(name);
    if (!stored || String(stored.shape) !== String(variable.shape)) {
      throw new Error(
        `fit: the checkpoint ${folder} has "${name}" as ${stored ? `[${stored.shape}]` : 'nothing'}, ` +
          `and the model as [${variable.shape}]; train in another folder`,
      );
    }
    tf.tidy(() => variable.assign(tf.tensor(stored.data, stored.shape)));
  }
  optimizer.restore(await readTensors(join(folder, files.optimizer)), updates);
  return state;
}

/** Steps of the complete checkpoints of a run, rising. */
export async function checkpointSteps(run: string): Promise<number[]> {
  const names = await readdir(join(run, 'checkpoints')).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return [];
    throw error;
  });
  const steps = names.flatMap((name) => pattern.exec(name)?.[1] ?? []).map(Number);
  return steps.sort((a, b) => a - b);
}

/** The state of a checkpoint. */
export async function readState(run: string, step: number): Promise<RunState> {
  return JSON.parse(await readFile(join(checkpointFolder(run, step), files.state), 'utf8'));
}

/** Deletes all checkpoints but the newest ones and the best. */
export async function pruneCheckpoints(run: string, keep: number, best: number | undefined): Promise<void> {
  const steps = await checkpointSteps(run);
  for (const step of steps.slice(0, Math.max(0, steps.length - keep))) {
    if (step !== best) await rm(checkpointFolder(run, step), { recursive: true, force: true });
  }
}

/** Where the checkpoint of a step is. */
export function checkpointFolder(run: string, step: number): string {
  return join(run, 'checkpoints', `step-${step}`);
}
