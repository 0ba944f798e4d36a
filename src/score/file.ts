import { mkdir, stat } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { lock } from '../base/lock.js';
import { PaceMeter } from '../base/pace.js';
import type { Clip } from '../data/clip.js';
import { ahead } from '../model/input/ahead.js';
import type { Prompts } from '../model/input/prompt.js';
import type { RewardModel } from '../model/rewardModel.js';
import type { ScoreProgress } from './clips.js';
import { type Item, readItems } from './items.js';
import { type LinesFile, type Outcome, openLines } from './lines.js';
import { madeBy } from './madeBy.js';

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
  failed: number;
  /** In the order of the output's items. */
  scores: number[];
}

/**
 * Scores the items of an inference file into a JSON Lines file: one line an item in the input's order, with the item's
 * fields, its `index`, and its `score` or the `error` that it has in place of one. A line is written as soon as its turn
 * comes, so that a killed call goes on where it was, with the same model, prompts, precision and versions; one call at a time writes an output. Each clip is decoded once, whatever the number of its items, while
 * the model computes the clips before it.
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
  const items = await readItems(input);
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
  items: readonly Item[];
  lines: LinesFile;
  prompts: Prompts;
  batchSize: number;
}

async function scoreMissing(
  model: RewardModel,
  { items, lines, prompts, batchSize, onProgress }: Work,
): Promise<ScoreFileResult> {
  const outcomes = lines.done;
  try {
    const missing = items.filter(({ index }) => !outcomes.has(index));
    const found = new Map<string, Outcome>();
    const meter = new PaceMeter();
    let next = 0;
    /** Writes the lines whose turn has come. */
    const write = async () => {
      for (; next < missing.length; next++) {
        const item = missing[next];
        const outcome = item.fault === undefined ? found.get(requestOf(item)) : { error: item.fault };
        if (!outcome) break;
        await lines.write(item, outcome);
        outcomes.set(item.index, outcome);
      }
      const done = [...outcomes.values()];
      const failed = done.filter(isError).length;
      onProgress?.({ done: done.length, total: items.length, failed, ...meter.pace });
    };

    await write();
    for await (const scored of scoreRequests(model, prompts, unitsOf(missing, batchSize), batchSize, meter)) {
      for (const [request, outcome] of scored) found.set(request, outcome);
      await write();
    }
  } finally {
    await lines.close();
  }
  const done = items.flatMap(({ index }) => outcomes.get(index) ?? []);
  const scores = done.flatMap((outcome) => ('score' in outcome ? [outcome.score] : []));
  return { total: items.length, failed: done.filter(isError).length, scores };
}

function isError(outcome: Outcome): boolean {
  return 'error' in outcome;
}

/** Items that ask the same about the same clip share one score. */
function requestOf({ path, prompt }: Item): string {
  return JSON.stringify([path, prompt]);
}

/**
 * What is to be scored, in units of at least `batchSize` clips of the model (but the last): all requests about one file
 * are in one unit, where it is decoded once. The id of a clip is its request.
 */
function unitsOf(items: readonly Item[], batchSize: number): Clip[][] {
  const byPath = new Map<string, Map<string, Clip>>();
  for (const item of items) {
    const { path, prompt } = item;
    if (path === undefined) continue;
    const clips = byPath.get(path) ?? new Map<string, Clip>();
    clips.set(requestOf(item), { id: requestOf(item), path, prompt });
    byPath.set(path, clips);
  }
  const units: Clip[][] = [];
  let unit: Clip[] = [];
  for (const clips of byPath.values()) {
    unit.push(...clips.values());
    if (unit.length < batchSize) continue;
    units.push(unit);
    unit = [];
  }
  return unit.length > 0 ? [...units, unit] : units;
}

/** Outcomes by request, batch by batch. The next units are read while the model computes this one. */
async function* scoreRequests(
  model: RewardModel,
  prompts: Prompts,
  units: readonly Clip[][],
  batchSize: number,
  meter: PaceMeter,
): AsyncGenerator<Map<string, Outcome>> {
  let i = 0;
  for await (const { inputs, failures, waited } of ahead(model.processor, units, prompts)) {
    const unit = units[i++];
    meter.add(unit.length, waited);
    yield new Map(failures.map(({ clip, reason }) => [clip.id, { error: reason }]));
    const readable = unit.flatMap(({ id }, i) => {
      const input = inputs[i];
      return input ? [{ id, input }] : [];
    });
    for (let start = 0; start < readable.length; start += batchSize) {
      const batch = readable.slice(start, start + batchSize);
      const rewards = await model.rewards(batch.map(({ input }) => input));
      yield new Map(batch.map(({ id }, i) => [id, outcomeOf(rewards[i])]));
    }
  }
}

/** JSON has no number for what is not finite. */
function outcomeOf(score: number): Outcome {
  return Number.isFinite(score) ? { score } : { error: `the model gives ${score}` };
}
