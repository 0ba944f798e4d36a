import { statSync } from 'node:fs';
import type * as TypeScript from 'typescript';

interface WatchedFile {
  path: string;
  callback: TypeScript.FileWatcherCallback;
  state: string;
}

/** When a file was changed last and how long it is; empty when there is none. */
function stateOf(path: string): string {
  const stats = statSync(path, { throwIfNoEntry: false });
  return stats ? `${stats.mtimeMs} ${stats.size}` : '';
}

/**
 * Tells TypeScript which files of the user have changed: when a cell is compiled, and no earlier. So a cell sees what
 * the one before it has written, and no folder, however large, is watched in between.
 */
export class FolderFiles {
  readonly #files = new Set<WatchedFile>();
  readonly #isFixed: (path: string) => boolean;

  /** @param isFixed whether a file stays as it is while the kernel lives */
  constructor(isFixed: (path: string) => boolean) {
    this.#isFixed = isFixed;
  }

  /** In place of `ts.sys.watchFile`. */
  readonly watchFile = (path: string, callback: TypeScript.FileWatcherCallback): TypeScript.FileWatcher => {
    if (this.#isFixed(path)) return { close: () => {} };
    const file: WatchedFile = { path, callback, state: stateOf(path) };
    this.#files.add(file);
    return { close: () => this.#files.delete(file) };
  };

  /** In place of `ts.sys.watchDirectory`: what was not found is looked for again, see `compiler.ts`. */
  readonly watchDirectory = (): TypeScript.FileWatcher => ({ close: () => {} });

  /** Tells of files that have changed since the last time. */
  refresh(): void {
    for (const file of [...this.#files]) {
      const state = stateOf(file.path);
      if (state === file.state) continue;
      // TypeScript's FileWatcherEventKind: Created 0, Changed 1, Deleted 2.
      const kind = state === '' ? 2 : file.state === '' ? 0 : 1;
      file.state = state;
      file.callback(file.path, kind);
    }
  }
}
