import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, it } from 'vitest';

/** A folder beside the checkout, with real clips under their own licences: it is not a part of the product. */
const folder = resolve(fileURLToPath(new URL('../../../shared', import.meta.url)));

/** What of it a test may ask for: clips and ratings of people, and pictures of these clips by the official code. */
type Part = 'data' | 'golden';

/** Path of a file in that folder. */
export const shared = (...parts: string[]): string => join(folder, ...parts);

/** True where the real clips are there. */
export const hasShared = existsSync(shared('data'));

/** `describe` of tests on real clips; one skipped test that reports why where they are absent. */
export function describeShared(name: string, body: () => void, part: Part = 'data'): void {
  if (hasShared && existsSync(shared(part))) describe(name, body);
  else it.skip(`${name} (skipped: ../shared/${part}, of real clips, is absent)`);
}
