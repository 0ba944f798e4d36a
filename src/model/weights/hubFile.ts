import { createHash, randomUUID } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdir, open, rename, rm, stat, symlink, truncate } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { setTimeout } from 'node:timers/promises';
import { LockedError, lock } from '../../base/lock.js';
import { ask, type Patience, patience, pauseOf, refusePage, UselessAnswer } from './hubFetch.js';

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
  patience?: Patience;
  /** Called as bytes arrive, with those of the file that are there. */
  onBytes?: (bytes: number) => void;
}

/**
 * Downloads a file into the Hugging Face cache: `blobs/<hash>`, and a link to it in `snapshots/<commit>/`. It is downloaded
 * to `<hash>.incomplete`, where the next call resumes when the connection breaks; within a call it resumes, after a pause,
 * until five connections in a row have brought less than a megabyte. What another call loads is waited for.
 * @throws with who loads the file where nothing of it has come for two minutes; with the status of the server, why the connection broke,
 *   that the answer is a web page or of another size, or that the content has another checksum: it is deleted then.
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

/** Bytes that a connection has to bring to count as one that works. */
const progress = 2 ** 20;

async function downloadBlob(file: HubFile, blob: string, transfer: Transfer): Promise<void> {
  const { requests, pause } = transfer.patience ?? patience;
  const incomplete = `${blob}.incomplete`;
  let size = (await sizeOf(incomplete)) ?? 0;
  if (size > file.size || file.size === 0) size = await empty(incomplete);
  let farthest = size;
  for (let attempt = 1; size < file.size; attempt++) {
    const broken = await receive(incomplete, size, file, transfer, attempt).then(
      () => undefined,
      (error: Error) => error,
    );
    size = (await sizeOf(incomplete)) ?? 0;
    if (size === file.size) break;
    if (size >= farthest + progress) attempt = 0;
    farthest = Math.max(farthest, size);
    if (attempt >= requests || broken instanceof UselessAnswer || isOfFiles(broken)) {
      const kept = size > 0 ? `; ${size} of ${file.size} bytes are kept, call again to continue` : '';
      throw new Error(`${reasonOf(broken ?? new Error('the answer is too short'))}${kept}`);
    }
    await setTimeout(broken instanceof Later ? broken.pause : pause * 2 ** Math.max(0, attempt - 1));
  }
  const hash = await hashOf(incomplete, file);
  if (hash !== file.hash) {
    await rm(incomplete);
    throw new Error(`the content has the checksum ${hash}, expected ${file.hash}; it is deleted, call again`);
  }
  await rename(incomplete, blob);
}

/** An answer of a server that wants to be asked later. */
class Later extends Error {
  constructor(
    message: string,
    readonly pause: number,
  ) {
    super(message);
  }
}

/** Whether it is our disk that failed, and no server. */
const isOfFiles = (error: Error | undefined): boolean =>
  ['ENOSPC', 'EDQUOT', 'EROFS', 'EACCES', 'EPERM', 'EIO', 'EFBIG', 'ENOENT'].includes(
    String((error as NodeJS.ErrnoException | undefined)?.code),
  );

/** Appends what the server has from a byte on, to the file's size; from the start where it does not know ranges. */
async function receive(
  path: string,
  from: number,
  { size: whole }: HubFile,
  { url, headers, fetch, patience: limits = patience, onBytes }: Transfer,
  attempt: number,
): Promise<void> {
  const asked = { ...headers, 'accept-encoding': 'identity', ...(from > 0 && { range: `bytes=${from}-` }) };
  const { response, chunks, close } = await ask(fetch, url, { headers: asked }, limits);
  try {
    const { status, statusText } = response;
    if (!response.ok || !response.body) {
      const message = `the server says ${status} ${statusText}`.trim();
      const pause = pauseOf(response, attempt, limits);
      throw pause === undefined ? new UselessAnswer(message) : new Later(message, pause);
    }
    const start = from > 0 && status === 206 ? from : 0;
    checkAnnounced(response, start, whole);
    let next = await chunks.next();
    refusePage(response, next.value ?? new Uint8Array(0));
    let size = start < from ? await empty(path) : from;
    const file = await open(path, 'a');
    try {
      for (; !next.done; next = await chunks.next()) {
        if (size + next.value.length > whole) throw tooLong(whole);
        await file.appendFile(next.value);
        size += next.value.length;
        onBytes?.(size);
      }
    } finally {
      await file.close();
    }
  } finally {
    close();
  }
}

/** @throws when the headers say that the answer is not the rest of the file. */
function checkAnnounced({ status, headers }: Response, start: number, whole: number): void {
  const range = /^bytes (\d+)-\d*\/(\d+|\*)$/.exec(headers.get('content-range') ?? '');
  if (
    status === 206 &&
    range &&
    (Number(range[1]) !== start || (range[2] !== '*' && Number(range[2]) !== whole))
  ) {
    throw new UselessAnswer(`the server sends ${range[0]}, expected byte ${start} on of ${whole}`);
  }
  const length = headers.get('content-length');
  if (length !== null && headers.get('content-encoding') === null && Number(length) > whole - start)
    throw tooLong(whole);
}

const tooLong = (whole: number): Error =>
  new UselessAnswer(`the answer is longer than the file, which has ${whole} bytes`);

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
