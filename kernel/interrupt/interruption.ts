import { AsyncLocalStorage, createHook } from 'node:async_hooks';
import { Session } from 'node:inspector';
import { types } from 'node:util';
import { asyncContexts } from './asyncContexts.js';
import { shared, terminateKey } from './interruptWords.js';

/** The user has interrupted the cell. */
export class Interrupted extends Error {
  override name = 'Interrupted';
  override stack = 'Interrupted: the cell was stopped; what earlier cells made is still there';
}

/** Whether something thrown is an interrupt, without a question to a value that may throw itself. */
export const isInterrupted = (error: unknown): boolean =>
  types.isNativeError(error) && Object.getPrototypeOf(error) === Interrupted.prototype;

/** Time that a cell which heeds its AbortSignal has to end by itself, for instance to save a checkpoint. */
const graceMilliseconds = 700;

/** So often a termination is put off: where a loop is compiled into Node's own, V8 looks nowhere else. */
const mostDelays = 20;

/** Has promises enter their contexts again: Node sets its own hooks anew when any hook is enabled. */
function restorePromiseHooks(): void {
  createHook({ init() {} })
    .enable()
    .disable();
}

interface RunningCell {
  number: number;
  interrupted: boolean;
  heeds: boolean;
  abort: AbortController;
  end: (reason: Interrupted) => void;
}

/**
 * The interruption of cells, as the main thread sees it. Code of a cell asks at the head of each loop whether it is
 * interrupted, by a look at the shared array, and after each `await` by {@link Interruption.live}; what neither
 * loops nor awaits in a cell is terminated by the control thread (`terminate.ts`).
 */
export class Interruption {
  readonly #words: Int32Array;
  readonly #cells = new AsyncLocalStorage<RunningCell>();
  #running: RunningCell | undefined;
  #count = 0;

  readonly #inspector = new Session();
  /** How often a termination has been put off. */
  #delays = 0;

  /** @param words the array that the control thread sees as well; its places are named by {@link shared} */
  constructor(words: Int32Array) {
    this.#words = words;
    this.#inspector.connect();
    Object.assign(globalThis, { [Symbol.for(terminateKey)]: this.terminate });
  }

  /** The shared array; a loop stops when the lowest bit of its first number is set. */
  get words(): Int32Array {
    return this.#words;
  }

  /** Aborts when the cell that asks is interrupted. Whoever asks gets some time to end by itself. */
  get signal(): AbortSignal | undefined {
    const cell = this.#cells.getStore() ?? this.#running;
    if (!cell) return undefined;
    cell.heeds = true;
    if (cell === this.#running) Atomics.store(this.#words, shared.heeds, 1);
    return cell.abort.signal;
  }

  /** Computes something of the kernel's own, which must not be terminated. */
  protect<T>(compute: () => T): T {
    const before = Atomics.exchange(this.#words, shared.busy, 1);
    try {
      return compute();
    } finally {
      Atomics.store(this.#words, shared.busy, before);
    }
  }

  /**
   * Runs a cell: `prepare` compiles it, then its code runs in a turn of its own. A terminated execution takes all
   * frames of its turn with it, and they must not be the kernel's.
   * @throws Interrupted when the cell is interrupted and does not end otherwise
   */
  async run<T>(prepare: () => () => Promise<T>): Promise<T> {
    const cell: RunningCell = {
      number: ++this.#count,
      interrupted: false,
      heeds: false,
      abort: new AbortController(),
      end: () => {},
    };
    this.#running = cell;
    Atomics.store(this.#words, shared.heeds, 0);
    Atomics.store(this.#words, shared.cell, 2 * cell.number);
    try {
      const code = this.protect(prepare);
      return await new Promise<T>((resolve, reject) => {
        cell.end = reject;
        const start = () => {
          if (this.#flagged || cell.interrupted) reject(new Interrupted());
          else code().then(resolve, reject);
        };
        this.#cells.run(cell, () => setImmediate(start));
      });
    } finally {
      this.#running = undefined;
      Atomics.store(this.#words, shared.cell, 0);
    }
  }

  /**
   * Takes notice of an interrupt: aborts the cell's signal, and ends the cell, at once or after a short grace if
   * something heeds the signal. What the cell awaits may go on.
   * @param number the cell that ran when the interrupt came, see {@link shared}; a later one is left alone
   */
  interrupt(number: number): void {
    Atomics.add(this.#words, shared.received, 1);
    const cell = this.#running;
    if (cell?.number !== number) return;
    this.#markInterrupted(cell);
    if (cell.heeds) setTimeout(() => cell.end(new Interrupted()), graceMilliseconds);
    else cell.end(new Interrupted());
  }

  /** {@link interrupt} for the cell that runs by now, if one does. */
  interruptCurrent(): void {
    this.interrupt(this.#running?.number ?? 0);
  }

  /** Ends a cell whose code has been terminated. */
  end(number: number): void {
    asyncContexts.clearAsyncIdStack();
    restorePromiseHooks();
    const cell = this.#running;
    if (cell?.number === number) cell.end(new Interrupted());
  }

  /** Asks the running cell to end by itself. */
  abort(): void {
    this.#running?.abort.abort(new Interrupted());
  }

  /**
   * Terminates what runs. The control thread has this called in the middle of it, where V8 looks for interrupts.
   * @param received the interrupts that had been received when it was decided; if there are more by now, nothing is done
   * @returns false where it has to be tried again, a moment later
   */
  readonly terminate = (received: number): boolean => {
    if (Atomics.load(this.#words, shared.received) !== received) return true;
    // What is terminated does not leave the asynchronous contexts that it has entered, and Node insists on that: it
    // aborts. So promises enter none from here on, and Node must not be just about to enter one for a tick or a timer.
    asyncContexts.setPromiseHooks();
    const [, , , interrupted] = new Error().stack?.split('\n') ?? [];
    if (interrupted?.includes('node:internal/') && ++this.#delays < mostDelays) return false;
    this.#delays = 0;
    asyncContexts.clearAsyncIdStack();
    this.#inspector.post('Runtime.terminateExecution');
    return true;
  };

  /** Called where a loop has found itself interrupted. @throws Interrupted */
  readonly stop = (): never => {
    if (this.#running) this.#markInterrupted(this.#running);
    throw new Interrupted();
  };

  /** Called after each `await`, with its value, and in loops that await. @throws Interrupted */
  readonly live = <T>(value: T): T => {
    const cell = this.#cells.getStore();
    if (this.#flagged && cell === this.#running) this.stop();
    if (cell?.interrupted) throw new Interrupted();
    return value;
  };

  get #flagged(): boolean {
    return (this.#words[shared.cell] & 1) === 1;
  }

  /** The flag is taken back, so that what cleans up may loop; the control thread watches what goes on all the same. */
  #markInterrupted(cell: RunningCell): void {
    cell.interrupted = true;
    Atomics.and(this.#words, shared.cell, ~1);
    cell.abort.abort(new Interrupted());
  }
}
