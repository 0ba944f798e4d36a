import { type MimeBundle, mime } from '../../src/base/host.js';
import { shortLine } from '../cells/records.js';
import { Variables } from '../cells/variables.js';

/** The variables of the cells. */
export interface Inspected {
  names(): string[];
  /** The value of a variable; undefined where it has none yet, or where there is no such variable. */
  read(name: string): { value: unknown } | undefined;
}

/** What is answered to a command: a body, or why there is none. */
type Answered = { body: object } | { message: string };

/**
 * The part of the debug protocol by which JupyterLab lists variables. V8's inspector is not asked: to switch it on slows
 * all cells, and the variables are at hand.
 */
export class Debugger {
  readonly #inspected: () => Inspected | undefined;
  readonly #show: (value: unknown) => Promise<MimeBundle> | undefined;
  readonly #variables = new Variables();
  #isStarted = false;
  #count = 0;

  /**
   * @param inspected undefined before there is any cell
   * @param show how a value shows itself, which runs code of its own; undefined while that cannot be
   */
  constructor(
    inspected: () => Inspected | undefined,
    show: (value: unknown) => Promise<MimeBundle> | undefined,
  ) {
    this.#inspected = inspected;
    this.#show = show;
  }

  /** Lets go of what was listed: a cell is about to run. */
  forget(): void {
    this.#variables.forget();
  }

  /** Whether a command is one after which the front end waits for the event that the debugger is there. */
  static attaches({ command }: Record<string, unknown>): boolean {
    return command === 'attach';
  }

  /** The event that the debugger is there. */
  initialized(): object {
    return { seq: ++this.#count, type: 'event', event: 'initialized' };
  }

  /** The answer to a request of the debug protocol. */
  async answer(request: Record<string, unknown>): Promise<object> {
    const command = String(request.command ?? '');
    const answered = await this.#do(command, Object(request.arguments) as Record<string, unknown>);
    return {
      seq: ++this.#count,
      type: 'response',
      request_seq: Number(request.seq ?? 0),
      command,
      success: 'body' in answered,
      body: {},
      ...answered,
    };
  }

  async #do(command: string, given: Record<string, unknown>): Promise<Answered> {
    switch (command) {
      case 'initialize':
        return { body: { supportsConfigurationDoneRequest: true, exceptionBreakpointFilters: [] } };
      case 'attach':
        this.#isStarted = true;
        return { body: {} };
      case 'configurationDone':
        return { body: {} };
      case 'disconnect':
        this.#isStarted = false;
        this.#variables.forget();
        return { body: {} };
      case 'debugInfo':
        return { body: this.#info() };
      case 'inspectVariables':
        return { body: { variables: this.#all() } };
      case 'variables':
        return this.#parts(given);
      case 'richInspectVariables':
        return this.#rich(String(given.variableName ?? ''));
      default:
        return {
          message: `${command || 'a command without a name'}: this kernel lists variables, and does not stop in cells`,
        };
    }
  }

  #info(): object {
    return {
      isStarted: this.#isStarted,
      hashMethod: 'Murmur2',
      hashSeed: 0,
      tmpFilePrefix: '',
      tmpFileSuffix: '.ts',
      breakpoints: [],
      stoppedThreads: [],
      richRendering: true,
      exceptionPaths: [],
      copyToGlobals: false,
    };
  }

  #all() {
    this.#variables.forget();
    const inspected = this.#inspected();
    return (inspected?.names() ?? []).sort().flatMap((name) => {
      const read = inspected?.read(name);
      return read ? [{ ...this.#variables.describe(name, read.value), evaluateName: name }] : [];
    });
  }

  #parts({ variablesReference: reference, start, count }: Record<string, unknown>): Answered {
    const number = (value: unknown) =>
      Number.isSafeInteger(value) && (value as number) >= 0 ? (value as number) : undefined;
    const variables = this.#variables.parts(Number(reference), number(start), number(count));
    return variables
      ? { body: { variables } }
      : { message: 'variables: a cell has run since these variables were listed; list them again' };
  }

  async #rich(name: string): Promise<Answered> {
    const read = this.#inspected()?.read(name);
    if (!read) return { message: `richInspectVariables: there is no variable ${JSON.stringify(name)}` };
    const text = { [mime.text]: shortLine(read.value, 2000) };
    try {
      return { body: { data: (await this.#show(read.value)) ?? text, metadata: {} } };
    } catch {
      // What does not show itself can still be named.
      return { body: { data: text, metadata: {} } };
    }
  }
}
