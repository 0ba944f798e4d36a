import { createHash, randomBytes } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdir, open, readFile, realpath, rename, rm } from 'node:fs/promises';
import { resolve } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { writeJson } from '../base/json.js';
import { LineSplitter } from '../base/lineSplitter.js';
import { shortHost } from '../base/owner.js';
import { replaceFile } from '../base/replaceFile.js';
import { entriesOf } from '../data/tables/entries.js';
import type { VideoLimits } from '../data/video/videoLimits.js';
import { type EngineName, engineNames } from '../engine/use.js';
import { type Prompts, taskPrompts } from '../model/input/prompt.js';
import { readCheckpoint } from '../model/weights/checkpoint.js';
import { itemOf } from '../score/items.js';
import { hashOf, syncFolder } from '../score/manifest.js';
import { modelHash } from '../score/modelHash.js';
import { firstItem, type Plan, planText, readPlan, runFiles, type Work } from '../score/plan.js';

/** What a run in shards does. */
export interface PlanOptions {
  /** A new folder on a disk that all workers see. */
  run: string;
  /** The items, in any form that `score.file` takes. They are copied into the run. */
  input: string;
  /** Folder of the model. */
  model: string;
  /** Into how many shards. Default: such that one has about 1,000 items. */
  shards?: number;
  /** What the model is asked. Default: what it was trained with. */
  prompts?: Prompts;
  /** Clips that go through the model together. Default 4. */
  batchSize?: number;
  /** Default `auto`: the best that a worker's machine has. */
  engine?: 'auto' | EngineName;
  /** Limits of clips for all workers, as `sr.data.videoLimits`. */
  limits?: Partial<VideoLimits>;
  /** Keeps what the frozen part makes of the clips in a folder, in place of scores. */
  features?: { trainable: 'head' | 'decoder+head'; cache: string };
}

/**
 * Plans a run in shards: copies the items into its folder, cuts them into ranges, and writes down all that decides the
 * result. The same call again changes nothing; another one on the same folder is refused.
 * @returns the plan.
 * @throws when the input or the model cannot be read, has no items, or the folder has another plan: with what differs.
 */
export async function plan(options: PlanOptions): Promise<Plan> {
  const { run, input, model, batchSize = 4, engine = 'auto', limits = {}, features } = options;
  const positive = (name: string, value: number) => {
    if (!(Number.isSafeInteger(value) && value > 0))
      throw new RangeError(`cluster.plan: expected ${name} to be a positive integer, received ${value}`);
  };
  positive('batchSize', batchSize);
  if (options.shards !== undefined) positive('shards', options.shards);
  if (engine !== 'auto' && !engineNames.includes(engine))
    throw new RangeError(
      `cluster.plan: unknown engine '${engine}', expected auto or ${engineNames.join(', ')}`,
    );
  for (const [name, limit] of Object.entries(limits)) {
    if (!(Number.isFinite(limit) && limit > 0))
      throw new RangeError(`cluster.plan: expected a positive limit ${name}, received ${limit}`);
  }
  const own = (await readCheckpoint(model)).card?.prompts ?? taskPrompts('phy_deform');
  const prompts = options.prompts ?? own;
  if (features && !isDeepStrictEqual(prompts, own))
    throw new Error('cluster.plan: features are made with the prompts of the model; leave prompts out');
  const work: Work = features
    ? { kind: 'features', trainable: features.trainable, cache: resolve(features.cache) }
    : { kind: 'score' };

  await mkdir(run, { recursive: true });
  const hashed = await modelHash(model);
  const draft = `${runFiles.items(run)}.${shortHost()}-${process.pid}-${randomBytes(4).toString('hex')}.tmp`;
  try {
    const copied = await copyItems(input, draft);
    if (copied.items === 0) throw new Error(`cluster.plan: ${input} has no items`);
    const shards = options.shards ?? Math.ceil(copied.items / 1000);
    const made: Plan = {
      ...{ format: 1, work, input: { path: await realpath(input), ...copied }, shards },
      ...(await cut(draft, copied.items, shards)),
      model: { folder: await realpath(model), sha256: hashed },
      ...{ prompts, batchSize, engine, limits, folder: process.cwd() },
    };
    const known = await readFile(runFiles.plan(run), 'utf8').catch(() => undefined);
    if (known !== undefined) {
      checkSame(run, (await readPlan(run)).plan, made);
      return made;
    }
    await rename(draft, runFiles.items(run));
    await mkdir(runFiles.shards(run), { recursive: true });
    await replaceFile(runFiles.plan(run), async (file) => {
      await file.writeFile(planText(made));
      await file.sync();
    });
    await syncFolder(run);
    return made;
  } finally {
    await rm(draft, { force: true });
  }
}

/** Writes the items as lines, and counts and hashes them. @throws for an item that the output cannot take. */
async function copyItems(
  input: string,
  draft: string,
): Promise<Pick<Plan['input'], 'items' | 'bytes' | 'sha256'>> {
  const file = await open(draft, 'wx');
  const hash = createHash('sha256');
  let [items, bytes] = [0, 0];
  let lines: string[] = [];
  const flush = async () => {
    const text = Buffer.from(lines.join(''));
    lines = [];
    hash.update(text);
    bytes += text.length;
    await file.appendFile(text);
  };
  try {
    for await (const { value } of entriesOf('cluster.plan', input)) {
      itemOf(input, value, items++);
      lines.push(`${writeJson(value)}\n`);
      if (lines.length === 10_000) await flush();
    }
    await flush();
    await file.sync();
  } finally {
    await file.close();
  }
  return { items, bytes, sha256: hash.digest('hex') };
}

/** Where shards begin in the copied items, and the hash of each. */
async function cut(path: string, items: number, shards: number): Promise<Pick<Plan, 'starts' | 'sha256'>> {
  const starts: number[] = [];
  const lines = new LineSplitter();
  let [at, index, bytes] = [0, 0, 0];
  const begin = () => {
    for (; at < shards && firstItem(at, shards, items) === index; at++) starts.push(bytes);
  };
  begin();
  const chunks: AsyncIterable<Buffer> = createReadStream(path, { highWaterMark: 1 << 20 });
  for await (const chunk of chunks) {
    for (const line of lines.push(chunk)) {
      index++;
      bytes += line.length + 1;
      begin();
    }
  }
  const sha256: string[] = [];
  for (const [shard, start] of starts.entries())
    sha256.push(await hashOf(path, start, starts[shard + 1] ?? bytes));
  return { starts, sha256 };
}

function checkSame(run: string, known: Plan, made: Plan): void {
  const names = Object.keys(made) as (keyof Plan)[];
  const differing = names.filter((name) => !isDeepStrictEqual(known[name], plain(made[name])));
  if (differing.length === 0) return;
  throw new Error(
    `cluster.plan: ${run} has a plan with another ${differing.join(', ')}; choose another folder, or delete this one`,
  );
}

const plain = (value: unknown): unknown => JSON.parse(JSON.stringify(value));
