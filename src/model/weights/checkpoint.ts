import type { Stats } from 'node:fs';
import { mkdir, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { parseJson } from '../../base/json.js';
import { lock } from '../../base/lock.js';
import { placeholderOf } from '../../base/placeholder.js';
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
  /** Standard deviation of the scores of the training clips. */
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

/** Files that the official code or we put into a checkpoint folder. */
const ofCheckpoint = new RegExp(
  '^(config|training_config|solireward|generation_config|trainer_state|tokenizer|tokenizer_config|vocab|added_tokens|' +
    'special_tokens_map|chat_template|(video_|image_)?(pre)?processor_config|' +
    'model\\.safetensors\\.index)\\.json$|^model[-\\w]*\\.safetensors$|^(merges\\.txt|tokenizer\\.model|' +
    'chat_template\\.jinja|training_args\\.bin)$',
);

/**
 * Reads the configuration of a checkpoint folder and finds its weights, one file or shards.
 * `training_config.json` and `solireward.json` may be in the folder or its parent, as the official trainer leaves the first.
 * @throws with the path of what is missing or broken.
 */
export async function readCheckpoint(folder: string): Promise<CheckpointFiles> {
  const found = (await stat(folder).catch(() => undefined)) ?? (await recovered(folder));
  if (!found?.isDirectory()) throw new Error(`load: there is no folder ${folder}`);
  refuseLatent(folder);
  const config = await readJson(join(folder, names.config));
  if (!config)
    throw new Error(`load: ${join(folder, names.config)} is missing; expected a checkpoint folder`);
  const trainingConfig =
    (await readJson(join(folder, names.trainingConfig))) ??
    (await readJson(join(dirname(folder), names.trainingConfig)));
  // The official trainer writes no card: `exportOfficial` has put one where its checkpoints come.
  const card = (await readCard(folder)) ?? (await readCard(dirname(folder)));
  return { config, trainingConfig, card, weights: await findWeights(folder) };
}

async function readCard(folder: string): Promise<ModelCard | undefined> {
  const file = join(folder, names.card);
  const card = (await readJson(file)) as ModelCard | undefined;
  if (card && typeof card.prompts?.user !== 'string') throw new Error(`load: ${file} has no prompts`);
  return card;
}

/** All that a checkpoint folder holds. */
export interface CheckpointContent extends Required<Omit<CheckpointFiles, 'weights'>> {
  /** The tokenizer's files by name. */
  tokenizer: ReadonlyMap<string, Uint8Array>;
  /** Writes the weights to a file of that path. */
  weights: (path: string) => Promise<void>;
}

/** Paths beside a checkpoint folder that a saver uses. */
function besideOf(folder: string) {
  const place = resolve(folder);
  const named = (what: string) => join(dirname(place), `.${basename(place)}.${what}`);
  return { place, unfinished: named('unfinished'), replaced: named('replaced'), lock: named('lock') };
}

/** Puts a checkpoint back that a killed saver had moved aside, where no other saver is at it. */
async function recovered(folder: string): Promise<Stats | undefined> {
  const { place, replaced, lock: lockFile } = besideOf(folder);
  if (!(await stat(replaced).catch(() => undefined))) return undefined;
  const unlock = await lock(lockFile, `load: ${folder}`);
  try {
    if (!(await stat(place).catch(() => undefined))) await rename(replaced, place);
    return await stat(place);
  } finally {
    await unlock();
  }
}

/**
 * Writes a checkpoint folder beside its place, then renames it: whatever happens in between, a folder of that name is
 * complete. A checkpoint that is there is replaced; one that a kill leaves aside between the two renames is put back by who reads or
 * writes the folder next. One at a time writes a folder.
 * @throws when the folder holds files that are of no checkpoint, since they would be lost, or another one writes it.
 */
export async function writeCheckpoint(folder: string, content: CheckpointContent): Promise<void> {
  const paths = besideOf(folder);
  await mkdir(dirname(paths.place), { recursive: true });
  const unlock = await lock(paths.lock, `save: ${folder}`);
  try {
    await replaceCheckpoint(folder, paths, content);
  } finally {
    await unlock();
  }
}

async function replaceCheckpoint(
  folder: string,
  { place, unfinished, replaced }: ReturnType<typeof besideOf>,
  content: CheckpointContent,
): Promise<void> {
  if (!(await stat(place).catch(() => undefined))) await rename(replaced, place).catch(() => {});
  const present = await readdir(place).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return [];
    throw new Error(`save: cannot write ${folder}: ${error.message}`);
  });
  const foreign = present.find((name) => !ofCheckpoint.test(name));
  if (foreign !== undefined) {
    throw new Error(
      `save: ${folder} holds "${foreign}", which is not part of a checkpoint; give the model a folder of its own`,
    );
  }

  await rm(unfinished, { recursive: true, force: true });
  await mkdir(unfinished, { recursive: true });
  try {
    const write = (name: string, data: string | Uint8Array) =>
      writeFile(join(unfinished, name), data, { flush: true });
    for (const [name, bytes] of content.tokenizer) await write(name, bytes);
    for (const name of ['config', 'trainingConfig', 'card'] as const) {
      await write(names[name], `${JSON.stringify(content[name], null, 2)}\n`);
    }
    await content.weights(join(unfinished, names.weights));
  } catch (error) {
    await rm(unfinished, { recursive: true, force: true });
    throw error;
  }
  if (present.length > 0) {
    await rm(replaced, { recursive: true, force: true });
    await rename(place, replaced);
  }
  await rename(unfinished, place);
  await rm(replaced, { recursive: true, force: true });
}

/**
 * Refuses a latent process reward model of the official hub (`latent_prm/…`).
 * @throws naming what it is
 */
export function refuseLatent(place: string): void {
  if (!/(^|[\\/])latent_prm([\\/]|$)/.test(place)) return;
  throw new Error(
    `load: ${place} is a latent process reward model: it judges the noisy latents of a video generator, not clips, and ` +
      'is not known here; take one of the other folders',
  );
}

async function findWeights(folder: string): Promise<string> {
  for (const name of [names.weights, names.index]) {
    const file = await stat(join(folder, name)).catch(() => undefined);
    if (file?.isFile()) return join(folder, name);
  }
  throw new Error(
    `load: ${folder} has no weights: neither ${names.weights} nor ${names.index}` +
      weightsRefusal(await readdir(folder)),
  );
}

/** What there is to say where a folder holds weights of another kind, or as a pickle. */
export function weightsRefusal(names: readonly string[]): string {
  const adapter = names.find((name) => /^adapter_(model\.safetensors|config\.json)$/.test(name));
  if (adapter) {
    return (
      `, only ${adapter}: a LoRA adapter, which is not a model; merge it into its base ` +
      'by merge_and_unload() of peft and save that'
    );
  }
  const gguf = names.find((name) => name.endsWith('.gguf'));
  if (gguf) return `, only ${gguf}: GGUF, the quantised weights of llama.cpp; take the original safetensors`;
  const pickle = names.find((name) => name !== 'training_args.bin' && /\.(bin|pt|pth|ckpt|pkl)$/.test(name));
  if (!pickle) return '';
  return (
    `, only ${pickle}: a pickle, which can run any code, is never opened; ` +
    'let its author save it by save_pretrained(folder, safe_serialization=True)'
  );
}

/** A JSON object; undefined when there is no such file. */
async function readJson(path: string): Promise<Record<string, unknown> | undefined> {
  const text = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined;
    throw new Error(`load: cannot read ${path}: ${error.message}`);
  });
  if (text === undefined) return undefined;
  const placeholder = placeholderOf(Buffer.from(text.slice(0, 512)));
  if (placeholder) throw new Error(`load: ${path} ${placeholder}`);
  try {
    return parseJson(text.replace(/^\uFEFF/, '')) as Record<string, unknown>;
  } catch (error) {
    throw new Error(`load: ${path} is not valid JSON: ${(error as Error).message}`);
  }
}
