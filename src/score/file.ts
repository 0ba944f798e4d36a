import { mkdir, stat } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { lock } from '../base/lock.js';
import { PaceMeter } from '../base/pace.js';
import type { Prompts } from '../model/input/prompt.js';
import type { RewardModel } from '../model/rewardModel.js';
import type { ScoreProgress } from './clips.js';
import { scoreInOrder } from './inOrder.js';
import { type Items, openItems } from './items.js';
import { type LinesFile, openLines } from './lines.js';
import { madeBy } from './madeBy.js';

/** What is scored, and where the scores go. */
export interface ScoreFileOptions {
  /** A JSON list of items, as `readItems` takes it. */
  input: string;
  /** A JSON Lines file; where it is there already, its items are not scored again. What made it is kept beside it, in `<output>.made-by.json`. */
  output: string;
  /** What the model is asked. Default: what it was trained with. */
  prompts?: Prompts;
  /** Clips that go through the model together. Default 4. */
  batchSize?: number;
  /** Called after each batch. */
  onProgress?: (progress: ScoreProgress) => void;
}

/** What is in the output in the end. */
export interface ScoreFileResult {
  /** Items of the input. */
  total: number;
  /** Items without a score. */
  failed: number;
  /** In the order of the items. */
  scores: number[];
}

/**
 * Scores the items of an inference file into a JSON Lines file: one line an item in the input's order, with the item's
 * fields, its `index`, and its `score` or the `error` that it has in place of one. A line is written as soon as its turn
 * comes, so that a killed call resumes where it stopped, with the same model, prompts, precision and versions; one call at a time writes an output.
 * An item whose clip cannot be read, or that does not fit into the model's positions or the memory, fails by itself. Items are read as they
 * are needed, any number of them: of those among 10,000 in a row, a clip is decoded once for each 256 prompts, while the model
 * computes the clips before it.
 * @throws when a file cannot be read or written, the output belongs to another input, was made by something else, is the
 *   input itself, or is in use by another call.
 */
export async function file(
  model: RewardModel,
  { input, output, prompts = model.prompts, batchSize = 4, onProgress }: ScoreFileOptions,
): Promise<ScoreFileResult> {
  if (!(Number.isSafeInteger(batchSize) && batchSize > 0)) {
    throw new RangeError(`score: expected batchSize to be a positive integer, received ${batchSize}`);
  }
  const items = await openItems(input);
  if (await isSameFile(input, output))
    throw new Error(`score: the output ${output} is the input; choose another output`);
  await mkdir(dirname(output), { recursive: true });
  const unlock = await lock(`${resolve(output)}.lock`, `score: ${output}`);
  try {
    const lines = await openLines(output, items, await madeBy(model, prompts));
    return await scoreMissing(model, { items, lines, prompts, batchSize, onProgress });
  } finally {
    await unlock();
  }
}

async function isSameFile(a: string, b: string): Promise<boolean> {
  if (resolve(a) === resolve(b)) return true;
  const [first, second] = await Promise.all(
    [a, b].map((path) => stat(path, { bigint: true }).catch(() => undefined)),
  );
  return first !== undefined && first.ino === second?.ino && first.dev === second.dev;
}

/** What is done for an output that is open; it is closed in the end. */
interface Work extends Pick<ScoreFileOptions, 'onProgress'> {
  items: Items;
  lines: LinesFile;
  prompts: Prompts;
  batchSize: number;
}

async function scoreMissing(
  model: RewardModel,
  { items, lines, prompts, batchSize, onProgress }: Work,
): Promise<ScoreFileResult> {
  const { outcomes } = lines;
  const meter = new PaceMeter();
  const progress = () => {
    const { done, total, failed } = outcomes;
    onProgress?.({ done, total, failed, ...meter.pace });
  };
  async function* missing() {
    for await (const item of items.read()) if (!outcomes.has(item.index)) yield item;
  }
  try {
    progress();
    for await (const ready of scoreInOrder(model, missing(), { prompts, batchSize, meter })) {
      await lines.write(ready);
      progress();
    }
  } finally {
    await lines.close();
  }
  return { total: items.total, failed: outcomes.failed, scores: outcomes.list() };
}
