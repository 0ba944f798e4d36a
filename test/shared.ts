import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe } from 'vitest';

/** The folder of development fixtures beside the checkout; it is not part of the product. */
const folder = resolve(fileURLToPath(new URL('../../shared', import.meta.url)));

/** Path of a development fixture. */
export const shared = (...parts: string[]): string => join(folder, ...parts);

/** True where the development fixtures are there. */
export const hasShared = existsSync(folder);

/** `describe` that skips, and says why, where the development fixtures are absent. */
export function describeShared(name: string, body: () => void): void {
  if (hasShared) describe(name, body);
  else describe.skip(`${name} (skipped: ../shared is absent)`, body);
}
