import { randomUUID } from 'node:crypto';
import type { Message } from './wire.js';

/** Sends an input_request to the client that sent `request`. */
export type SendInputRequest = (id: string, content: object, request: Message) => Promise<void>;

/** The front end has no way to ask the user. */
export class StdinNotImplemented extends Error {
  override name = 'StdinNotImplemented';
}

interface Question {
  id: string;
  answer: (value: string) => void;
}

/** Questions to the user over the stdin channel, one after the other. */
export class Stdin {
  readonly #send: SendInputRequest;
  #asked: Question | undefined;
  #last: Promise<unknown> = Promise.resolve();

  constructor(send: SendInputRequest) {
    this.#send = send;
  }

  /**
   * Asks who sent the cell `request` for a line of text.
   * @throws {StdinNotImplemented} if that front end does not ask its user; the signal's reason if it aborts
   */
  ask(
    request: Message,
    content: { prompt: string; password: boolean },
    signal: AbortSignal,
  ): Promise<string> {
    if (request.content.allow_stdin === false)
      throw new StdinNotImplemented(
        `input: this front end cannot ask its user "${content.prompt}" (allow_stdin is false); run the cell in a notebook`,
      );
    const answer = this.#last.then(() => this.#ask(request, content, signal));
    this.#last = answer.catch(() => {});
    return answer;
  }

  /** Takes an input_reply; one that answers nothing, or a question that was given up, is dropped. */
  receive({ parentId, content }: Message): void {
    // jupyter_client's own terminal names no parent.
    if (parentId !== undefined && parentId !== this.#asked?.id) return;
    this.#asked?.answer(String(content.value ?? ''));
  }

  async #ask(request: Message, content: object, signal: AbortSignal): Promise<string> {
    signal.throwIfAborted();
    const id = randomUUID();
    try {
      return await new Promise<string>((answer, reject) => {
        // The answer may come before the send is known to be done.
        this.#asked = { id, answer };
        signal.addEventListener('abort', () => reject(signal.reason), { once: true });
        this.#send(id, content, request).catch((cause) =>
          reject(
            new StdinNotImplemented('input: this front end does not listen on the stdin channel', { cause }),
          ),
        );
      });
    } finally {
      this.#asked = undefined;
    }
  }
}
