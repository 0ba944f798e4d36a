import { mkdir, readFile, stat, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Prompts } from '../input/prompt.js';

/** What the official layout forgets; kept in `solireward.json`. */
export interface ModelCard {
  /** The prompts that the model was trained with. */
  prompts: Prompts;
  /** The official task type, where there is one. */
  task?: string;
  /** The dimension that the score is about. */
  dimension?: string;
  /** Mean and standard deviation of the scores of the training clips. */
  scoreMean?: number;
  scoreDeviation?: number;
  /** How it was trained: plain data for the reader. */
  training?: Record<string, unknown>;
}

/** The configuration of a checkpoint folder, as its files say it. */
export interface CheckpointFiles {
  config: Record<string, unknown>;
  /** undefined for a base model, which has no reward head. */
  trainingConfig?: Record<string, unknown>;
  /** undefined where the official code wrote the folder. */
  card?: ModelCard;
  /** Path of the weights, or of the index of their shards. */
  weights: string;
}

/** The file names of the official layout, and our own. */
const names = {
  config: 'config.json',
  trainingConfig: 'training_config.json',
  card: 'solireward.json',
  weights: 'model.safetensors',
  index: 'model.safetensors.index.json',
};

/**
 * Reads the configuration of a checkpoint folder and finds its weights, one file or shards.
 * `training_config.json` may be in the folder or its parent, as the official trainer leaves it.
 * @throws with the path of what is missing or broken.
 */
export async function readCheckpoint(folder: string): Promise<CheckpointFiles> {
  const found = await stat(folder).catch(() => undefined);
  if (!found?.isDirectory()) throw new Error(`load: there is no folder ${folder}`);
  const config = await readJson(join(folder, names.config));
  if (!config)
    throw new Error(`load: ${join(folder, names.config)} is missing; expected a checkpoint folder`);
  const trainingConfig =
    (await readJson(join(folder, names.trainingConfig))) ??
    (await readJson(join(dirname(folder), names.trainingConfig)));
  const card = (await readJson(join(folder, names.card))) as ModelCard | undefined;
  if (card && typeof card.prompts?.user !== 'string') {
    throw new Error(`load: ${join(folder, names.card)} has no prompts`);
  }
  return { config, trainingConfig, card, weights: await findWeights(folder) };
}

/**
 * Writes all of a checkpoint folder but its weights, which `weightsFile` names.
 * @param tokenizer the tokenizer's files by name.
 */
export async function writeCheckpoint(
  folder: string,
  files: Required<Omit<CheckpointFiles, 'weights'>>,
  tokenizer: ReadonlyMap<string, Uint8Array>,
): Promise<void> {
  await mkdir(folder, { recursive: true });
  for (const [name, bytes] of tokenizer) await writeFile(join(folder, name), bytes);
  for (const name of ['config', 'trainingConfig', 'card'] as const) {
    await writeFile(join(folder, names[name]), `${JSON.stringify(files[name], null, 2)}\n`);
  }
}

/** Path of the weights of a folder that we write. */
export function weightsFile(folder: string): string {
  return join(folder, names.weights);
}

async function findWeights(folder: string): Promise<string> {
  for (const name of [names.weights, names.index]) {
    const file = await stat(join(folder, name)).catch(() => undefined);
    if (file?.isFile()) return join(folder, name);
  }
  throw new Error(`load: ${folder} has no weights: neither ${names.weights} nor ${names.index}`);
}

/** A JSON object; undefined when there is no such file. */
async function readJson(path: string): Promise<Record<string, unknown> | undefined> {
  const text = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined;
    throw new Error(`load: cannot read ${path}: ${error.message}`);
  });
  if (text === undefined) return undefined;
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new Error(`load: ${path} is not JSON: ${(error as Error).message}`);
  }
}
