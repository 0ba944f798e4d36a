import type { Clip } from '../data/clip.js';
import { locate } from './clipNames.js';

/** The clips of a file as its rows name them, each once. */
export class ClipList {
  readonly #clips = new Map<string, Clip>();
  readonly #otherPrompts = new Set<string>();
  /** Files that are there, by clip. */
  readonly #files = new Map<string, string>();

  /** @param videos the folder below which the clips are */
  constructor(
    private readonly where: string,
    private readonly videos: string,
  ) {}

  get clips(): Clip[] {
    return [...this.#clips.values()];
  }

  /**
   * The id of a clip, which is its name in the file without `./`, or what the file calls it besides.
   * @param name its path or URL
   */
  add(name: string, { id: own, ...known }: Partial<Omit<Clip, 'path'>> = {}): string {
    const plainName = name.replace(/^(\.[/\\])+/, '');
    const id = own === undefined || own === name ? plainName : own;
    const first = this.#clips.get(id);
    if (first === undefined) {
      const { path, isThere } = locate(plainName, this.videos);
      if (isThere) this.#files.set(id, path);
      const given = Object.entries(known).filter(([, value]) => value !== undefined);
      this.#clips.set(id, { id, path, ...Object.fromEntries(given) });
    } else if (known.prompt !== undefined && first.prompt !== known.prompt) this.#otherPrompts.add(id);
    return id;
  }

  /** @throws {Error} where two names lead to one file that is there */
  check(): void {
    const byPath = new Map<string, string>();
    for (const [id, path] of this.#files) {
      const other = byPath.get(path);
      if (other !== undefined)
        throw new Error(
          `${this.where}: the clips ${other} and ${id} are one file, ${path}; keep the videos in their folders, and ` +
            'give the outermost as `videos`',
        );
      byPath.set(path, id);
    }
  }

  get notes(): string[] {
    const notes = [`files: ${this.#files.size} of ${this.#clips.size} clips are there, below ${this.videos}`];
    const [first] = this.#otherPrompts;
    if (first !== undefined)
      notes.push(
        `prompts: ${this.#otherPrompts.size} clips have several, of which the first counts, as ${first}`,
      );
    return notes;
  }
}
