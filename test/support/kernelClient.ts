import { type ChildProcess, spawn } from 'node:child_process';
import { createHmac, randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Dealer, Request, Subscriber } from 'zeromq';
import { nodeFlags } from '../../kernel/process/nodeFlags.js';

/** A message as the client sees it. */
export interface Received {
  type: string;
  parent: string;
  session: string;
  content: Record<string, unknown>;
  metadata: Record<string, unknown>;
  buffers: Buffer[];
  id: string;
}

/** How a message is sent. */
export interface SendOptions {
  channel?: 'shell' | 'control' | 'stdin';
  buffers?: Uint8Array[];
  metadata?: object;
  /** Id of the message that this one answers. */
  parent?: string;
  /** Breaks the signature. */
  tamper?: boolean;
}

/** What came of a request: the answer, and all that was published for it, in order. */
export interface Outcome {
  reply: Received;
  published: Received[];
}

/** A kernel's program; the connection file is its last argument. */
export interface Program {
  argv: string[];
  /** What stands before the port in the names of its ipc sockets; `-` in Jupyter. */
  separator?: string;
}

/** The ports of a kernel's channels. */
export type Ports = Record<'shell' | 'iopub' | 'stdin' | 'control' | 'hb', number>;

const main = fileURLToPath(new URL('../../dist/kernel/process/main.js', import.meta.url));

/** What a busy machine may take for anything, in milliseconds: less than a test may. */
const patience = 250_000;

/** The built kernel. */
export const built: Program = { argv: [process.execPath, ...nodeFlags, main] };

const delimiter = Buffer.from('<IDS|MSG>');

/** A small Jupyter client over real ZeroMQ, for one kernel process. */
export class Client {
  readonly process: ChildProcess;
  readonly exited: Promise<unknown>;
  /** The input requests that came so far. */
  readonly questions: Received[] = [];
  /** The states of the kernel so far. */
  readonly states: unknown[] = [];
  readonly #key = randomUUID();
  readonly session = randomUUID();
  readonly #folder = mkdtempSync(join(tmpdir(), 'solireward-kernel-'));
  readonly #shell = new Dealer({ linger: 0, reconnectInterval: 10, routingId: this.session });
  readonly #stdin = new Dealer({ linger: 0, reconnectInterval: 10, routingId: this.session });
  readonly #control = new Dealer({ linger: 0 });
  readonly #heartbeat = new Request({ linger: 0 });
  readonly #iopub = new Subscriber({ linger: 0, reconnectInterval: 10, receiveHighWaterMark: 0 });
  readonly #replies = new Map<string, Received>();
  readonly #published = new Map<string, Received[]>();
  /** Whoever waits for something to be heard: several may at once. */
  readonly #waiting = new Set<() => void>();

  private constructor(cwd: string | undefined, { argv, separator = '-' }: Program, tcp?: Ports) {
    const ports = tcp ?? { shell: 1, iopub: 2, stdin: 3, control: 4, hb: 5 };
    const ip = tcp ? '127.0.0.1' : join(this.#folder, 'socket');
    const socket = (name: keyof Ports) =>
      tcp ? `tcp://${ip}:${ports[name]}` : `ipc://${ip}${separator}${ports[name]}`;
    const connection = {
      transport: tcp ? 'tcp' : 'ipc',
      ip,
      ...Object.fromEntries(Object.entries(ports).map(([name, port]) => [`${name}_port`, port])),
      signature_scheme: 'hmac-sha256',
      key: this.#key,
    };
    const file = join(this.#folder, 'connection.json');
    writeFileSync(file, JSON.stringify(connection));
    this.process = spawn(argv[0], [...argv.slice(1), file], {
      cwd: cwd ?? this.#folder,
      stdio: ['ignore', 'ignore', 'inherit'],
    });
    this.exited = once(this.process, 'exit');
    this.#shell.connect(socket('shell'));
    this.#iopub.connect(socket('iopub'));
    this.#iopub.subscribe('');
    this.#stdin.connect(socket('stdin'));
    this.#control.connect(socket('control'));
    this.#heartbeat.connect(socket('hb'));
    for (const dealer of [this.#shell, this.#control])
      void this.#listen(dealer, (message) => this.#replies.set(message.parent, message));
    void this.#listen(this.#stdin, (message) => this.questions.push(message));
    void this.#listen(this.#iopub, (message) => {
      if (message.type === 'status') this.states.push(message.content.execution_state);
      this.#published.set(message.parent, [...(this.#published.get(message.parent) ?? []), message]);
    });
  }

  /**
   * Starts a kernel and waits until it answers and its iopub is heard.
   * @param cwd the folder that the kernel runs in; an empty one if it is not given
   * @param tcp the ports that it listens on; sockets in a folder if they are not given
   */
  static async start(cwd?: string, program = built, tcp?: Ports): Promise<Client> {
    const client = new Client(cwd, program, tcp);
    const ids: string[] = [];
    const heard = () => ids.some((id) => client.#replies.has(id) && client.published(id).length >= 2);
    do ids.push(await client.send('kernel_info_request', {}));
    while (!(await client.#until(heard, 200)));
    return client;
  }

  /** Sends a request without waiting; gives its id. */
  async send(type: string, content: object, options: SendOptions = {}): Promise<string> {
    const id = randomUUID();
    await this.sendFrames(this.frames(id, type, content, options), options);
    return id;
  }

  /** The frames of a signed message. */
  frames(id: string, type: string, content: unknown, options: SendOptions = {}): (string | Uint8Array)[] {
    const header = {
      msg_id: id,
      session: this.session,
      username: 'test',
      date: new Date().toISOString(),
      msg_type: type,
      version: '5.3',
    };
    const parent = options.parent === undefined ? {} : { msg_id: options.parent };
    const parts = [header, parent, options.metadata ?? {}, content].map((part) => JSON.stringify(part));
    return [delimiter, this.sign(parts, options), ...parts, ...(options.buffers ?? [])];
  }

  /** The signature of the four parts of a message. */
  sign(parts: string[], options: SendOptions = {}): string {
    const hmac = createHmac('sha256', options.tamper ? 'another key' : this.#key);
    for (const part of parts) hmac.update(part);
    return hmac.digest('hex');
  }

  /** Sends frames as they are. */
  sendFrames(frames: (string | Uint8Array)[], options: SendOptions = {}): Promise<void> {
    return { shell: this.#shell, control: this.#control, stdin: this.#stdin }[
      options.channel ?? 'shell'
    ].send(frames);
  }

  /** Waits for the answer to a request and for the idle status after it. */
  async outcome(id: string): Promise<Outcome> {
    const idle = (message: Received) =>
      message.type === 'status' && message.content.execution_state === 'idle';
    const done = () => this.#replies.has(id) && this.published(id).some(idle);
    if (!(await this.#until(done, patience))) throw new Error(`no outcome of ${id}`);
    return { reply: this.#replies.get(id)!, published: this.published(id) };
  }

  /** Waits for the answer to a request alone. */
  async reply(id: string): Promise<Received> {
    await this.until(() => this.#replies.has(id));
    return this.#replies.get(id)!;
  }

  /** Sends a request and waits for what comes of it. */
  async request(type: string, content: object, options: SendOptions = {}): Promise<Outcome> {
    return this.outcome(await this.send(type, content, options));
  }

  /** Runs a cell and waits for what comes of it. */
  execute(code: string, content: object = {}): Promise<Outcome> {
    return this.request('execute_request', { code, silent: false, store_history: true, ...content });
  }

  /** Waits until something that this client has heard makes `condition` true. */
  async until(condition: () => boolean): Promise<void> {
    if (!(await this.#until(condition, patience))) throw new Error(`never heard: ${condition}`);
  }

  /** Whether a request was answered already. */
  replied(id: string): boolean {
    return this.#replies.has(id);
  }

  /** What was published for a request so far. */
  published(id: string): Received[] {
    return this.#published.get(id) ?? [];
  }

  /** What a cell can wait for: an expression that is true until the gate is opened. */
  gate(): { closed: string; open: () => void } {
    const file = join(this.#folder, randomUUID());
    const closed = `!require('node:fs').existsSync(${JSON.stringify(file)})`;
    return { closed, open: () => writeFileSync(file, '') };
  }

  /** Stops to listen on the stdin channel. */
  closeStdin(): void {
    this.#stdin.close();
  }

  /** Whether the heartbeat echoes. */
  async beats(): Promise<boolean> {
    await this.#heartbeat.send('ping');
    const [frame] = await this.#heartbeat.receive();
    return frame.toString() === 'ping';
  }

  /** Ends the kernel, by force if it does not end by itself. */
  async stop(): Promise<void> {
    if (this.process.exitCode === null && this.process.signalCode === null) this.process.kill('SIGKILL');
    await this.exited;
    for (const socket of [this.#shell, this.#stdin, this.#control, this.#heartbeat, this.#iopub])
      socket.close();
    rmSync(this.#folder, { recursive: true, force: true });
  }

  async #listen(socket: Dealer | Subscriber, keep: (message: Received) => void): Promise<void> {
    for await (const frames of socket) {
      const start = frames.findIndex((frame) => frame.equals(delimiter)) + 2;
      const [header, parent, metadata, content] = frames
        .slice(start, start + 4)
        .map((frame) => JSON.parse(frame.toString()));
      keep({
        id: header.msg_id,
        type: header.msg_type,
        parent: parent.msg_id ?? '',
        session: header.session,
        content,
        metadata,
        buffers: frames.slice(start + 4),
      });
      for (const wake of this.#waiting) wake();
    }
  }

  async #until(condition: () => boolean, milliseconds: number): Promise<boolean> {
    const end = Date.now() + milliseconds;
    while (!condition()) {
      const left = end - Date.now();
      if (left <= 0) return false;
      await new Promise<void>((resolve) => {
        const wake = () => {
          clearTimeout(timer);
          this.#waiting.delete(wake);
          resolve();
        };
        const timer = setTimeout(wake, left);
        this.#waiting.add(wake);
      });
    }
    return true;
  }
}

/** The text that a cell printed. */
export const printed = ({ published }: Pick<Outcome, 'published'>, name = 'stdout'): string =>
  published
    .filter(({ type, content }) => type === 'stream' && content.name === name)
    .map(({ content }) => content.text)
    .join('');

/** The contents of the published messages of a type. */
export const contents = (
  { published }: Pick<Outcome, 'published'>,
  type: string,
): Record<string, unknown>[] =>
  published.filter((message) => message.type === type).map(({ content }) => content);

/** The bundle of the cell's last value. */
export const result = (outcome: Outcome): Record<string, string> =>
  contents(outcome, 'execute_result')[0]?.data as Record<string, string>;
