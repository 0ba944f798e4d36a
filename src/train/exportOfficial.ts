import { mkdir, readdir, rename, rm, stat, writeFile } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { basename, dirname, join, resolve } from 'node:path';
import type { ColumnTable } from 'arquero';
import { cellSignal } from '../base/host.js';
import type { Clip } from '../data/clip.js';
import { probe } from '../data/video/probe.js';
import { save } from '../model/load.js';
import type { RewardModel } from '../model/rewardModel.js';
import { crossPrompt } from '../pairing/crossPrompt.js';
import { writeOfficial } from '../pairing/official.js';
import type { Pair, PairStream } from '../pairing/pair.js';
import type { FitOptions } from './fitOptions.js';
import { launchScripts } from './launchScripts.js';
import {
  accumulation,
  checkOptions,
  deepSpeedConfig,
  officialArguments,
  pairsOfUpdate,
} from './officialArguments.js';

/** A run as `fit` would train it: its model, its pairs, and the options of `fit`, whose defaults here are the official script's. */
export interface OfficialRun extends Partial<FitOptions> {
  /** The model that is trained. */
  model: RewardModel;
  /** The pairs that it is trained on. */
  pairs: PairStream;
}

/** How the official trainer is started. */
export interface OfficialOptions {
  /** GPUs of a node. Default 8. */
  gpus?: number;
  /** Machines that train together. Default 1. */
  nodes?: number;
  /** Pairs that a GPU takes at once. Default 1, the official script's. */
  pairsAtOnce?: number;
  /**
   * Stage of DeepSpeed's ZeRO, see `deepSpeedConfig`. Default: 0 below two billion parameters, which take 18 bytes each, up to
   * twenty billion 2, else 3.
   */
  zero?: 0 | 1 | 2 | 3;
  /** Stops looking at clips. Default: the interrupt of the notebook's cell. */
  signal?: AbortSignal;
  /** Called for each clip that has been looked at. */
  onProgress?: (progress: { done: number; total: number }) => void;
}

/** What was written. */
export interface OfficialExport {
  /** The folder that was written. */
  folder: string;
  /** Pairs of an epoch, and those that are held out. */
  pairs: number;
  /** Pairs that are held out. */
  heldOut: number;
  /** Clips that the pairs are of. */
  clips: number;
  /** The scripts that start it, by name. */
  scripts: string[];
  /** Where the trained checkpoints will be: `model.load` takes each of them. */
  output: string;
}

/** What the official code takes for a token or a picture, wherever it stands in a text. */
const tokens = /<\|\w+\|>|<\/?(?:img|image|video|IMG_CONTEXT)>/;

/**
 * Writes a run for the official PyTorch and DeepSpeed trainer, which spreads it over many GPUs: `train.json` (one epoch of
 * the pairs) and `evaluate.json`, the model in bfloat16, `deepspeed.json`, and scripts: `train.sh` for a node, `nodes.sh` for
 * several over ssh, `slurm.sh` and `ray.sh`. Checkpoints come into `output/`, and `model.load` takes them back with their prompts.
 * Everything is checked first: each clip is probed, since one that cannot be read ends the whole official training, and
 * options that it has no counterpart of are refused. The folder appears whole or not at all. With `schedule: 'constant'` its
 * linear warm-up is DeepSpeed's, which begins two updates later than that of `fit`.
 * Source: official implementation, training script.
 * @param folder new, on a disk that all nodes see; the clips too are named by their absolute paths.
 * @throws naming the option, the pair or the clips that are wrong.
 */
export async function exportOfficial(
  run: OfficialRun,
  folder: string,
  { gpus = 8, nodes = 1, pairsAtOnce = 1, zero, signal = cellSignal(), onProgress }: OfficialOptions = {},
): Promise<OfficialExport> {
  const { model, pairs, ...options } = run;
  checkOptions(options);
  const spread = { nodes, perNode: gpus, pairsAtOnce };
  accumulation(pairsOfUpdate(options), spread);
  const list = officialArguments(model.config, options, spread);
  const stage = zero ?? stageOf(model);
  if (![0, 1, 2, 3].includes(stage))
    throw new RangeError(`exportOfficial: expected zero to be 0, 1, 2 or 3, received ${zero}`);
  await checkNew(folder);

  const training = epochOf(pairs);
  const first = training().next().value as Pair | undefined;
  const heldOut = heldOutPairs(options.evaluate, first?.dimension ?? '');
  const clips = new Map<string, Clip>();
  const counts = checkPairs('pairs', training(), clips, model, usesLabels(options));
  if (counts['win-lose'] === 0)
    throw new RangeError(
      'exportOfficial: all pairs are ties, which do not say what is better; add win-lose pairs',
    );
  if (pairs.length < nodes * gpus * pairsAtOnce)
    throw new RangeError(
      `exportOfficial: ${pairs.length} pairs are fewer than ${nodes * gpus} GPUs take at once; give fewer GPUs`,
    );
  const trained = new Set(clips.keys());
  checkPairs('evaluate', heldOut, clips, model, false);
  const both = heldOut
    .flatMap(({ chosen, rejected }) => [chosen.id, rejected.id])
    .filter((id) => trained.has(id));
  if (both.length > 0)
    throw new Error(
      `exportOfficial: clip "${both[0]}" of evaluate is trained on; split first: sr.data.splitByPrompt`,
    );
  await checkFiles([...clips.values()], signal, onProgress);

  const place = resolve(folder);
  const draft = join(dirname(place), `.${basename(place)}.unfinished`);
  const output = join(place, 'output');
  await rm(draft, { recursive: true, force: true });
  await mkdir(join(draft, 'output'), { recursive: true });
  try {
    const prompts = model.prompts;
    await writeOfficial(join(draft, 'train.json'), withPlaces(training()), { prompts });
    if (heldOut.length > 0)
      await writeOfficial(join(draft, 'evaluate.json'), withPlaces(heldOut), { prompts });
    await save(model, join(draft, 'model'), { dtype: 'bfloat16' });
    await writeFile(join(draft, 'deepspeed.json'), json(deepSpeedConfig(stage, options.schedule)));
    // The official trainer writes no card; beside its checkpoints `load` finds this one.
    await writeFile(
      join(draft, 'output', 'solireward.json'),
      json({ ...model.card, dimension: first?.dimension, training: { trainer: 'official' } }),
    );
    const scripts = launchScripts({
      ...spread,
      folder: place,
      arguments: [
        ['model_name_or_path', join(place, 'model')],
        ['train_data_path', join(place, 'train.json')],
        ...(heldOut.length > 0 ? [['eval_data_path', join(place, 'evaluate.json')] as const] : []),
        ['output_dir', output],
        ['deepspeed', join(place, 'deepspeed.json')],
        ...list,
      ].map((argument) => [...argument] as [string, ...string[]]),
    });
    for (const [name, text] of Object.entries(scripts))
      await writeFile(join(draft, name), text, { mode: 0o755 });
    await rm(place, { recursive: true, force: true }); // empty, or not there
    await rename(draft, place);
    return {
      folder: place,
      pairs: pairs.length,
      heldOut: heldOut.length,
      clips: clips.size,
      scripts: Object.keys(scripts).map((name) => join(place, name)),
      output,
    };
  } catch (error) {
    await rm(draft, { recursive: true, force: true });
    throw error;
  }
}

const json = (value: object): string => `${JSON.stringify(value, null, 2)}\n`;

function stageOf(model: RewardModel): 0 | 2 | 3 {
  const parameters = [...model.weights.values()].reduce((sum, { size }) => sum + size, 0);
  return parameters < 2e9 ? 0 : parameters < 2e10 ? 2 : 3;
}

async function checkNew(folder: string): Promise<void> {
  const names = await readdir(folder).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return [];
    throw new Error(`exportOfficial: cannot write ${folder}: ${error.message}`);
  });
  if (names.length > 0)
    throw new Error(`exportOfficial: ${folder} holds "${names[0]}" already; give a new folder`);
}

/** The pairs of a stream's first epoch, some at a time; the stream stays where it is. */
function epochOf(stream: PairStream): () => Generator<Pair> {
  return function* () {
    const { cursor } = stream;
    for (let start = 0; start < stream.length; start += 1000) {
      stream.cursor = start;
      const some = stream.next(Math.min(1000, stream.length - start));
      stream.cursor = cursor;
      yield* some;
    }
  };
}

/** Held-out pairs; of labels an epoch of pairs across prompts, without ties. */
function heldOutPairs(evaluate: ColumnTable | readonly Pair[] | undefined, dimension: string): Pair[] {
  if (evaluate === undefined) return [];
  if (Array.isArray(evaluate)) return [...evaluate];
  return [...epochOf(crossPrompt(evaluate as ColumnTable, { dimension, winTie: 0, seed: 1 }))()];
}

/** Whether the loss asks for a label of each clip. */
const usesLabels = ({ loss }: Partial<FitOptions>): boolean =>
  loss?.settings?.name === 'bce' || ((loss?.settings?.bce as number | undefined) ?? 0) > 0;

/**
 * Collects the clips of pairs, and counts the kinds.
 * @throws naming the pair whose kind, dimension, clip or text is wrong.
 */
function checkPairs(
  name: string,
  pairs: Iterable<Pair>,
  clips: Map<string, Clip>,
  { prompts }: RewardModel,
  labelled: boolean,
): Record<Pair['kind'], number> {
  const counts = { 'win-lose': 0, 'win-tie': 0, 'lose-tie': 0 };
  const passes = new Map<string, boolean>();
  const inTemplate = tokens.exec(`${prompts.system ?? ''} ${prompts.user}`);
  if (inTemplate)
    throw new Error(
      `exportOfficial: the model's prompts hold ${inTemplate[0]}, which the official code takes for a token`,
    );
  let index = 0;
  let dimension: string | undefined;
  for (const pair of pairs) {
    const where = `exportOfficial: ${name}, pair ${index++}`;
    if (!Object.hasOwn(counts, pair.kind))
      throw new Error(
        `${where}: expected a win-lose, win-tie or lose-tie, received ${JSON.stringify(pair.kind)}`,
      );
    counts[pair.kind]++;
    dimension ??= pair.dimension;
    if (pair.dimension !== dimension)
      throw new Error(
        `${where} is about "${pair.dimension}", and the first about "${dimension}"; train one dimension`,
      );
    for (const [side, clip] of [
      ['chosen', pair.chosen],
      ['rejected', pair.rejected],
    ] as const) {
      const known = clips.get(clip.id);
      if (known && resolve(known.path) !== resolve(clip.path))
        throw new Error(`${where}: clip "${clip.id}" has two files, ${known.path} and ${clip.path}`);
      clips.set(clip.id, clip);
      const token = prompts.user.includes('{prompt}') ? tokens.exec(clip.prompt ?? '') : null;
      if (token)
        throw new Error(
          `${where}: the prompt of clip "${clip.id}" holds ${token[0]}, which the official code takes for a token`,
        );
      const pass = pair.kind === 'win-tie' || (pair.kind === 'win-lose' && side === 'chosen');
      if (labelled && (passes.get(clip.id) ?? pass) !== pass)
        throw new Error(
          `${where}: clip "${clip.id}" passes in one pair and fails in another, and BCE needs one label`,
        );
      passes.set(clip.id, pass);
    }
    if (pair.chosen.id === pair.rejected.id)
      throw new Error(`${where} compares clip "${pair.chosen.id}" with itself`);
  }
  return counts;
}

/** @throws naming the clips that cannot be read. */
async function checkFiles(
  clips: readonly Clip[],
  signal: AbortSignal | undefined,
  onProgress: OfficialOptions['onProgress'],
): Promise<void> {
  const failures: string[] = [];
  let next = 0;
  let done = 0;
  const look = async () => {
    while (next < clips.length) {
      signal?.throwIfAborted();
      const { id, path } = clips[next++];
      const found = await stat(path).catch(() => undefined);
      if (!found?.isFile()) failures.push(`"${id}": there is no file ${path}`);
      else await probe(path, { signal }).catch((error: Error) => failures.push(`"${id}": ${error.message}`));
      onProgress?.({ done: ++done, total: clips.length });
    }
  };
  await Promise.all(Array.from({ length: availableParallelism() }, look));
  signal?.throwIfAborted();
  if (failures.length === 0) return;
  throw new Error(
    `exportOfficial: ${failures.length} of ${clips.length} clips cannot be read, and one would end the whole training; ` +
      `take their pairs out: ${failures.sort().slice(0, 5).join('; ')}${failures.length > 5 ? ' ...' : ''}`,
  );
}

/** Pairs whose clips are named by absolute paths, since the trainer runs elsewhere. */
function* withPlaces(pairs: Iterable<Pair>): Generator<Pair> {
  const placed = (clip: Clip): Clip => ({ ...clip, path: resolve(clip.path) });
  for (const pair of pairs) yield { ...pair, chosen: placed(pair.chosen), rejected: placed(pair.rejected) };
}
