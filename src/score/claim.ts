import { randomUUID } from 'node:crypto';
import { rmSync } from 'node:fs';
import { open, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { setTimeout } from 'node:timers/promises';
import { isDead, type Owner, thisProcess } from '../base/owner.js';
import { putFirst } from '../base/putFirst.js';
import { replaceFile } from '../base/replaceFile.js';
import type { ScoreProgress } from './clips.js';

/** Who works on a shard, and how far it is. */
export interface Claim extends Owner, ScoreProgress {
  token: string;
}

/** Seconds between two signs of life, after which a claim without one is left, and between two looks at another's. */
const [beat, silence, look] = [5, 300, 2];

/** A claim that is held. */
export interface HeldClaim {
  /** Says how far the work is; it is written with the next sign of life. */
  progress(state: ScoreProgress): void;
  release(): Promise<void>;
}

/**
 * Claims a shard, so that no other worker begins it too. Who works on it by another claim is waited for, until the shard is
 * done or the claim is left: its process has ended (on this host), or it has given no sign of life for five minutes by the
 * clock of the file server. A claim saves work and decides nothing: two workers on one shard do no harm.
 * @param isDone whether there is nothing to do any more.
 * @param onWait called once with who is waited for.
 * @returns the claim; nothing where the shard is done.
 */
export async function claim(
  path: string,
  isDone: () => Promise<boolean>,
  onWait: (holder: Claim) => void,
): Promise<HeldClaim | undefined> {
  const idle: ScoreProgress = { done: 0, total: 0, failed: 0, clipsPerSecond: 0, waiting: 0 };
  const mine: Claim = { ...thisProcess(), ...idle, token: randomUUID() };
  const draft = `${path}.${mine.token}`;
  await writeFile(draft, JSON.stringify(mine), { flag: 'wx' });
  try {
    for (let waited = false; !(await putFirst(draft, path)); waited = true) {
      if (await isDone()) return undefined;
      const holder = await liveClaim(path);
      if (!holder) {
        await rename(draft, path);
        break;
      }
      if (!waited) onWait(holder);
      await setTimeout(look * 1000);
    }
  } finally {
    await rm(draft, { force: true });
  }
  return held(path, mine);
}

/** The claim on a shard, unless there is none or it is left. @throws file system errors. */
export async function liveClaim(path: string): Promise<Claim | undefined> {
  const found = await readClaim(path);
  return found && !isDead(found) && (await ageOf(path)) < silence ? found : undefined;
}

async function readClaim(path: string): Promise<Claim | undefined> {
  const text = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  });
  try {
    return text === undefined ? undefined : (JSON.parse(text) as Claim);
  } catch {
    return undefined; // a killed writer's, on a file system without hard links
  }
}

/** Seconds since a file was written, by the clock of the disk that has it, which need not be this machine's. */
async function ageOf(path: string): Promise<number> {
  const probe = `${path}.${randomUUID()}`;
  try {
    await writeFile(probe, '', { flag: 'wx' });
    const [now, then] = await Promise.all([stat(probe), freshStat(path)]);
    return then === undefined ? Number.POSITIVE_INFINITY : (now.mtimeMs - then) / 1000;
  } finally {
    await rm(probe, { force: true });
  }
}

/** When a file was written. NFS asks the server anew for a file that is opened. */
async function freshStat(path: string): Promise<number | undefined> {
  const file = await open(path).catch(() => undefined);
  const found = await file?.stat();
  await file?.close();
  return found?.mtimeMs;
}

function held(path: string, mine: Claim): HeldClaim {
  const isMine = async () => (await readClaim(path))?.token === mine.token;
  let writing = Promise.resolve();
  const write = async () => {
    if (await isMine()) await replaceFile(path, (draft) => draft.writeFile(JSON.stringify(mine)));
  };
  // A sign of life that cannot be written is given again; the work itself says what is wrong with the disk.
  const timer = setInterval(() => {
    writing = writing.then(write).catch(() => {});
  }, beat * 1000).unref();
  const leave = () => rmSync(path, { force: true });
  process.once('exit', leave);
  return {
    progress: (state) => void Object.assign(mine, state),
    async release() {
      clearInterval(timer);
      process.off('exit', leave);
      await writing;
      if (await isMine().catch(() => false)) await rm(path, { force: true });
    },
  };
}
