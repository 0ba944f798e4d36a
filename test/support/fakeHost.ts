import { afterEach, beforeEach } from 'vitest';
import { type Comm, type DisplayOptions, type Host, hostKey, type MimeBundle } from '../../src/base/host.js';

type Data = Record<string, unknown>;

/** A comm as the front end sees it. */
export interface FrontEndComm {
  readonly target: string;
  /** The data that the code opened the comm with; empty for one that the front end has opened. */
  readonly data: object;
  /** What the code has sent, in order, as the JSON that came over the wire. */
  readonly received: Data[];
  /** The binary buffers beside each of `received`. */
  readonly buffers: (readonly Uint8Array[])[];
  readonly closed: boolean;
  /** Sends as the front end does: the code's handler has run when this returns. */
  send(data: Data, buffers?: readonly Uint8Array[]): void;
  close(): void;
}

/** A notebook that keeps what is shown in it, with the front end's side of its comms. */
export interface FakeHost extends Host {
  shown: { bundle: MimeBundle; options: DisplayOptions }[];
  /** How the code has cleared the output. */
  cleared: { wait: boolean }[];
  /** The comms that the code has opened. */
  opened: FrontEndComm[];
  /** What the user types where the code asks for input, in order; without one the front end cannot ask. */
  answers: string[];
  /** Opens a comm from the front end; one that nobody answers to comes back closed. */
  connect(target: string, data?: Data): FrontEndComm;
}

/** Puts a notebook around each test of the calling file. */
export function insideNotebook(): FakeHost {
  const targets = new Map<string, Parameters<Host['onComm']>[1]>();
  const notebook: FakeHost = {
    shown: [],
    cleared: [],
    opened: [],
    answers: [],
    display: (bundle, options = {}) => notebook.shown.push({ bundle, options }),
    clearOutput: (wait = false) => notebook.cleared.push({ wait }),
    bundle: async (value) => ({ 'text/plain': `bundle of ${value}` }),
    openComm(target, data = {}) {
      const { code, frontEnd } = commOf(target, data);
      notebook.opened.push(frontEnd);
      return code;
    },
    onComm: (target, handler) => targets.set(target, handler),
    async input(prompt) {
      const answer = notebook.answers.shift();
      if (answer === undefined) throw new Error(`the front end cannot ask: ${prompt}`);
      return answer;
    },
    connect(target, data = {}) {
      const { code, frontEnd } = commOf(target, {});
      const handler = targets.get(target);
      if (handler) handler(code, overTheWire(data));
      else code.close();
      return frontEnd;
    },
  };
  beforeEach(() => {
    notebook.shown = [];
    notebook.opened = [];
    notebook.answers = [];
    targets.clear();
    (globalThis as { [hostKey]?: Host })[hostKey] = notebook;
  });
  afterEach(() => {
    delete (globalThis as { [hostKey]?: Host })[hostKey];
  });
  return notebook;
}

const overTheWire = (data: object): Data => JSON.parse(JSON.stringify(data));

let comms = 0;

/** The two ends of a comm. */
function commOf(target: string, data: object): { code: Comm; frontEnd: FrontEndComm } {
  let message: Parameters<Comm['onMessage']>[0] = () => {};
  let close = () => {};
  const frontEnd = {
    target,
    data: overTheWire(data),
    received: [] as Data[],
    buffers: [] as (readonly Uint8Array[])[],
    closed: false,
    send(data: Data, buffers: readonly Uint8Array[] = []) {
      if (frontEnd.closed) throw new Error('the comm is closed');
      message(overTheWire(data), buffers);
    },
    close() {
      if (frontEnd.closed) return;
      frontEnd.closed = true;
      close();
    },
  };
  const code: Comm = {
    id: `comm-${++comms}`,
    send(data, buffers = []) {
      frontEnd.received.push(overTheWire(data));
      frontEnd.buffers.push(buffers);
    },
    onMessage: (handler) => {
      message = handler;
    },
    onClose: (handler) => {
      close = handler;
    },
    close: () => {
      frontEnd.closed = true;
    },
  };
  return { code, frontEnd };
}
