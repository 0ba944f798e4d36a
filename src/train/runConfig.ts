import { createHash } from 'node:crypto';
import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { isHeld, lock } from '../base/lock.js';
import { replaceFile } from '../base/replaceFile.js';
import { checkpointSteps, keptConfig } from './checkpoint.js';

/** All that decides the numbers of a run, as plain data. */
export type RunConfig = Record<string, unknown>;

/**
 * Keeps other processes out of a run's folder, which is made where it is not there.
 * @returns what lets them in again.
 * @throws with who is in it.
 */
export async function lockFolder(folder: string): Promise<() => Promise<void>> {
  await mkdir(folder, { recursive: true });
  return lock(join(folder, 'run.lock'), `fit: ${folder}`);
}

/** Whether a process trains in a run's folder. */
export const isTraining = (folder: string): Promise<boolean> =>
  isHeld(join(folder, 'run.lock'), `watch: ${folder}`);

/**
 * Writes a run's `config.json`, or compares with the one that is there: a run is resumed with the settings that it began
 * with, or its numbers would be those of neither. A damaged one is replaced, with a warning, where a checkpoint has a copy
 * of it that is the same, or there is no checkpoint.
 * @param changed clips whose files are others than those of the run, for the error
 * @throws naming the settings that differ, or the damaged file that nothing has a copy of.
 */
export async function claimFolder(
  folder: string,
  config: RunConfig,
  changed: readonly string[] = [],
): Promise<void> {
  await mkdir(folder, { recursive: true });
  const file = join(folder, 'config.json');
  const plain = JSON.parse(JSON.stringify(config)) as RunConfig;
  const text = await textOf(file);
  const write = () => replaceFile(file, (draft) => draft.writeFile(`${JSON.stringify(plain, null, 2)}\n`));
  if (text === undefined) return write();
  const intact = parsed(text);
  const saved = intact ?? (await copyOf(folder, file)) ?? plain;
  const names = [...new Set([...Object.keys(saved), ...Object.keys(plain)])];
  const differing = names.filter((name) => !isDeepStrictEqual(saved[name], plain[name]));
  if (differing.length > 0) {
    const changes = differing.map(
      (name) => `${name} ${JSON.stringify(saved[name])} there, ${JSON.stringify(plain[name])} here`,
    );
    if (changed.length > 0) {
      const some = changed.slice(0, 5).join(', ');
      changes.push(
        `the files of ${changed.length} clips have changed: ${some}${changed.length > 5 ? ' ...' : ''}`,
      );
    }
    throw new Error(
      `fit: ${folder} holds a run with other settings (${changes.join('; ')}); use another folder, or the same settings`,
    );
  }
  if (intact) return;
  console.warn(`fit: ${file} is damaged; it is written again, and the run continues`);
  await write();
}

/**
 * The settings of the run that a folder holds, of a checkpoint's copy where `config.json` is damaged; undefined where no
 * run has begun.
 * @throws when it is damaged and no checkpoint has a copy of it.
 */
export async function readRunConfig(folder: string): Promise<RunConfig | undefined> {
  const file = join(folder, 'config.json');
  const text = await textOf(file);
  return text === undefined ? undefined : (parsed(text) ?? copyOf(folder, file));
}

async function textOf(file: string): Promise<string | undefined> {
  return readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  });
}

function parsed(text: string): RunConfig | undefined {
  try {
    const config = JSON.parse(text);
    return typeof config === 'object' && config !== null ? config : undefined;
  } catch {
    return undefined;
  }
}

/** The settings as a checkpoint has them; none where there is no checkpoint. */
async function copyOf(folder: string, file: string): Promise<RunConfig | undefined> {
  const copy = parsed((await keptConfig(folder)) ?? '');
  if (copy === undefined && (await checkpointSteps(folder)).length > 0) {
    throw new Error(`fit: ${file} is damaged, and no checkpoint has a copy of it; use another folder`);
  }
  return copy;
}

/** A short hash of some texts. */
export function hashOf(lines: readonly string[]): string {
  return createHash('sha256').update(lines.join('\n')).digest('hex').slice(0, 16);
}
