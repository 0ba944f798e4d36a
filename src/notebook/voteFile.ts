import {
  closeSync,
  constants,
  fstatSync,
  fsyncSync,
  openSync,
  readSync,
  type Stats,
  writeSync,
} from 'node:fs';
import { basename, dirname, resolve } from 'node:path';
import { type VoteLogEvent, voteLogEvent } from '../data/votes/voteLog.js';

/** Time after which a line without an end is no longer being written. */
const settleMilliseconds = 100;

const newline = 0x0a;

/**
 * An append-only vote log (JSON Lines) that several processes may write at once: each line is appended by one write
 * and is on disk when `append` returns. What others have appended is read before that.
 */
export class VoteFile {
  /** The events so far, in the order of the file. */
  readonly events: VoteLogEvent[] = [];
  /** What was repaired, in words. */
  readonly repairs: string[] = [];
  readonly path: string;
  readonly #ids = new Set<string>();
  readonly #inode: number;
  /** How much of the file is read: whole lines only. */
  #offset = 0;
  #lines = 0;
  /** The bytes after the last line end. */
  #rest = Buffer.alloc(0);

  /**
   * Opens the file, or makes it, and repairs a last line that was cut off.
   * @throws {Error} that names the file, and the line where one is malformed; also when it cannot be read and written
   */
  constructor(path: string) {
    this.path = resolve(path);
    this.#inode = this.#using('a+', (_, { ino }) => ino);
    syncFolder(dirname(this.path));
    this.refresh();
    this.#repair();
  }

  /** Whether an event of that id is in the file. */
  has(id: string): boolean {
    return this.#ids.has(id);
  }

  /**
   * Reads what was appended since the last time.
   * @throws {Error} when the file is malformed, was cut, moved or deleted
   */
  refresh(): void {
    this.#rest = this.#using('r', (file, { ino, size }) => {
      if (ino !== this.#inode || size < this.#offset) {
        throw this.#failure('was replaced or cut while it was in use; put it back, then run the cell again');
      }
      const bytes = Buffer.alloc(size - this.#offset);
      return bytes.subarray(0, readSync(file, bytes, 0, bytes.length, this.#offset));
    });
    for (let end = this.#rest.indexOf(newline); end >= 0; end = this.#rest.indexOf(newline)) {
      this.#take(this.#rest.toString('utf8', 0, end));
      this.#offset += end + 1;
      this.#rest = this.#rest.subarray(end + 1);
    }
  }

  /**
   * Appends events by one write, and returns when they are on disk. One whose id is in the file already is left out.
   * @throws {Error} when they cannot be written; then none of them is in `events`
   */
  append(events: readonly VoteLogEvent[]): void {
    this.refresh();
    this.#repair();
    const lines = events.filter(({ id }) => !this.has(id)).map((event) => `${JSON.stringify(event)}\n`);
    if (lines.length === 0) return;
    this.#write(lines.join(''));
    this.refresh();
  }

  #take(line: string): void {
    this.#lines++;
    if (line.trim() === '') return;
    const place = `annotator: ${basename(this.path)} line ${this.#lines}`;
    const event = voteLogEvent(parse(line, place), place);
    if (!this.#ids.has(event.id)) this.events.push(event);
    this.#ids.add(event.id);
  }

  /**
   * Ends a last line that has no end. One that is not a whole line is blanked with spaces and not cut off: where somebody
   * else has appended after it in the meantime, that stays.
   */
  #repair(): void {
    while (this.#rest.length > 0) {
      const rest = this.#rest;
      sleep(settleMilliseconds);
      this.refresh();
      if (!rest.equals(this.#rest)) continue;
      const text = rest.toString('utf8');
      if (!isJson(text)) {
        const offset = this.#offset;
        this.#using('r+', (file) => {
          writeSync(file, Buffer.alloc(rest.length, ' '), 0, rest.length, offset);
          fsyncSync(file);
        });
        this.repairs.push(
          `The last line of ${basename(this.path)} (line ${this.#lines + 1}) was cut off and is removed: ${text}`,
        );
      }
      this.#write('\n');
      this.refresh();
    }
  }

  #write(text: string): void {
    const bytes = Buffer.from(text);
    this.#using(constants.O_WRONLY | constants.O_APPEND, (file, { ino }) => {
      if (ino !== this.#inode) throw this.#failure('was replaced while it was in use');
      const written = writeSync(file, bytes);
      if (written < bytes.length) {
        throw this.#failure(`took ${written} of ${bytes.length} bytes: the disk may be full`);
      }
      fsyncSync(file);
    });
  }

  /** Opens the file for one use. */
  #using<T>(flags: string | number, use: (file: number, stats: Stats) => T): T {
    let file: number | undefined;
    try {
      file = openSync(this.path, flags);
      return use(file, fstatSync(file));
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === undefined) throw error;
      throw this.#failure(`cannot be read and written: ${(error as Error).message}; give another file`);
    } finally {
      if (file !== undefined) closeSync(file);
    }
  }

  #failure(what: string): Error {
    return new Error(`annotator: ${this.path} ${what}`);
  }
}

function parse(line: string, place: string): Record<string, unknown> {
  let row: unknown;
  try {
    row = JSON.parse(line);
  } catch (error) {
    throw new Error(
      `${place} is not valid JSON: ${(error as Error).message}; mend or remove the line, or give another file`,
    );
  }
  if (typeof row === 'object' && row !== null && !Array.isArray(row)) return row as Record<string, unknown>;
  throw new Error(`${place}: expected an object, received ${line}`);
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

/** Puts the entry of a new file on disk; Windows has no such call and does it by itself. */
function syncFolder(folder: string): void {
  if (process.platform === 'win32') return;
  const file = openSync(folder, 'r');
  fsyncSync(file);
  closeSync(file);
}

function sleep(milliseconds: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, milliseconds);
}
