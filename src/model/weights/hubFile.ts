import { createHash, randomUUID } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdir, open, rename, rm, stat, symlink, truncate } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { setTimeout } from 'node:timers/promises';
import { LockedError, lock } from '../../base/lock.js';

/** How often, in milliseconds, it is looked whether another download has ended, and how long one that brings nothing is waited for. */
const waiting = { every: 100, most: 120_000 };

/** A file of a repository, as the hub describes it. */
export interface HubFile {
  path: string;
  /** Bytes. */
  size: number;
  /** SHA-256 of a large file; else the SHA-1 that git gives it. The cache names its content by it. */
  hash: string;
}

/** Where a file is downloaded from and to. */
export interface Transfer {
  url: string;
  headers: Record<string, string>;
  fetch: typeof fetch;
  /** Folder of the repository in the cache. */
  cache: string;
  commit: string;
  /** Called as bytes arrive, with those of the file that are there. */
  onBytes?: (bytes: number) => void;
}

/**
 * Downloads a file into the Hugging Face cache: `blobs/<hash>`, and a link to it in `snapshots/<commit>/`. It is loaded
 * to `<hash>.incomplete`, where the next call goes on when the connection breaks; within a call it goes on as long as
 * each connection brings something. What another call loads is waited for.
 * @throws with who loads the file where nothing of it has come for two minutes; with the status of the server, why the connection broke, or that the content has another checksum: it is
 *   deleted then.
 */
export async function downloadFile(file: HubFile, transfer: Transfer): Promise<void> {
  const blob = join(transfer.cache, 'blobs', file.hash);
  const pointer = join(transfer.cache, 'snapshots', transfer.commit, file.path);
  if ((await sizeOf(pointer)) === file.size) return;
  await mkdir(dirname(blob), { recursive: true });
  const unlock = await lockBlob(blob);
  try {
    if ((await sizeOf(blob)) !== file.size) await downloadBlob(file, blob, transfer);
  } finally {
    await unlock();
  }
  await mkdir(dirname(pointer), { recursive: true });
  const draft = `${pointer}.${randomUUID()}`;
  await symlink(relative(dirname(pointer), blob), draft);
  await rename(draft, pointer);
}

async function lockBlob(blob: string): Promise<() => Promise<void>> {
  let size: number | undefined;
  let waited = 0;
  for (;;) {
    try {
      return await lock(`${blob}.lock`, blob);
    } catch (error) {
      if (!(error instanceof LockedError) || waited > waiting.most) throw error;
    }
    const now = await sizeOf(`${blob}.incomplete`);
    waited = now === size ? waited + waiting.every : 0;
    size = now;
    await setTimeout(waiting.every);
  }
}

async function downloadBlob(file: HubFile, blob: string, transfer: Transfer): Promise<void> {
  const incomplete = `${blob}.incomplete`;
  let size = (await sizeOf(incomplete)) ?? 0;
  if (size > file.size || file.size === 0) size = await empty(incomplete);
  while (size < file.size) {
    const before = size;
    const broken = await receive(incomplete, before, transfer).catch((error: Error) => error);
    size = (await sizeOf(incomplete)) ?? 0;
    if (broken && size <= before) {
      const kept = size > 0 ? `; ${size} of ${file.size} bytes are kept, call again to go on` : '';
      throw new Error(`${reasonOf(broken)}${kept}`);
    }
  }
  const hash = await hashOf(incomplete, file);
  if (hash !== file.hash) {
    await rm(incomplete);
    throw new Error(`the content has the checksum ${hash}, expected ${file.hash}; it is deleted, call again`);
  }
  await rename(incomplete, blob);
}

/** Appends what the server has from a byte on; from the start where it does not know ranges. */
async function receive(
  path: string,
  from: number,
  { url, headers, fetch, onBytes }: Transfer,
): Promise<void> {
  const response = await fetch(url, {
    headers: { ...headers, 'accept-encoding': 'identity', ...(from > 0 && { range: `bytes=${from}-` }) },
  });
  if (!response.ok || !response.body)
    throw new Error(`the server says ${response.status} ${response.statusText}`);
  let size = from > 0 && response.status !== 206 ? await empty(path) : from;
  const file = await open(path, 'a');
  try {
    for await (const chunk of response.body as unknown as AsyncIterable<Uint8Array>) {
      await file.appendFile(chunk);
      size += chunk.length;
      onBytes?.(size);
    }
  } finally {
    await file.close();
  }
}

async function empty(path: string): Promise<0> {
  await (await open(path, 'a')).close();
  await truncate(path);
  return 0;
}

async function sizeOf(path: string): Promise<number | undefined> {
  return (await stat(path).catch(() => undefined))?.size;
}

/** SHA-256, or the SHA-1 of a git object, whichever the file is known by. */
async function hashOf(path: string, { hash, size }: HubFile): Promise<string> {
  const digest = hash.length === 64 ? createHash('sha256') : createHash('sha1').update(`blob ${size}\0`);
  await pipeline(createReadStream(path), digest);
  return digest.digest('hex');
}

/** `fetch` hides what went wrong in the cause of its error. */
export function reasonOf(error: Error): string {
  return error.cause instanceof Error ? `${error.message}: ${error.cause.message}` : error.message;
}
