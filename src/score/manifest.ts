import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { open, readFile, rename, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { putFirst } from '../base/putFirst.js';
import type { MadeBy } from './madeBy.js';
import { firstItem, type KnownPlan, runFiles } from './plan.js';

/** How many items failed for one reason, in which each item's own clip is written as `CLIP`. */
export interface Failures {
  /** The reason. */
  reason: string;
  /** Items that failed for it. */
  items: number;
  /** The number of the first of them. */
  first: number;
}

/** What a finished shard is: its output is valid because this says so, and fits it. */
export interface Manifest {
  /** Of the plan. */
  plan: string;
  shard: number;
  shards: number;
  /** Number of the first item. */
  first: number;
  items: number;
  /** Items that have what was asked for, and those that have a reason in place of it. */
  made: number;
  failed: number;
  failures: Failures[];
  /** Hash of the items, as lines. */
  input: string;
  /** A file beside the manifest. */
  output: { file: string; bytes: number; sha256: string };
  /** Hash of the files of the model. */
  model: string;
  /** All that decides a score besides the item, versions included. */
  madeBy: MadeBy;
  engine: string;
  node: string;
  host: string;
  /** When the work began, and how long it took. */
  began: string;
  seconds: number;
}

/** What the disk says of a shard. */
export type Finding = { manifest: Manifest } | { damaged: string } | undefined;

export const manifestFile = (run: string, shard: number): string => `${runFiles.shard(run, shard)}.json`;

/** The place of the output that a manifest names. */
export const outputOf = (run: string, { output }: Manifest): string =>
  join(runFiles.shards(run), output.file);

/**
 * The manifest of a shard, if it is of this plan and its output is there in the size that it names; `damaged` says what is
 * wrong with it; nothing where there is none. The bytes of the output are hashed by `merge` only.
 */
export async function lookAtShard(run: string, { plan, id }: KnownPlan, shard: number): Promise<Finding> {
  const text = await readFile(manifestFile(run, shard), 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  });
  if (text === undefined) return undefined;
  let manifest: Manifest;
  try {
    manifest = JSON.parse(text);
  } catch {
    return { damaged: 'its manifest is not valid JSON' };
  }
  if (manifest?.plan !== id) return { damaged: 'its manifest is of another plan' };
  const first = firstItem(shard, plan.shards, plan.input.items);
  const items = firstItem(shard + 1, plan.shards, plan.input.items) - first;
  if (manifest.shard !== shard || manifest.first !== first || manifest.items !== items)
    return { damaged: 'its manifest is of other items' };
  if (manifest.made + manifest.failed !== items)
    return { damaged: 'its manifest does not account for all items' };
  const size = await stat(outputOf(run, manifest)).then(
    (found) => found.size,
    (error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return undefined;
      throw error;
    },
  );
  if (size === undefined) return { damaged: `its output ${manifest.output.file} is not there` };
  if (size !== manifest.output.bytes)
    return { damaged: `its output has ${size} bytes, and ${manifest.output.bytes} by its manifest` };
  return { manifest };
}

/**
 * Makes a written and synced draft the output of its shard. The output is named by its bytes and comes first, then the
 * manifest: of two workers the first one counts, and whatever moment either is killed at, a manifest has its output.
 * @returns the manifest that counts.
 */
export async function publish(
  run: string,
  known: KnownPlan,
  manifest: Manifest,
  draft: string,
): Promise<Manifest> {
  const { shard } = manifest;
  const output = outputOf(run, manifest);
  const place = manifestFile(run, shard);
  await rename(draft, output);
  await syncFolder(dirname(output));
  const text = `${draft}.manifest`;
  await writeSynced(text, `${JSON.stringify(manifest, null, 1)}\n`);
  try {
    while (!(await putFirst(text, place))) {
      const found = await lookAtShard(run, known, shard);
      if (found && 'manifest' in found) {
        if (found.manifest.output.file !== manifest.output.file) await rm(output, { force: true });
        return found.manifest;
      }
      await setAside(run, shard);
    }
    await syncFolder(dirname(place));
    return manifest;
  } finally {
    await rm(text, { force: true });
  }
}

/** Takes a manifest out of the way, so that its shard counts as not done; a damaged one is kept as `.aside`. */
export async function setAside(run: string, shard: number): Promise<void> {
  const place = manifestFile(run, shard);
  await rename(place, `${place}.aside`).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'ENOENT') throw error;
  });
}

async function writeSynced(path: string, text: string): Promise<void> {
  const file = await open(path, 'wx');
  try {
    await file.writeFile(text);
    await file.sync();
  } finally {
    await file.close();
  }
}

/** Brings the names of a folder to the disk, where the file system knows how. */
export async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder).catch(() => undefined);
  await handle?.sync().catch(() => {});
  await handle?.close();
}

/** SHA-256 of a range of a file, in chunks. @param end the byte behind the last one. */
export async function hashOf(path: string, start = 0, end = Number.POSITIVE_INFINITY): Promise<string> {
  const hash = createHash('sha256');
  if (end <= start) return hash.digest('hex');
  const range = { start, end: end - 1, highWaterMark: 1 << 20 };
  for await (const chunk of createReadStream(path, range)) hash.update(chunk);
  return hash.digest('hex');
}
