import { type ChildProcess, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Dealer, Subscriber } from 'zeromq';
import { nodeFlags } from '../process/nodeFlags.js';
import { address, type Connection, type Message, Wire } from '../protocol/wire.js';
import { freePorts } from './freePorts.js';

/** How often a starting kernel is asked whether it is there. */
const askMilliseconds = 200;

/** Time that a kernel has to end in good order. */
const endMilliseconds = 5000;

/** Letters that are kept of what a kernel writes to its log, for the message when it ends by itself. */
const logLength = 2000;

/** What a kernel answers, and publishes, to a request. */
interface Request {
  published: (message: Message) => void;
  reply?: Message;
  idle: boolean;
  done: (reply: Message) => void;
  fail: (error: Error) => void;
}

/** A kernel of this package in a process of its own, and the one client that it has. */
export class KernelProcess {
  readonly #process: ChildProcess;
  readonly #folder: string;
  readonly #wire: Wire;
  readonly #shell = new Dealer({ linger: 0 });
  readonly #control = new Dealer({ linger: 0 });
  readonly #iopub = new Subscriber({ linger: 0, receiveHighWaterMark: 0 });
  readonly #requests = new Map<string, Request>();
  #log = '';
  #stopped = false;

  private constructor(folder: string, connection: Connection, cwd: string, env: NodeJS.ProcessEnv) {
    this.#folder = folder;
    this.#wire = new Wire(connection, randomUUID());
    const main = fileURLToPath(new URL('../process/main.js', import.meta.url));
    const args = [...nodeFlags, main, join(folder, 'connection.json')];
    // By its parent's number the kernel ends when this process has been killed.
    const options = { cwd, env: { ...env, JPY_PARENT_PID: String(process.pid) } };
    this.#process = spawn(process.execPath, args, { ...options, stdio: ['ignore', 'ignore', 'pipe'] });
    this.#process.stderr?.on('data', (chunk) => {
      this.#log = (this.#log + chunk).slice(-logLength);
    });
    this.#process.on('exit', (code, signal) => this.#end(code, signal));
    this.#shell.connect(address(connection, connection.shell_port));
    this.#control.connect(address(connection, connection.control_port));
    this.#iopub.connect(address(connection, connection.iopub_port));
    this.#iopub.subscribe('');
    for (const socket of [this.#shell, this.#control, this.#iopub]) void this.#listen(socket);
  }

  /**
   * Starts a kernel in a folder, and waits until it is heard.
   * @throws {Error} with the end of its log when it ends before that
   */
  static async start(cwd: string, env: NodeJS.ProcessEnv): Promise<KernelProcess> {
    const folder = await mkdtemp(join(tmpdir(), 'solireward-run-'));
    const connection = await newConnection(folder);
    await writeFile(join(folder, 'connection.json'), JSON.stringify(connection), { mode: 0o600 });
    const kernel = new KernelProcess(folder, connection, cwd, env);
    try {
      await kernel.#greet();
    } catch (error) {
      await kernel.stop();
      throw error;
    }
    return kernel;
  }

  /** Asks until an answer comes and is published too: what is published before a subscriber has connected is lost. */
  async #greet(): Promise<void> {
    for (;;) {
      const heard = this.#request(this.#shell, 'kernel_info_request', {}, () => {});
      let timer: ReturnType<typeof setTimeout> | undefined;
      const late = new Promise<undefined>((resolve) => {
        timer = setTimeout(() => resolve(undefined), askMilliseconds);
      });
      const reply = await Promise.race([heard, late]).finally(() => clearTimeout(timer));
      if (reply) return;
      heard.catch(() => {});
    }
  }

  /**
   * Runs a cell; gives its reply when it, and all that it has shown, has come. What is shown later is given to `published` too.
   * @throws {Error} when the kernel ends meanwhile
   */
  execute(code: string, published: (message: Message) => void): Promise<Message> {
    const content = {
      code,
      ...{ silent: false, store_history: true, user_expressions: {} },
      ...{ allow_stdin: false, stop_on_error: true },
    };
    return this.#request(this.#shell, 'execute_request', content, published);
  }

  /** Interrupts the running cell. */
  interrupt(): void {
    void this.#control.send(this.#wire.encode('interrupt_request', {}, undefined));
  }

  /** Ends the kernel, by force if it does not end in its time. */
  async stop(): Promise<void> {
    this.#stopped = true;
    if (this.#process.exitCode === null && this.#process.signalCode === null) {
      const ended = once(this.#process, 'exit');
      void this.#control.send(this.#wire.encode('shutdown_request', { restart: false }, undefined));
      const timer = setTimeout(() => this.#process.kill('SIGKILL'), endMilliseconds);
      await ended;
      clearTimeout(timer);
    }
    for (const socket of [this.#shell, this.#control, this.#iopub]) socket.close();
    await rm(this.#folder, { recursive: true, force: true });
  }

  #request(
    socket: Dealer,
    type: string,
    content: object,
    published: (message: Message) => void,
  ): Promise<Message> {
    const id = randomUUID();
    return new Promise((done, fail) => {
      this.#requests.set(id, { published, idle: false, done, fail });
      if (this.#process.exitCode !== null || this.#process.signalCode !== null)
        this.#end(this.#process.exitCode, this.#process.signalCode);
      else socket.send(this.#wire.encode(type, content, undefined, { id })).catch(fail);
    });
  }

  async #listen(socket: Dealer | Subscriber): Promise<void> {
    for await (const frames of socket) {
      const message = this.#wire.decode(frames);
      const request = this.#requests.get(message.parentId ?? '');
      if (!request) continue;
      if (socket !== this.#iopub) request.reply = message;
      else if (message.header.msg_type !== 'status') request.published(message);
      else if (message.content.execution_state === 'idle') request.idle = true;
      if (request.reply && request.idle) request.done(request.reply);
    }
  }

  #end(code: number | null, signal: NodeJS.Signals | null): void {
    const log = this.#log.trim();
    const how = signal ? `was ended by ${signal}` : `ended with ${code}`;
    const error = new Error(
      this.#stopped
        ? 'the kernel was stopped'
        : `the kernel ${how}${log ? `; the end of its log:\n${log}` : ''}`,
    );
    for (const { fail } of this.#requests.values()) fail(error);
  }
}

/** Sockets in a folder that only this user can open; on Windows, which has none, ports of this machine. */
async function newConnection(folder: string): Promise<Connection> {
  const ports = process.platform === 'win32' ? await freePorts(5) : [1, 2, 3, 4, 5];
  const [shell_port, iopub_port, stdin_port, control_port, hb_port] = ports;
  return {
    ...(process.platform === 'win32'
      ? { transport: 'tcp', ip: '127.0.0.1' }
      : { transport: 'ipc', ip: join(folder, 'socket') }),
    ...{ shell_port, iopub_port, stdin_port, control_port, hb_port },
    signature_scheme: 'hmac-sha256',
    key: randomUUID(),
  };
}
