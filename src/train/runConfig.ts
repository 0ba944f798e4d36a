import { createHash } from 'node:crypto';
import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { replaceFile } from '../base/replaceFile.js';
import type { PairStream } from '../pairing/pair.js';

/** All that decides the numbers of a run, as plain data. */
export type RunConfig = Record<string, unknown>;

/** How many pairs tell one stream from another. */
const SAMPLE = 256;

/**
 * Writes a run's `config.json`, or compares with the one that is there: a run goes on with the settings that it began
 * with, or its numbers would be those of neither.
 * @throws naming the settings that differ.
 */
export async function claimFolder(folder: string, config: RunConfig): Promise<void> {
  await mkdir(folder, { recursive: true });
  const file = join(folder, 'config.json');
  const plain = JSON.parse(JSON.stringify(config)) as RunConfig;
  const text = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  });
  if (text === undefined) {
    await replaceFile(file, (draft) => draft.writeFile(`${JSON.stringify(plain, null, 2)}\n`));
    return;
  }
  const saved = JSON.parse(text) as RunConfig;
  const names = [...new Set([...Object.keys(saved), ...Object.keys(plain)])];
  const differing = names.filter((name) => !isDeepStrictEqual(saved[name], plain[name]));
  if (differing.length > 0) {
    const changes = differing.map(
      (name) => `${name} ${JSON.stringify(saved[name])} there, ${JSON.stringify(plain[name])} here`,
    );
    throw new Error(
      `fit: ${folder} holds a run with other settings (${changes.join('; ')}); use another folder, or the same settings`,
    );
  }
}

/** What a stream gives: its length, its dimension and a hash of its first pairs. Sets its cursor to 0. */
export function describePairs(stream: PairStream): { length: number; dimension: string; hash: string } {
  stream.cursor = 0;
  const pairs = stream.next(Math.min(SAMPLE, stream.length));
  stream.cursor = 0;
  const lines = pairs.map(({ chosen, rejected, kind }) => `${chosen.id}\0${rejected.id}\0${kind}`);
  return { length: stream.length, dimension: pairs[0].dimension, hash: hashOf(lines) };
}

/** A short hash of some texts. */
export function hashOf(lines: readonly string[]): string {
  return createHash('sha256').update(lines.join('\n')).digest('hex').slice(0, 16);
}
