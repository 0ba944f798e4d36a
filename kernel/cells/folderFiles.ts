import { readFileSync, statSync } from 'node:fs';

interface KnownFile<T> {
  state: string;
  parsed: T | undefined;
}

/** When a file was changed last and how long it is; empty when there is none. */
function stateOf(path: string): string {
  const stats = statSync(path, { throwIfNoEntry: false });
  return stats?.isFile() ? `${stats.mtimeMs} ${stats.size}` : '';
}

/**
 * The files that cells are compiled with, each parsed once for each state that it has. Files of the user are looked at
 * when a cell is compiled, and no earlier: a cell sees what the one before it has written, and no folder, however large,
 * is watched in between.
 */
export class FolderFiles<T> {
  readonly #files = new Map<string, KnownFile<T>>();
  readonly #isFixed: (path: string) => boolean;
  readonly #looked = new Set<string>();

  /** @param isFixed whether a file stays as it is while the kernel lives */
  constructor(isFixed: (path: string) => boolean) {
    this.#isFixed = isFixed;
  }

  /**
   * What `parse` makes of the text of a file, the same object as long as the file is the same; undefined where there is
   * none.
   */
  read(path: string, parse: (text: string) => T): T | undefined {
    const known = this.#files.get(path);
    if (known && (this.#looked.has(path) || this.#isFixed(path))) return known.parsed;
    this.#looked.add(path);
    const state = stateOf(path);
    if (known?.state === state) return known.parsed;
    const text = state === '' ? undefined : textOf(path);
    const parsed = text === undefined ? undefined : parse(text);
    // A file that is not there may come, whoever's it is.
    if (parsed === undefined) this.#files.delete(path);
    else this.#files.set(path, { state, parsed });
    return parsed;
  }

  /** Has the user's files looked at again when they are read next, and tells what has become of them since. */
  refresh(): 'nothing' | 'changes' | 'something is gone' {
    this.#looked.clear();
    let found: 'nothing' | 'changes' = 'nothing';
    for (const [path, { state }] of this.#files) {
      if (this.#isFixed(path)) continue;
      const now = stateOf(path);
      if (now === '') return 'something is gone';
      if (now !== state) found = 'changes';
    }
    return found;
  }
}

/** Without its byte order mark; undefined for a file that cannot be read. */
function textOf(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8').replace(/^\uFEFF/, '');
  } catch {
    return undefined;
  }
}
