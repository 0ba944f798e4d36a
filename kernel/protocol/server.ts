import { type Comm, type DisplayOptions, type Host, type MimeBundle, mime } from '../../src/base/host.js';
import { bundleOf, checkedBundle, displayedBundle } from '../cells/bundle.js';
import type { Cells } from '../cells/cells.js';
import { completeness } from '../cells/completeness.js';
import { errorContent, Failure } from '../cells/errors.js';
import { Interrupted, type Interruption } from '../interrupt/interruption.js';
import { Garbage } from '../process/garbage.js';
import type { Output } from '../process/output.js';
import { Comms } from './comms.js';
import { Debugger } from './debugger.js';
import { History } from './history.js';
import { kernelInfo } from './kernelInfo.js';
import { type SendInputRequest, Stdin } from './stdin.js';
import type { Message } from './wire.js';

/** Sends the answer to a request on the channel that it came from. */
export type Answer = (type: string, content: object) => void;

type AnswerBeside = NonNullable<Host['answerBeside']>;

/** Time in which requests that wait in the socket are read after an error. */
const drainMilliseconds = 20;

interface Execution {
  request: Message;
  answer: Answer;
  /** It was interrupted before its code began. */
  interrupted?: boolean;
}

/** The kernel's side of Jupyter's protocol: what each request does and what is told in answer. */
export class Server implements Host {
  readonly #makeCells: () => Cells;
  #madeCells: Cells | undefined;
  readonly #interruption: Interruption;
  readonly #output: Output;
  readonly #history = new History();
  readonly #garbage = new Garbage();
  readonly #comms: Comms;
  readonly #stdin: Stdin;
  readonly #answerBeside: AnswerBeside;
  readonly #debugger = new Debugger(
    () => this.#madeCells?.scope,
    (value) => this.#look(value),
  );
  /** A look at a value between cells, which may run code of the value. */
  #looking: Promise<unknown> | undefined;
  #waiting: Execution[] = [];
  #running: Execution | undefined;
  #count = 0;

  /** @param makeCells called once, when something first needs the compiler, which takes the better part of a second */
  constructor(
    makeCells: () => Cells,
    interruption: Interruption,
    output: Output,
    sendInputRequest: SendInputRequest,
    answerBeside: AnswerBeside,
  ) {
    this.#makeCells = makeCells;
    this.#interruption = interruption;
    this.#output = output;
    this.#comms = new Comms((type, content, buffers) =>
      output.publish(type, content, output.parent, buffers),
    );
    this.#stdin = new Stdin(sendInputRequest);
    this.#answerBeside = answerBeside;
  }

  get #cells(): Cells {
    this.#madeCells ??= this.#interruption.protect(this.#makeCells);
    return this.#madeCells;
  }

  /** Starts the compiler, so that no cell has to wait for it. */
  warmUp(): void {
    this.#cells;
  }

  /** Aborts when the running cell is interrupted. */
  get signal(): AbortSignal | undefined {
    return this.#interruption.signal;
  }

  /** JupyterLab, Notebook and VS Code say which cell they run; what makes a file of a notebook, such as nbclient, does not. */
  get drawsFigures(): boolean {
    return typeof this.#output.parent?.metadata.cellId === 'string';
  }

  /** Shows a bundle in the cell that calls this. */
  display(bundle: MimeBundle, { displayId, update = false, metadata = {} }: DisplayOptions = {}): void {
    const data = checkedBundle(bundle);
    const transient = displayId === undefined ? {} : { display_id: displayId };
    const type = update ? 'update_display_data' : 'display_data';
    this.#output.show(type, { data, metadata, transient });
  }

  /** The bundle by which a value is shown. */
  bundle(value: unknown): Promise<MimeBundle> {
    return displayedBundle(value);
  }

  /** Opens a comm to what the front end has under a name. */
  openComm(target: string, data?: object): Comm {
    return this.#comms.open(target, data);
  }

  /** Answers comms that the front end opens to a name. */
  onComm(target: string, handler: (comm: Comm, data: Record<string, unknown>) => void): void {
    this.#comms.answer(target, handler);
  }

  /** Lets a module answer what the front end asks a name, in a thread beside the cells. */
  answerBeside(target: string, module: URL, data: object): void {
    this.#answerBeside(target, module, data);
  }

  /**
   * Asks the user of the running cell for a line of text; an interrupt ends the wait.
   * @throws {StdinNotImplemented} if its front end does not ask
   */
  async input(prompt: string, { password = false }: { password?: boolean } = {}): Promise<string> {
    const running = this.#running;
    const signal = this.#interruption.signal;
    if (!running || !signal || this.#output.parent !== running.request)
      throw new Error(`input: only a running cell can ask "${prompt}"; this one has ended`);
    return this.#stdin.ask(running.request, { prompt, password }, signal);
  }

  /** Takes an answer of the user. */
  receiveInput(message: Message): void {
    this.#stdin.receive(message);
  }

  /** Takes away the outputs of the running cell; with `wait`, not before the next one comes. */
  clearOutput(wait = false): void {
    this.#output.show('clear_output', { wait });
  }

  /** Answers a request. Cells run one after the other; all else is answered at once, also while a cell awaits. */
  handle(request: Message, answer: Answer): void {
    if (request.header.msg_type === 'execute_request') {
      this.#waiting.push({ request, answer });
      if (!this.#running) void this.#runWaiting();
    } else if (request.header.msg_type === 'debug_request') {
      void this.#debug(request, answer);
    } else if (request.header.msg_type.startsWith('comm_')) {
      // Handlers are code of the user, which may be terminated, and with it all that runs in the same turn.
      setImmediate(() => this.#answer(request, answer));
    } else {
      this.#answer(request, answer);
    }
  }

  #answer(request: Message, answer: Answer): void {
    this.#publishState('busy', request);
    const type = request.header.msg_type.replace('_request', '_reply');
    try {
      const reply = this.#reply(request);
      if (reply) answer(type, reply);
    } catch (error) {
      answer(type, { status: 'error', ...errorContent(error) });
    } finally {
      this.#publishEnd(request);
    }
  }

  /** Tells everybody that a request has been answered, by the control thread. */
  publishAnswered(request: Message): void {
    this.#publishState('busy', request);
    this.#publishEnd(request);
  }

  async #debug(request: Message, answer: Answer): Promise<void> {
    this.#publishState('busy', request);
    try {
      const reply = await this.#output.during(request, () => this.#debugger.answer(request.content));
      answer('debug_reply', reply);
      if (Debugger.attaches(request.content))
        this.#output.publish('debug_event', this.#debugger.initialized(), request);
    } finally {
      this.#publishEnd(request);
    }
  }

  /** How a value shows itself; undefined while a cell runs, since only one of them could be interrupted. */
  #look(value: unknown): Promise<MimeBundle> | undefined {
    if (this.#running || this.#looking) return undefined;
    const looked = this.#interruption.run(() => () => bundleOf(value));
    const done = looked
      .catch(() => {})
      .finally(() => {
        this.#looking = undefined;
      });
    this.#looking = done;
    return looked;
  }

  /**
   * Interrupts a cell, if it still runs.
   * @param cell 0 where none had begun when the interrupt was read; what was sent before it is meant then
   */
  interrupt(request: Message, cell: number): void {
    this.#publishState('busy', request);
    if (cell === 0 && this.#running) {
      this.#running.interrupted = true;
      this.#interruption.interruptCurrent();
    } else {
      this.#interruption.interrupt(cell);
    }
    this.#publishEnd(request);
  }

  /** Tells everybody that the kernel ends, and asks the running cell to end. */
  shutdown(request: Message, restart: boolean): void {
    this.#interruption.abort();
    this.#output.publish('shutdown_reply', { status: 'ok', restart }, request);
    this.#publishState('idle', request);
  }

  #publishEnd(request: Message): void {
    this.#publishState('idle', request);
    // A front end takes the latest state for the kernel's.
    if (this.#running) this.#publishState('busy', this.#running.request);
  }

  #publishState(execution_state: 'busy' | 'idle', request: Message): void {
    this.#output.publish('status', { execution_state }, request);
  }

  /** The content of the answer; undefined for a message that wants none. */
  #reply(request: Message): object | undefined {
    const { header, content } = request;
    const code = String(content.code ?? '');
    const cursor = Number(content.cursor_pos ?? 0);
    switch (header.msg_type) {
      case 'kernel_info_request':
        return kernelInfo();
      case 'is_complete_request':
        return completeness(code);
      case 'complete_request': {
        const { matches, kinds, start, end } = this.#cells.complete(code, cursor);
        // How JupyterLab and ipykernel tell the kinds of the matches.
        const types = matches.map((text, i) => ({ text, type: kinds[i], start, end }));
        const metadata = { _jupyter_types_experimental: types };
        return { status: 'ok', matches, cursor_start: start, cursor_end: end, metadata };
      }
      case 'inspect_request': {
        const text = this.#cells.inspect(code, cursor);
        const data = text === undefined ? {} : { [mime.text]: text };
        return { status: 'ok', found: text !== undefined, data, metadata: {} };
      }
      case 'history_request':
        return { status: 'ok', history: this.#history.answer(content) };
      case 'comm_info_request':
        return { status: 'ok', comms: this.#comms.info(content.target_name) };
      case 'comm_open':
      case 'comm_msg':
      case 'comm_close':
        this.#output.during(request, () => this.#receiveComm(request));
        return undefined;
      default:
        return undefined;
    }
  }

  /** What the code's handler throws is shown with its message and ends nothing. */
  #receiveComm(message: Message): void {
    try {
      this.#comms.receive(message);
    } catch (error) {
      this.#output.print('stderr', `${errorContent(error).traceback.join('\n')}\n`);
    }
  }

  async #runWaiting(): Promise<void> {
    for (let next = this.#waiting.shift(); next; next = this.#waiting.shift()) {
      this.#running = next;
      if (this.#looking) await this.#looking;
      this.#debugger.forget();
      await this.#execute(next);
    }
    this.#running = undefined;
  }

  async #execute(execution: Execution): Promise<void> {
    const { request, answer } = execution;
    const code = String(request.content.code ?? '');
    const silent = request.content.silent === true;
    const keep = !silent && request.content.store_history !== false;
    if (keep) this.#history.add(++this.#count, code);
    const execution_count = this.#count;
    const show = (type: string, content: object) => this.#output.show(type, content, request);

    this.#publishState('busy', request);
    // Whoever has seen a cell begin may interrupt it.
    const begun = () => show('execute_input', { code, execution_count });
    let abandoned: Execution[] = [];
    try {
      const label = `Cell [${execution_count}]`;
      const number = keep ? execution_count : undefined;
      const run = () => {
        if (execution.interrupted) throw new Interrupted();
        return this.#cells.run(code, label, bundleOfResult, begun, number);
      };
      const bundle = await this.#output.duringCell(request, run);
      if (bundle && keep) this.#history.setOutput(String(bundle[mime.text] ?? ''));
      if (bundle) show('execute_result', { data: bundle, metadata: {}, execution_count });
      const user_expressions = await this.#output.duringCell(request, () =>
        this.#evaluate(request.content.user_expressions),
      );
      this.#output.flush();
      answer('execute_reply', { status: 'ok', execution_count, payload: [], user_expressions });
    } catch (error) {
      const content = contentOf(error);
      if (request.content.stop_on_error !== false) abandoned = await this.#takeWaiting();
      show('error', content);
      answer('execute_reply', { status: 'error', execution_count, ...content });
    }
    this.#publishState('idle', request);
    for (const execution of abandoned) this.#abandon(execution);
    this.#garbage.collectIfDue();
  }

  /** The bundle, or the error, of each of the expressions that a front end wants to know after a cell. */
  async #evaluate(expressions: unknown): Promise<Record<string, object>> {
    const results: Record<string, object> = {};
    for (const [name, expression] of Object.entries(expressions ?? {})) {
      try {
        const data = await this.#cells.run(`(${expression}\n)`, `Expression [${name}]`, bundleOf);
        results[name] = { status: 'ok', data, metadata: {} };
      } catch (error) {
        results[name] = { status: 'error', ...contentOf(error) };
      }
    }
    return results;
  }

  /**
   * Takes the cells that were sent before the error was told, those still in the socket included. What a client
   * sends after that has nothing to do with the error and runs.
   */
  async #takeWaiting(): Promise<Execution[]> {
    await new Promise((resolve) => setTimeout(resolve, drainMilliseconds));
    return this.#waiting.splice(0);
  }

  #abandon({ request, answer }: Execution): void {
    this.#publishState('busy', request);
    // Without a number: the front end would show that of the cell that failed.
    answer('execute_reply', { status: 'aborted' });
    this.#publishState('idle', request);
  }
}

/** What is told of a failed cell: what it threw was looked at while it could be interrupted. */
const contentOf = (error: unknown) => (error instanceof Failure ? error.content : errorContent(error));

/** What is shown of the last value of a cell; undefined for none, and for one that wants nothing to be shown. */
async function bundleOfResult(value: unknown): Promise<MimeBundle | undefined> {
  if (value === undefined || value === null) return undefined;
  const bundle = await bundleOf(value);
  return Object.keys(bundle).length === 0 ? undefined : bundle;
}
