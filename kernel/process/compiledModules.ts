import nodeModule from 'node:module';
import { cacheFolder } from '../../src/base/cacheFolder.js';

/** What Node has from 22.1 on; the types are those of the oldest version. */
interface Compiles {
  enableCompileCache?(folder: string): unknown;
}

/**
 * Keeps what V8 compiles of the modules that are loaded from now on for the next kernel, where Node can: half of the time that
 * TypeScript takes to load. Node writes it when the process ends, and checks that it is of the same module and version. Not in
 * its own folder, which lies where others may write.
 */
export function keepCompiled(): void {
  (nodeModule as Compiles).enableCompileCache?.(cacheFolder('modules'));
}
