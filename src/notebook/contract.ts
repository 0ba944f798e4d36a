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
  svg: 'image/svg+xml',
  png: 'image/png',
  plotly: 'application/vnd.plotly.v1+json',
  player: 'application/vnd.solireward.player.v1+json',
  annotator: 'application/vnd.solireward.annotator.v1+json',
  /** Beside HTML that is only for front ends without our extension: with it, nothing is shown. */
  plotlyScript: 'application/vnd.solireward.plotly-script.v1+json',
} as const;

/** Content of `mime.player`: clips that play in step. */
export interface PlayerData {
  clips: (ClipData & ClipCaption)[];
}

/** A clip as the front end gets it. */
export interface ClipData {
  /** URL relative to the notebook's folder. */
  path: string;
  /** By which the kernel that showed the clip is asked for it, over a comm to `clipTarget`. */
  key: string;
  id?: string;
  prompt?: string;
  generator?: string;
  /** Pixels. */
  width: number;
  height: number;
  frames: number;
  /** Frames per second. */
  fps: number;
  /** ffmpeg's name of the codec. */
  codec: string;
}

/** What is written under a clip. */
export interface ClipCaption {
  score?: number;
  /** A verdict; true and false are written Pass and Fail. */
  label?: string | boolean;
  note?: string;
  attention?: Attention;
}

/** What a model looked at in a clip; T frames were sampled. */
export interface Attention {
  /** Weight of each sampled frame, [T]. */
  frames: number[];
  /** Indices of the sampled frames in the clip, [T]; without it the middles of T equal parts. */
  at?: number[];
  /** Weight of each place of each sampled frame, [T][rows][columns], from the top left. */
  maps?: number[][][];
}

/** Comm target by which a player asks for a clip that the browser cannot fetch or decode. */
export const clipTarget = 'solireward.clip';

/** Content of `mime.annotator`: what the annotator shows before it has spoken with the code. */
export interface AnnotatorData {
  /** Comm target that answers its requests. */
  target: string;
  dimension: string;
  /** What passes and what fails, in words. */
  criteria: string;
  /** Who may vote; empty where everybody may who gives a name. */
  annotators: string[];
}

/** What the annotator asks of the code, over a comm. The same id again is the same request. */
export type AnnotatorRequest = { id: string; annotator: string } & (
  | { type: 'start' }
  | { type: 'vote'; clip: string; pass: boolean; note: string; seconds: number }
  | { type: 'skip'; clip: string; note: string; seconds: number }
  /** Takes back the annotator's last vote or skip. */
  | { type: 'undo' }
  /** Takes back all skips. */
  | { type: 'revisit' }
);

/** The answer to the request of that id: what is refused, and why; and where the annotator is now. */
export interface AnnotatorAnswer {
  id: string | null;
  error?: string;
  state?: AnnotatorState;
}

/** Where an annotator is. All that it tells of is on disk. */
export interface AnnotatorState {
  annotator: string;
  /** What to judge; null when all is judged. */
  clip: AnnotatorClip | null;
  /** What comes after it, to be loaded already. */
  next: AnnotatorClip | null;
  /** The note of the vote that was taken back. */
  note: string;
  votes: number;
  skipped: number;
  left: number;
  agreement: AnnotatorAgreement | null;
  /** What was repaired in the file. */
  repairs: string[];
}

/** A clip without its origin. */
export interface AnnotatorClip {
  id: string;
  prompt?: string;
  video?: ClipData;
  /** Why there is no video. */
  failure?: string;
}

/** Agreement over the clips that two or more have judged. */
export interface AnnotatorAgreement {
  /** Krippendorff's alpha; null where all votes are the same. */
  alpha: number | null;
  /** Share of pairs of votes that agree. */
  raw: number;
  clips: number;
}

/** Method name by which a value shows itself (the convention of Deno's kernel). */
export const jupyterDisplay: unique symbol = Symbol.for('Jupyter.display') as never;

/** A value that shows itself. */
export interface Displayable {
  [jupyterDisplay](): MimeBundle | Promise<MimeBundle>;
}

/** Where a bundle goes: a new output, or the outputs that carry `displayId` already. */
export interface DisplayOptions {
  displayId?: string;
  update?: boolean;
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
  /** Asks the user for a line of text; rejects where the front end has no way to ask. */
  input(prompt: string, options?: { password?: boolean }): Promise<string>;
  /** Aborts when the user interrupts the running cell. */
  readonly signal?: AbortSignal;
}

/** Name of the host on `globalThis`. */
export const hostKey: unique symbol = Symbol.for('solireward.host') as never;

/** The notebook that runs this code; undefined in a plain program. */
export function host(): Host | undefined {
  return (globalThis as { [hostKey]?: Host })[hostKey];
}
