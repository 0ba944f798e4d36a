import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { appendFile, mkdir, readFile, stat } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { replaceFile } from '../../base/replaceFile.js';
import { checkRegular } from './clipInput.js';

/** Bytes of the SHA-256 that stands before the bytes of an entry. */
const digestBytes = 32;

/**
 * Bytes on disk, made once for each key: decoded frames, their tiles, or anything else that is a function of a
 * file's content and of parameters. Several processes may share a folder: entries are written under another
 * name and renamed, and an entry that is damaged is made again, never served.
 */
export class FrameCache {
  private hashes: Promise<Map<string, string>> | undefined;

  constructor(
    /** Folder of the entries; made when the first one is written. */
    readonly folder: string,
  ) {}

  /**
   * The entry of a key, made and kept when it is not there.
   * @param key plain data that determines the bytes, for example { content: await cache.contentHash(path),
   *   segments: 8 }; the order of its properties does not matter.
   * @throws whatever `make` throws (nothing is kept then), and file system errors of writing.
   */
  async get(key: object, make: () => Promise<Uint8Array>): Promise<Uint8Array> {
    const kept = await this.find(key);
    if (kept) return kept;
    const made = await make();
    await this.keep(key, made);
    return made;
  }

  /** The entry of a key, where it is there and whole. */
  async find(key: object): Promise<Uint8Array | undefined> {
    const entry = await readFile(this.fileOf(key)).catch(() => Buffer.alloc(0));
    if (entry.length < digestBytes) return undefined;
    const kept = new Uint8Array(entry.buffer, entry.byteOffset + digestBytes, entry.length - digestBytes);
    return digest(kept).equals(entry.subarray(0, digestBytes)) ? kept : undefined;
  }

  /** Whether there is an entry of a key, whole or not. */
  async has(key: object): Promise<boolean> {
    return stat(this.fileOf(key)).then(
      () => true,
      () => false,
    );
  }

  /** Writes the entry of a key. @throws file system errors. */
  async keep(key: object, bytes: Uint8Array): Promise<void> {
    const file = this.fileOf(key);
    await mkdir(dirname(file), { recursive: true });
    await replaceFile(file, (draft) => draft.writeFile(Buffer.concat([digest(bytes), bytes])));
  }

  private fileOf(key: object): string {
    const name = createHash('sha256').update(canonicalJson(key)).digest('hex');
    return join(this.folder, name.slice(0, 2), name.slice(2));
  }

  /**
   * SHA-256 of a file's content; remembered in the folder by path, size and time of change, so that a large
   * file is read once.
   * @throws file system errors of reading, such as ENOENT, and Error for what is not a regular file.
   */
  async contentHash(path: string): Promise<string> {
    const stats = await stat(path, { bigint: true });
    checkRegular(stats);
    const { size, mtimeNs } = stats;
    const version = JSON.stringify([resolve(path), String(size), String(mtimeNs)]);
    this.hashes ??= this.readHashes();
    const hashes = await this.hashes;
    let hash = hashes.get(version);
    if (!hash) {
      const sha256 = createHash('sha256');
      await pipeline(createReadStream(path), sha256);
      hash = sha256.digest('hex');
      hashes.set(version, hash);
      await this.remember(`${hash} ${version}\n`);
    }
    return hash;
  }

  /** Forgetting a hash costs time only: a folder that cannot be written is for `get` to report. */
  private async remember(line: string): Promise<void> {
    await mkdir(this.folder, { recursive: true })
      .then(() => appendFile(this.hashFile, line))
      .catch(() => {});
  }

  private get hashFile(): string {
    return join(this.folder, 'hashes.txt');
  }

  private async readHashes(): Promise<Map<string, string>> {
    const lines = await readFile(this.hashFile, 'utf8').catch(() => '');
    // A line that a killed process left unfinished does not match.
    const whole = lines.matchAll(/^([0-9a-f]{64}) (\[.*\])$/gm);
    return new Map(Array.from(whole, ([, hash, version]) => [version, hash]));
  }
}

function digest(bytes: Uint8Array): Buffer {
  return createHash('sha256').update(bytes).digest();
}

/** JSON with the properties of every object in order of their names. */
function canonicalJson(value: unknown): string {
  return JSON.stringify(value, (_, inner) =>
    inner && typeof inner === 'object' && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1)))
      : inner,
  );
}
