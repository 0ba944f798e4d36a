import { createHash } from 'node:crypto';
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { hashOf } from './manifest.js';

/** SHA-256 of the names, sizes and bytes of all files of a model's folder, links followed. */
export async function modelHash(folder: string): Promise<string> {
  const hash = createHash('sha256');
  const names = (await readdir(folder, { recursive: true })).map(String).sort();
  for (const name of names) {
    const path = join(folder, name);
    const found = await stat(path);
    if (found.isFile()) hash.update(`${name}\n${found.size}\n${await hashOf(path)}\n`);
  }
  return hash.digest('hex');
}
