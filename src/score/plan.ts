import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { VideoLimits } from '../data/video/videoLimits.js';
import type { Prompts } from '../model/input/prompt.js';

/** What is done with each item of a run: it is scored, or what the frozen part of the model makes of its clip is kept. */
export type Work =
  | { kind: 'score' }
  | { kind: 'features'; trainable: 'head' | 'decoder+head'; cache: string };

/** What a run in shards does, as `plan.json` of its folder says; it does not change while the run lasts. */
export interface Plan {
  /** Number of the format of the file. */
  format: 1;
  /** What is done with each item. */
  work: Work;
  /** The file that the items came from, and what `items.jsonl` of the run has of it, an item a line. */
  input: { path: string; items: number; bytes: number; sha256: string };
  /** How many shards there are. */
  shards: number;
  /** Byte of `items.jsonl` at which each shard begins. */
  starts: number[];
  /** Of the items of each shard, as lines. */
  sha256: string[];
  /** Folder of the model, and the hash of all its files. */
  model: { folder: string; sha256: string };
  /** What the model is asked. */
  prompts: Prompts;
  /** Clips that go through the model together. */
  batchSize: number;
  /** The engine that workers use: `auto`, or the name of one. */
  engine: string;
  /** Limits of clips that differ from the defaults. */
  limits: Partial<VideoLimits>;
  /** Where relative paths of clips begin. */
  folder: string;
}

/** The first item of a shard: shards are ranges of the items, as even as may be, by their number alone. */
export const firstItem = (shard: number, shards: number, items: number): number =>
  Math.floor((shard * items) / shards);

/** Files of a run. */
export const runFiles = {
  plan: (run: string) => join(run, 'plan.json'),
  items: (run: string) => join(run, 'items.jsonl'),
  shards: (run: string) => join(run, 'shards'),
  /** The beginning of the names of all files of a shard. */
  shard: (run: string, shard: number) => join(run, 'shards', String(shard).padStart(6, '0')),
};

/** A plan, and the hash that manifests name it by. */
export interface KnownPlan {
  plan: Plan;
  id: string;
}

/** How a plan stands in its file. */
export const planText = (plan: Plan): string => `${JSON.stringify(plan)}\n`;

/** The name of a plan: the hash of its file. */
export const planId = (text: string): string => createHash('sha256').update(text).digest('hex');

/** The plan of a run. @throws for a folder without one, or one that is damaged. */
export async function readPlan(run: string): Promise<KnownPlan> {
  const path = runFiles.plan(run);
  const text = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'ENOENT') throw error;
    throw new Error(
      `${run} is not a run: it has no plan.json; make one: solireward cluster plan --run ${run} --input ITEMS --model DIR`,
    );
  });
  const damaged = (why: string) => new Error(`${path} ${why}; plan the run again in a new folder`);
  let plan: Plan;
  try {
    plan = JSON.parse(text);
  } catch (error) {
    throw damaged(`is not valid JSON: ${(error as Error).message}`);
  }
  if (plan?.format !== 1)
    throw damaged(`has the format ${plan?.format}, and this version of solireward reads format 1`);
  const { shards, starts, sha256 } = plan;
  if (!(shards > 0) || starts?.length !== shards || sha256?.length !== shards)
    throw damaged('does not say where its shards begin');
  return { plan, id: planId(text) };
}

/** Which shards a text such as `3/64`, `0-7/64` or `0,4,8/64` names, and of how many. @throws RangeError for any other. */
export function shardsOf(text: string): { shards: number[]; count: number } {
  const [, list = '', of] = /^([\d,-]+)\/(\d+)$/.exec(text) ?? [];
  const count = Number(of);
  const shards = list.split(',').flatMap((part) => {
    const [, first, last = first] = /^(\d+)(?:-(\d+))?$/.exec(part) ?? [];
    const length = Number(last) - Number(first) + 1;
    return length > 0 && Number(last) < count
      ? Array.from({ length }, (_, i) => Number(first) + i)
      : [Number.NaN];
  });
  if (shards.length === 0 || shards.some(Number.isNaN)) {
    throw new RangeError(
      `--shard takes i/n with i from 0 to n - 1, or several of them such as 0,4/8 or 0-3/8, received '${text}'`,
    );
  }
  return { shards, count };
}
