import type { Comm } from '../../../src/base/host.js';
import type { AnnotatorAnswer, AnnotatorRequest } from '../../../src/notebook/messages.js';
import type { AnnotatorStore } from './annotatorStore.js';

/** A request without what the link adds to it. */
export type Asked = AnnotatorRequest extends infer Request
  ? Request extends AnnotatorRequest
    ? Omit<Request, 'id' | 'annotator'>
    : never
  : never;

/** What the link tells. */
export interface LinkEvents {
  answered(answer: AnnotatorAnswer): void;
  /** The kernel does not answer yet. */
  waiting(message: string): void;
  /** The kernel has ended, or has no such annotator. */
  lost(message: string): void;
}

const retryMilliseconds = 500;
const patienceMilliseconds = 2000;

/**
 * The line from one annotator to the code: one request at a time. A request is kept until it is answered, also when
 * the page or the kernel ends in between, and is then sent again with the same id.
 */
export class AnnotatorLink {
  readonly #open: () => Comm;
  readonly #ask: (request: AnnotatorRequest) => Promise<object>;
  readonly #store: AnnotatorStore;
  readonly #name: string;
  readonly #events: LinkEvents;
  #comm: Comm | undefined;
  #request: AnnotatorRequest | undefined;
  #timer: number | undefined;

  /**
   * @param open opens a comm, or throws while there is no kernel; its end is the kernel's
   * @param ask asks what answers while a cell computes; what that rejects is sent over the comm
   */
  constructor(
    open: () => Comm,
    ask: (request: AnnotatorRequest) => Promise<object>,
    store: AnnotatorStore,
    name: string,
    events: LinkEvents,
  ) {
    this.#open = open;
    this.#ask = ask;
    this.#store = store;
    this.#name = name;
    this.#events = events;
  }

  /** Whether a request is on its way. */
  get busy(): boolean {
    return this.#request !== undefined;
  }

  /** Connects, and asks where the annotator is, by what was not answered last time if there is something. */
  connect(): void {
    this.close();
    try {
      this.#comm = this.#open();
    } catch (error) {
      this.#events.waiting((error as Error).message);
      this.#timer = window.setTimeout(() => this.connect(), retryMilliseconds);
      return;
    }
    this.#comm.onMessage((data) => this.#take(data as unknown as AnnotatorAnswer));
    this.#comm.onClose(() => {
      this.close();
      this.#events.lost(
        'The kernel was restarted, or has ended. Run this cell again: it continues at this clip.',
      );
    });
    this.#send(this.#store.read(this.#name).request ?? this.#requestOf({ type: 'start' }));
  }

  /** Sends a request; not while another one is on its way. */
  ask(asked: Asked): void {
    if (this.busy) return;
    const request = this.#requestOf(asked);
    this.#store.keep(this.#name, { request });
    this.#send(request);
  }

  /** Ends the line; what is not answered stays kept. */
  close(): void {
    clearTimeout(this.#timer);
    this.#request = undefined;
    this.#comm?.close();
    this.#comm = undefined;
  }

  #requestOf(asked: Asked): AnnotatorRequest {
    return { id: crypto.randomUUID(), annotator: this.#name, ...asked };
  }

  #send(request: AnnotatorRequest): void {
    this.#request = request;
    this.#ask(request).then(
      (answer) => this.#take(answer as AnnotatorAnswer),
      () => this.#sendByComm(request),
    );
    clearTimeout(this.#timer);
    this.#timer = window.setTimeout(
      () => this.#events.waiting('Waiting for the kernel; a cell may be running \u2026'),
      patienceMilliseconds,
    );
  }

  #sendByComm(request: AnnotatorRequest): void {
    if (this.#request !== request) return;
    try {
      this.#comm?.send(request);
    } catch (error) {
      this.#events.lost((error as Error).message);
    }
  }

  #take(answer: AnnotatorAnswer): void {
    if (answer.id !== this.#request?.id) return;
    clearTimeout(this.#timer);
    this.#request = undefined;
    this.#store.keep(this.#name, { request: undefined });
    this.#events.answered(answer);
  }
}
