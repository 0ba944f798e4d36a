/**
 * What the library and the kernel agree on: how a value shows itself, and how a running cell is reached.
 * Both import this one file, and it imports nothing.
 */

/** MIME type -> content: text as a string, binary as base64, JSON as a plain object. Richest first. */
export type MimeBundle = Record<string, unknown>;

/** MIME types of the bundles, by their nouns. */
export const mime = {
  text: 'text/plain',
  html: 'text/html',
  markdown: 'text/markdown',
  latex: 'text/latex',
  json: 'application/json',
  svg: 'image/svg+xml',
  png: 'image/png',
  plotly: 'application/vnd.plotly.v1+json',
  player: 'application/vnd.solireward.player.v1+json',
  gallery: 'application/vnd.solireward.gallery.v1+json',
  annotator: 'application/vnd.solireward.annotator.v1+json',
  /** Beside HTML that is only for front ends without our extension: with it, nothing is shown. */
  plotlyScript: 'application/vnd.solireward.plotly-script.v1+json',
} as const;

/** Method name by which a value shows itself (the convention of Deno's kernel). */
export const jupyterDisplay: unique symbol = Symbol.for('Jupyter.display') as never;

/** A value that shows itself. */
export interface Displayable {
  [jupyterDisplay](): MimeBundle | Promise<MimeBundle>;
}

/** Where a bundle goes: a new output, or the outputs that carry `displayId` already. */
export interface DisplayOptions {
  /** Name of the output, to change it later. */
  displayId?: string;
  /** Whether the outputs of that name are changed, in place of a new one. */
  update?: boolean;
  /** What front ends are told besides, by MIME type. */
  metadata?: Record<string, unknown>;
}

/** A line between the code and what is shown of it in the front end (Jupyter's comm). Data is plain JSON. */
export interface Comm {
  readonly id: string;
  /** Sends data, and binary buffers beside it, to the other side. */
  send(data: object, buffers?: readonly Uint8Array[]): void;
  /** Calls back for each message from the other side; one handler, the latest. */
  onMessage(handler: (data: Record<string, unknown>, buffers: readonly Uint8Array[]) => void): void;
  /** Calls back when the other side closes the line. */
  onClose(handler: () => void): void;
  close(data?: object): void;
}

/** The notebook that runs the code; the kernel sets it before the first cell. */
export interface Host {
  /** Sends a bundle to the output of the running cell. */
  display(bundle: MimeBundle, options?: DisplayOptions): void;
  /** Takes away the output of the running cell; with `wait`, not before the next output comes. */
  clearOutput(wait?: boolean): void;
  /** The bundle by which this notebook shows any value. */
  bundle(value: unknown): Promise<MimeBundle>;
  /** Opens a comm to what the front end has under the name `target`. */
  openComm(target: string, data?: object): Comm;
  /** Answers comms that the front end opens to the name `target`; the latest handler of a name counts. */
  onComm(target: string, handler: (comm: Comm, data: Record<string, unknown>) => void): void;
  /**
   * Lets a module answer what the front end asks `target` by the command {@link askCommand}, in a thread of its own: also while a
   * cell computes. The latest module of a name counts. It is started with `data` for its `workerData`, and answers each message
   * `{ number, request }` by `{ number, answer }`.
   */
  answerBeside?(target: string, module: URL, data: object): void;
  /** Asks the user for a line of text; rejects where the front end has no way to ask. */
  input(prompt: string, options?: { password?: boolean }): Promise<string>;
  /** Whether who runs the cell shows figures by itself: an editor of notebooks, not a program that makes a file. */
  readonly drawsFigures?: boolean;
  /** Aborts when the user interrupts the running cell. */
  readonly signal?: AbortSignal;
}

/**
 * Command of a `debug_request` by which the front end asks a thread beside the cells, with the arguments `{ target, request }`. Of all
 * requests of Jupyter's, these alone take any content on the control channel, which a running cell does not hold up.
 */
export const askCommand = 'solireward/ask';

/** Name of the host on `globalThis`. */
export const hostKey: unique symbol = Symbol.for('solireward.host') as never;

/** The notebook that runs this code; undefined in a plain program. */
export function host(): Host | undefined {
  return (globalThis as { [hostKey]?: Host })[hostKey];
}

/** The signal of the running cell, which the user may interrupt; undefined in a plain program. */
export function cellSignal(): AbortSignal | undefined {
  return host()?.signal;
}
