import { randomUUID } from 'node:crypto';
import { readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { isDead, type Owner, thisProcess } from './owner.js';
import { putFirst } from './putFirst.js';

/** What a lock file holds: its owner, and a number of its own. */
interface Holder extends Owner {
  token: string;
}

/** Why a lock cannot be taken: another one holds it. */
export class LockedError extends Error {}

/**
 * Takes a lock: a file with this process's number, host and start, which a complete draft becomes by a hard link, so that
 * of two at once one fails, on NFS too. The lock of a process of this host that has ended is taken over.
 * @param what is locked, for the error: `score: scores.jsonl`.
 * @returns what gives the lock back.
 * @throws LockedError with who has it; file system errors.
 */
export async function lock(path: string, what: string): Promise<() => Promise<void>> {
  const giveBack = await take(path, what);
  await sweep(path);
  return giveBack;
}

async function take(path: string, what: string): Promise<() => Promise<void>> {
  const mine: Holder = { ...thisProcess(), token: randomUUID() };
  const draft = `${path}.${mine.token}`;
  await writeFile(draft, `${JSON.stringify(mine)}\n`, { flag: 'wx' });
  try {
    while (!(await putFirst(draft, path))) {
      const holder = await holderOf(path, what);
      if (!holder) continue; // given back meanwhile
      if (!isDead(holder)) throw heldBy(holder, path, what);
      // One at a time takes over from this holder; who comes late finds another holder.
      const leave = await take(`${path}.${holder.token}`, what);
      try {
        if ((await holderOf(path, what))?.token !== holder.token) continue;
        await rename(draft, path);
        break;
      } finally {
        await leave();
      }
    }
  } finally {
    await rm(draft, { force: true });
  }
  return async () => {
    const holder = await holderOf(path, what).catch(() => undefined);
    if (holder?.token === mine.token) await rm(path, { force: true });
  };
}

/** Milliseconds after which a draft that says nothing has been left: it is written at once. */
const abandoned = 3_600_000;

/**
 * Takes away what processes that were killed while they took this lock have left beside it. Who holds the lock may: of
 * those who take over from an earlier holder each finds that there is another one now.
 */
async function sweep(path: string): Promise<void> {
  const [folder, name] = [dirname(path), basename(path)];
  for (const entry of await readdir(folder)) {
    if (!entry.startsWith(name) || !/^(\.[0-9a-f-]{36})+$/.test(entry.slice(name.length))) continue;
    const left = join(folder, entry);
    const isLeft = await holderOf(left, '').then(
      (holder) => holder !== undefined && isDead(holder),
      async () => Date.now() - (await stat(left).then(({ mtimeMs }) => mtimeMs, Date.now)) > abandoned,
    );
    if (isLeft) await rm(left, { force: true });
  }
}

/** Whether somebody holds a lock: one that is not known to have ended. @throws LockedError for a lock that does not say by whom */
export async function isHeld(path: string, what: string): Promise<boolean> {
  const holder = await holderOf(path, what);
  return holder !== undefined && !isDead(holder);
}

async function holderOf(path: string, what: string): Promise<Holder | undefined> {
  const text = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  });
  if (text === undefined) return undefined;
  try {
    const holder = JSON.parse(text) as Holder;
    if (Number.isSafeInteger(holder.pid) && holder.host && /^[0-9a-f-]{36}$/.test(holder.token))
      return holder;
  } catch {}
  throw new LockedError(
    `${what} is locked, and its lock does not say by whom; delete ${path} if nothing uses it`,
  );
}

function heldBy({ pid, host, since }: Holder, path: string, what: string): LockedError {
  const who = `process ${pid} on ${host}, which began at ${new Date(since).toISOString()}`;
  return new LockedError(`${what} is in use by ${who}; wait for it, or delete ${path} if it has ended`);
}
