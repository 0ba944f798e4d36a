import { createRequire } from 'node:module';
import { dirname } from 'node:path';

/** The folder of the package that this kernel belongs to. */
export const packageRoot = dirname(createRequire(import.meta.url).resolve('solireward/package.json'));
