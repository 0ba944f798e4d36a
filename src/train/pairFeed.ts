import type { Clip } from '../data/clip.js';
import { readAhead } from '../model/input/ahead.js';
import type { Stage } from '../model/stages/stage.js';
import type { Pair, PairStream } from '../pairing/pair.js';

/** Pairs whose clips are all read. */
export interface LoadedPairs {
  pairs: Pair[];
  /** Features by clip id. */
  features: ReadonlyMap<string, unknown>;
  /** Place in the stream after these pairs. */
  cursor: number;
}

const clipsOf = (pairs: readonly Pair[]): Clip[] =>
  pairs.flatMap(({ chosen, rejected }) => [chosen, rejected]);

/** Where so many win-lose pairs are to be expected and none comes, none will: the kinds are spread evenly. */
const expectedPairs = 2;

/**
 * Draws batches of pairs and reads their clips: one batch ahead, and the clips of those after it as far as `readAhead`. A pair with a clip that cannot be read is left out,
 * and the next pair of the stream takes its place.
 */
export class PairFeed {
  private ahead: Promise<LoadedPairs> | undefined;
  private read = 0;
  private decided = 0;
  /** Seconds that `next` was waited for while nothing was computed. */
  waited = 0;

  constructor(
    private readonly stream: PairStream,
    private readonly stage: Stage,
    private readonly batchSize: number,
    private readonly signal?: AbortSignal,
    /** Share of win-lose pairs in the stream, where there should be some. */
    private readonly decidedShare = 0,
  ) {}

  /**
   * The next batch; begins to read the one after it.
   * @throws with the signal's reason, and when a whole epoch has not enough pairs that can be read.
   */
  async next(): Promise<LoadedPairs> {
    const [asked, computed] = [performance.now(), this.stage.computed];
    const loaded = await (this.ahead ?? this.load());
    const seconds = (performance.now() - asked) / 1000;
    this.waited += Math.max(0, seconds - (this.stage.computed - computed));
    this.ahead = this.load();
    this.ahead.catch(() => {}); // the caller may stop before it asks for it
    return loaded;
  }

  private async load(): Promise<LoadedPairs> {
    const pairs: Pair[] = [];
    const features = new Map<string, unknown>();
    let drawn = 0;
    while (pairs.length < this.batchSize) {
      if (drawn > this.stream.length + this.batchSize) throw this.nothingToRead(pairs.length);
      const candidates = this.stream.next(this.batchSize - pairs.length);
      drawn += candidates.length;
      const loading = this.stage.load(clipsOf(candidates), this.signal);
      this.stage.prepare(clipsOf(this.coming()), this.signal);
      for (const [id, value] of await loading) features.set(id, value);
      pairs.push(
        ...candidates.filter(({ chosen, rejected }) => features.has(chosen.id) && features.has(rejected.id)),
      );
    }
    this.read += pairs.length;
    this.decided += pairs.filter(({ kind }) => kind === 'win-lose').length;
    if (this.decided === 0 && this.read * this.decidedShare >= expectedPairs) throw this.onlyTies();
    return { pairs, features, cursor: this.stream.cursor };
  }

  /** The pairs that will be drawn next. */
  private coming(): Pair[] {
    const { cursor } = this.stream;
    const pairs = this.stream.next(readAhead * this.batchSize);
    this.stream.cursor = cursor;
    return pairs;
  }

  private onlyTies(): Error {
    const failures = [...this.stage.failures.values()];
    const some = failures.slice(0, 3).map(({ clip, reason }) => `"${clip.id}": ${reason}`);
    return new Error(
      `fit: the first ${this.read} pairs that can be read are ties, which do not say what is better: all clips of one ` +
        `label may be unreadable; ${failures.length} clips are, the first are ${some.join('; ')}`,
    );
  }

  private nothingToRead(found: number): Error {
    const [first] = this.stage.failures.values();
    return new Error(
      `fit: an epoch of pairs gave ${found} of ${this.batchSize} whose clips can be read; ` +
        `${this.stage.failures.size} clips cannot, the first is "${first.clip.id}": ${first.reason}`,
    );
  }
}
