import { AsyncLocalStorage } from 'node:async_hooks';
import type { Publisher } from 'zeromq';
import type { Message, Wire } from '../protocol/wire.js';

/** Printed text waits this long for more, unless something else is sent. */
const batchMilliseconds = 50;

type StreamName = 'stdout' | 'stderr';

const isSilent = (request: Message | undefined): boolean => request?.content.silent === true;

/** What a kernel sends to all front ends: state, printed text, displays, results, errors. */
export class Output {
  readonly #socket: Publisher;
  readonly #wire: Wire;
  readonly #drain: () => Promise<void>;
  readonly #running = new AsyncLocalStorage<Message>();
  #latest: Message | undefined;
  #pending: { name: StreamName; parent: Message | undefined; text: string } | undefined;
  #pendingSince = 0;

  /**
   * @param socket unlimited: a message that cannot be sent at once would be lost (see `main.ts`)
   * @param drain waits for what children and native code have written, see `inheritedOutput.ts`
   */
  constructor(socket: Publisher, wire: Wire, drain: () => Promise<void>) {
    this.#socket = socket;
    this.#wire = wire;
    this.#drain = drain;
  }

  /** The request whose cell calls this, also after the cell has ended; else the latest one. */
  get parent(): Message | undefined {
    return this.#running.getStore() ?? this.#latest;
  }

  /**
   * Runs a cell so that all that it prints, then or later, belongs to `request`; so does what nobody owns, such as the
   * output of child processes: it has come when this ends.
   */
  async duringCell<T>(request: Message, cell: () => Promise<T>): Promise<T> {
    this.#latest = request;
    try {
      return await this.during(request, cell);
    } finally {
      await this.#drain();
    }
  }

  /** Runs code so that all that it prints, then or later, belongs to `request`. */
  during<T>(request: Message, code: () => T): T {
    return this.#running.run(request, code);
  }

  /** Sends a message at once, after the text that was printed before it. */
  publish(type: string, content: object, parent = this.parent, buffers: readonly Uint8Array[] = []): void {
    this.flush();
    void this.#socket.send(this.#wire.encode(type, content, parent, { identities: [type], buffers }));
  }

  /** Sends output of a cell at once; a silent cell has none. */
  show(type: string, content: object, parent = this.parent): void {
    if (!isSilent(parent)) this.publish(type, content, parent);
  }

  /** Prints text. Text is gathered and sent a few times a second: a loop may print a hundred thousand lines. */
  print(name: StreamName, text: string): void {
    const parent = this.parent;
    if (isSilent(parent)) return;
    if (this.#pending && (this.#pending.name !== name || this.#pending.parent !== parent)) this.flush();
    if (!this.#pending) {
      this.#pending = { name, parent, text: '' };
      this.#pendingSince = Date.now();
      setTimeout(() => this.flush(), batchMilliseconds).unref();
    }
    this.#pending.text += text;
    // A cell that never yields cannot be reached by the timer.
    if (Date.now() - this.#pendingSince > batchMilliseconds) this.flush();
  }

  /** Sends what was printed and not sent yet. */
  flush(): void {
    if (!this.#pending) return;
    const { name, parent, text } = this.#pending;
    this.#pending = undefined;
    void this.#socket.send(
      this.#wire.encode('stream', { name, text }, parent, { identities: [`stream.${name}`] }),
    );
  }

  /** Takes over the process's stdout and stderr. */
  captureProcess(): void {
    for (const name of ['stdout', 'stderr'] as const) {
      const decoder = new TextDecoder();
      process[name].write = ((chunk: string | Uint8Array, ...rest: unknown[]) => {
        this.print(name, typeof chunk === 'string' ? chunk : decoder.decode(chunk, { stream: true }));
        const done = rest.find((argument) => typeof argument === 'function') as (() => void) | undefined;
        if (done) process.nextTick(done);
        return true;
      }) as typeof process.stdout.write;
    }
  }
}
