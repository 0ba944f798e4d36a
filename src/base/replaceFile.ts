import { randomBytes } from 'node:crypto';
import { type FileHandle, open, readdir, realpath, rename, rm, stat } from 'node:fs/promises';
import { hostname } from 'node:os';
import { dirname, join } from 'node:path';
import { isDead, shortHost } from './owner.js';

/** Of a draft: host, process, and a number of its own. */
const draftPattern = /\.([0-9a-f]{8})-(\d+)-[0-9a-f]{8}\.tmp$/;

/** Folders where drafts of killed writers have been looked for. */
const cleaned = new Set<string>();

/**
 * Replaces a file as a whole: `write` fills a draft beside it, which takes its place when it is complete. Whoever reads
 * the file meanwhile, and whoever finds it after a kill, has the old one or the new one, never half of one. Drafts that
 * killed processes of this host have left in the folder are deleted, once a process. A link stays, and what it leads to
 * is replaced; a pipe or a terminal is written as it is.
 * @throws what `write` throws, and file system errors; the draft is gone then, and the old file is as it was.
 */
export async function replaceFile(file: string, write: (draft: FileHandle) => Promise<void>): Promise<void> {
  const target = await realpath(file).catch(() => file);
  const there = await stat(target).catch(() => undefined);
  if (there && !there.isFile() && !there.isDirectory()) return writeTo(file, write);
  await cleanDrafts(dirname(target));
  const place = `${target}.${shortHost()}-${process.pid}-${randomBytes(4).toString('hex')}.tmp`;
  try {
    await writeTo(place, write);
    await rename(place, target);
  } catch (error) {
    await rm(place, { force: true });
    throw error;
  }
}

async function writeTo(file: string, write: (draft: FileHandle) => Promise<void>): Promise<void> {
  const draft = await open(file, 'w');
  try {
    await write(draft);
  } finally {
    await draft.close();
  }
}

async function cleanDrafts(folder: string): Promise<void> {
  if (cleaned.has(folder)) return;
  cleaned.add(folder);
  for (const name of await readdir(folder).catch(() => [])) {
    const [, host, pid] = draftPattern.exec(name) ?? [];
    if (host !== shortHost() || !isDead({ pid: Number(pid), host: hostname(), start: '' })) continue;
    await rm(join(folder, name), { force: true });
  }
}
