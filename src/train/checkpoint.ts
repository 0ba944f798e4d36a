import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { copyFile, mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { precision } from '../engine/precision.js';
import { tf } from '../engine/tf.js';
import { save } from '../model/load.js';
import type { RewardModel } from '../model/rewardModel.js';
import { readTensors, writeTensors } from '../model/weights/safetensors.js';
import type { AdamW } from './adamw.js';

/** What a run has to know to continue, besides weights and moments. Nothing else in it is random or remembered. */
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

const files = {
  weights: 'model.safetensors',
  optimizer: 'optimizer.safetensors',
  state: 'state.json',
  /** A copy of the run's `config.json`. */
  run: 'run.json',
  checksums: 'checksums.json',
};
const pattern = /^step-(\d+)$/;

/**
 * Saves a checkpoint as `<run>/checkpoints/step-N`: a model folder that `model.load` reads, with `optimizer.safetensors`,
 * `state.json`, the run's settings as `run.json` and the SHA-256 of all of them in `checksums.json`. It is written beside
 * and renamed, so that a folder of that name is always complete.
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
  await save(model, unfinished, {
    card: { training: { steps: state.step, best: state.best, precision: precision() } },
  });
  await writeTensors(join(unfinished, files.optimizer), await optimizer.state());
  await writeFile(
    join(unfinished, files.state),
    `${JSON.stringify({ ...state, updates: optimizer.updates }, null, 2)}\n`,
  );
  await copyFile(join(run, 'config.json'), join(unfinished, files.run)).catch(ignoreMissing);
  const sums: Record<string, string> = {};
  for (const name of await readdir(unfinished)) sums[name] = await hashOfFile(join(unfinished, name));
  await writeFile(join(unfinished, files.checksums), `${JSON.stringify(sums, null, 2)}\n`);
  await rm(folder, { recursive: true, force: true });
  await rename(unfinished, folder);
  return folder;
}

async function hashOfFile(file: string): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(file), hash);
  return hash.digest('hex');
}

function ignoreMissing(error: NodeJS.ErrnoException): void {
  if (error.code !== 'ENOENT') throw error;
}

/** Which file of a checkpoint is not as it was written, and how; one of before there were checksums is only looked at. */
async function damageOf(folder: string): Promise<string | undefined> {
  try {
    await readJson(join(folder, files.state));
    const sums = (await readJson(join(folder, files.checksums)).catch(ignoreMissing)) ?? {};
    for (const [name, sum] of Object.entries(sums)) {
      const file = join(folder, name);
      if ((await hashOfFile(file)) !== sum) return `${file} has other bytes than were written`;
    }
  } catch (error) {
    return (error as Error).message; // each names its file
  }
  return undefined;
}

async function readJson(file: string): Promise<object> {
  const text = await readFile(file, 'utf8');
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new Error(`${file} is not valid JSON (${(error as Error).message})`);
  }
}

/**
 * The newest checkpoint of a run that is as it was written. Damaged ones are set aside as `damaged-step-N`, with a warning
 * that names the file; what killed savers have left is deleted.
 */
export async function newestCheckpoint(run: string): Promise<number | undefined> {
  const checkpoints = join(run, 'checkpoints');
  const names = (await readdir(checkpoints).catch(ignoreMissing)) ?? [];
  for (const name of names.filter((name) => name.startsWith('unfinished-'))) {
    await rm(join(checkpoints, name), { recursive: true, force: true });
  }
  const steps = await checkpointSteps(run);
  for (let i = steps.length - 1; i >= 0; i--) {
    const damage = await damageOf(checkpointFolder(run, steps[i]));
    if (damage === undefined) return steps[i];
    const aside = join(checkpoints, `damaged-step-${steps[i]}`);
    await rm(aside, { recursive: true, force: true });
    await rename(checkpointFolder(run, steps[i]), aside);
    const from =
      i > 0 ? `the checkpoint before it, step ${steps[i - 1]}` : 'the beginning, as no other is kept';
    console.warn(
      `fit: a checkpoint is damaged: ${damage}; it is now ${aside}, and the run continues from ${from}`,
    );
  }
  return undefined;
}

/** The settings of a run as its newest checkpoint that is not damaged has them. */
export async function keptConfig(run: string): Promise<string | undefined> {
  for (const step of (await checkpointSteps(run)).reverse()) {
    const folder = checkpointFolder(run, step);
    if (await damageOf(folder)) continue;
    const text = await readFile(join(folder, files.run), 'utf8').catch(ignoreMissing);
    if (text !== undefined) return text;
  }
  return undefined;
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
  return (await readJson(join(checkpointFolder(run, step), files.state))) as RunState;
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
