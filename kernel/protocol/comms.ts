import { randomUUID } from 'node:crypto';
import type { Comm } from '../../src/base/host.js';
import type { Message } from './wire.js';

type Data = Record<string, unknown>;
type Handler = (comm: Comm, data: Data) => void;

/** Sends a comm message to all front ends. */
export type PublishComm = (type: string, content: object, buffers?: readonly Uint8Array[]) => void;

/** One end of a comm: the code's. */
class Line implements Comm {
  readonly id: string;
  readonly target: string;
  readonly #publish: PublishComm;
  readonly #forget: () => void;
  #open = true;
  /** What the other side's messages are given to; without one they are dropped. */
  message: Parameters<Comm['onMessage']>[0] = () => {};
  closed: () => void = () => {};

  constructor(id: string, target: string, publish: PublishComm, forget: () => void) {
    this.id = id;
    this.target = target;
    this.#publish = publish;
    this.#forget = forget;
  }

  send(data: object, buffers: readonly Uint8Array[] = []): void {
    if (!this.#open) throw new Error(`comm.send: the comm to "${this.target}" is closed; open another one`);
    this.#publish('comm_msg', { comm_id: this.id, data }, buffers);
  }

  onMessage(handler: Parameters<Comm['onMessage']>[0]): void {
    this.message = handler;
  }

  onClose(handler: () => void): void {
    this.closed = handler;
  }

  close(data: object = {}): void {
    if (!this.#open) return;
    this.end();
    this.#publish('comm_close', { comm_id: this.id, data });
  }

  /** Takes the line as closed, without telling the other side. */
  end(): void {
    this.#open = false;
    this.#forget();
  }
}

/** The open lines between the user's code and the front ends (Jupyter, "Messaging", section "Custom Messages"). */
export class Comms {
  readonly #publish: PublishComm;
  readonly #lines = new Map<string, Line>();
  readonly #handlers = new Map<string, Handler>();

  constructor(publish: PublishComm) {
    this.#publish = publish;
  }

  /** Opens a line to what the front end has under a name. */
  open(target: string, data: object = {}): Comm {
    const line = this.#add(randomUUID(), target);
    this.#publish('comm_open', { comm_id: line.id, target_name: target, target_module: null, data });
    return line;
  }

  /** Answers the lines that front ends open to a name; the latest handler of a name counts. */
  answer(target: string, handler: Handler): void {
    this.#handlers.set(target, handler);
  }

  /** The open lines as comm_info tells them; those to `target` if it is given. */
  info(target?: unknown): Record<string, { target_name: string }> {
    const lines = [...this.#lines.values()].filter((line) => target == null || line.target === target);
    return Object.fromEntries(lines.map((line) => [line.id, { target_name: line.target }]));
  }

  /**
   * Takes a comm_open, comm_msg or comm_close. What nobody here answers to is closed, so that the front end learns
   * that it speaks to no one: an unknown target, a line of the kernel before it was restarted.
   * @throws what the code's handler throws; an Error if the message opens a line twice
   */
  receive({ header, content, buffers }: Message): void {
    const id = String(content.comm_id);
    const data = (content.data ?? {}) as Data;
    const line = this.#lines.get(id);
    if (header.msg_type === 'comm_open') {
      if (line) throw new Error(`comm_open: received the id ${id} of a comm that is open`);
      this.#receiveOpen(id, String(content.target_name), data);
    } else if (header.msg_type === 'comm_msg') {
      if (line) line.message(data, buffers);
      else this.#refuse(id);
    } else if (line) {
      line.end();
      line.closed();
    }
  }

  #receiveOpen(id: string, target: string, data: Data): void {
    const handler = this.#handlers.get(target);
    if (!handler) {
      this.#refuse(id);
      return;
    }
    const line = this.#add(id, target);
    try {
      handler(line, data);
    } catch (error) {
      line.close();
      throw error;
    }
  }

  #refuse(id: string): void {
    this.#publish('comm_close', { comm_id: id, data: {} });
  }

  #add(id: string, target: string): Line {
    const line = new Line(id, target, this.#publish, () => this.#lines.delete(id));
    this.#lines.set(id, line);
    return line;
  }
}
