import v8 from 'node:v8';
import vm from 'node:vm';

/** So much may be lying about before it is collected: this many bytes, and this share of what is in use. */
const slack = { bytes: 32 * 2 ** 20, share: 0.5 };

/**
 * Collects garbage between cells. What the compiler leaves behind is old by V8's measure, and V8 by itself lets such
 * garbage grow to several times of what is in use. What a cell makes is left to V8 while it runs.
 */
export class Garbage {
  readonly #collect = collector();
  /** Bytes in use after the latest collection. */
  #used = 0;

  /** Collects, if there may be much to collect: a matter of some 50 milliseconds for each 100 MB in use. */
  collectIfDue(): void {
    const { used_heap_size: used } = v8.getHeapStatistics();
    if (used - this.#used < Math.max(slack.bytes, slack.share * this.#used)) return;
    this.#collect();
    this.#used = v8.getHeapStatistics().used_heap_size;
  }
}

/** V8's own collection; Node hands it out to new contexts only, once the flag is set. */
function collector(): () => void {
  v8.setFlagsFromString('--expose-gc');
  const collect = vm.runInNewContext('gc') as () => void;
  v8.setFlagsFromString('--no-expose-gc');
  return collect;
}
