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

/** Where so many win-lose pairs are to be expected and none comes, none will: the kinds are spread evenly. */
const expectedPairs = 2;

/**
 * Draws batches of pairs and reads their clips, one batch ahead. A pair with a clip that cannot be read is left out,
 * and the next pair of the stream takes its place.
 */
export class PairFeed {
  private ahead: Promise<LoadedPairs> | undefined;
  private read = 0;
  private decided = 0;

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
    const loaded = await (this.ahead ?? this.load());
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
      const clips = candidates.flatMap(({ chosen, rejected }) => [chosen, rejected]);
      for (const [id, value] of await this.stage.load(clips, this.signal)) features.set(id, value);
      pairs.push(
        ...candidates.filter(({ chosen, rejected }) => features.has(chosen.id) && features.has(rejected.id)),
      );
    }
    this.read += pairs.length;
    this.decided += pairs.filter(({ kind }) => kind === 'win-lose').length;
    if (this.decided === 0 && this.read * this.decidedShare >= expectedPairs) throw this.onlyTies();
    return { pairs, features, cursor: this.stream.cursor };
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
