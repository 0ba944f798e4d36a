import { createHash } from 'node:crypto';
import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { replaceFile } from '../base/replaceFile.js';

/** All that decides the numbers of a run, as plain data. */
export type RunConfig = Record<string, unknown>;

/**
 * Writes a run's `config.json`, or compares with the one that is there: a run goes on with the settings that it began
 * with, or its numbers would be those of neither.
 * @param changed clips whose files are others than those of the run, for the error
 * @throws naming the settings that differ.
 */
export async function claimFolder(
  folder: string,
  config: RunConfig,
  changed: readonly string[] = [],
): Promise<void> {
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
}

/** A short hash of some texts. */
export function hashOf(lines: readonly string[]): string {
  return createHash('sha256').update(lines.join('\n')).digest('hex').slice(0, 16);
}
