import { createRequire } from 'node:module';
import { dirname } from 'node:path';

/** The folder of this package, from sources and from dist/ alike. */
export const packageRoot = dirname(createRequire(import.meta.url).resolve('solireward/package.json'));
