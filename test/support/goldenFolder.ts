import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const folder = fileURLToPath(new URL('../golden', import.meta.url));

/** Path of a fixture: numbers of the official code, described in golden/README.md. */
export const goldenPath = (...parts: string[]): string => join(folder, ...parts);
