import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { childEnvironment } from '../../base/childEnvironment.js';
import { cellSignal } from '../../base/host.js';
import { packageRoot } from '../../base/packageRoot.js';
import { decoderOptions, inputOptions } from './clipInput.js';
import { fileUrl } from './ffmpeg.js';
import { hasFfmpegLibrary } from './ffmpegLibrary.js';
import type { ClipSource } from './openedClip.js';
import type { Frames } from './ppm.js';
import { withMemoryLimit } from './runTool.js';
import { hold, readParts, type StayingProcess } from './stayingProcess.js';
import { kinds, partHead } from './toolParts.js';
import type { VideoInfo } from './videoInfo.js';
import { LimitError, videoLimits } from './videoLimits.js';
import { type RunWatch, watchRun } from './watchRun.js';

/** What a decoder is asked for: a file to be opened, then pictures of it. */
export type DecoderRequest = ClipSource | { indices: readonly number[] };

/** What a decoder says of its FFmpeg. */
export interface DecoderAbout {
  version: string;
  libavcodec: number;
  /** Settings that it was built with. */
  configuration: string;
}

/** As it is built, also for the library's sources. */
const entry = join(packageRoot, 'dist', 'src', 'data', 'video', 'decoderProcess.js');
const isThere = existsSync(entry) && hasFfmpegLibrary();
/** Bytes of memory below which ffmpeg does more: of address space, which the limit is about, a decoder takes 0.9 GiB before it reads. */
const leastMemory = 2 ** 31;
/** Milliseconds after which a decoder without work ends, for the memory that it has. */
const patience = 300_000;

/** Those that have nothing to do. */
let idle: Decoder[] = [];
/** Whether none can start here: the libraries do not load on this system. */
let broken = false;

/**
 * Decodes frames of a clip by FFmpeg's libraries in a process that stays, which spares the start of an ffmpeg and
 * an ffprobe, and what passes between them and this process: the same pixels in six tenths of the time.
 * @param choose gives indices, from the lowest, each once, of what ffprobe would say of the file.
 * @returns undefined for whatever is unusual: ffmpeg then reads the file, or says what is wrong with it.
 * @throws {LimitError} for a limit of time; the signal's reason.
 */
export async function decodeStaying(
  path: string,
  choose: (video: VideoInfo) => readonly number[],
  signal = cellSignal(),
): Promise<Frames | undefined> {
  signal?.throwIfAborted();
  const decoder = takeDecoder();
  if (!decoder) return undefined;
  const abort = () => decoder.end(signal?.reason);
  signal?.addEventListener('abort', abort, { once: true });
  try {
    const video = await decoder.open(path);
    return await decoder.decode(video, choose(video));
  } catch (error) {
    signal?.throwIfAborted();
    if (error instanceof LimitError) throw error; // ffmpeg would take as long
    if (!(error instanceof Refusal)) decoder.end(error as Error);
    return undefined;
  } finally {
    signal?.removeEventListener('abort', abort);
    decoder.rest();
  }
}

/** The FFmpeg whose libraries decode; undefined where they are not installed, or do not load. */
export async function decoderAbout(): Promise<DecoderAbout | undefined> {
  const decoder = takeDecoder();
  const about = await decoder?.about.catch(() => undefined);
  decoder?.rest();
  return about;
}

/** Whether there is a decoder that stays, as far as is known. */
export const hasDecoder = (): boolean => isThere && !broken && videoLimits.memory >= leastMemory;

/** One that has the limit of memory in force, and nothing to do. */
function takeDecoder(): Decoder | undefined {
  if (!hasDecoder()) return undefined;
  const { memory } = videoLimits;
  for (const other of idle.filter((decoder) => decoder.memory !== memory))
    other.end(new Error('the limit of memory has changed'));
  const decoder = idle.pop() ?? new Decoder();
  decoder.work();
  return decoder;
}

/** What a decoder cannot read. */
class Refusal extends Error {}

/** What a decoder has been asked for. */
interface Asked {
  /** Where its pixels go, and how many have come. */
  pixels: Buffer;
  filled: number;
  watch: RunWatch;
  resolve(answer: never): void;
  reject(error: Error): void;
}

/** A process that decodes. It ends with this one, and keeps it alive only while it works. */
class Decoder {
  readonly memory = videoLimits.memory;
  /** What it says first. */
  readonly about: Promise<DecoderAbout>;
  private readonly child: StayingProcess;
  private asked?: Asked;
  private started = false;
  private ended = false;
  private patience?: NodeJS.Timeout;

  constructor() {
    const node = { program: process.execPath, args: [entry] };
    // Elsewhere the limit is an option of ffmpeg's.
    const { program, args } = process.platform === 'linux' ? withMemoryLimit(node.program, node.args) : node;
    const child = spawn(program, args, {
      stdio: ['pipe', 'pipe', 'ignore'],
      env: childEnvironment({ MALLOC_ARENA_MAX: '2' }), // each arena of glibc is address space
      windowsHide: true,
    });
    this.child = child;
    this.about = this.answer<DecoderAbout>();
    this.about.then(
      () => {
        this.started = true;
      },
      () => {},
    );
    child.on('error', (error) => this.fail(error));
    child.on('exit', (status, signal) => {
      if (signal !== 'SIGINT') this.fail(new Error(`it ended with ${signal ?? `status ${status}`}`));
      else this.end(new Error('it was interrupted'));
    });
    readParts(
      child,
      (_tool, kind, bytes) => this.take(kind, bytes),
      () => this.end(new Error('it was interrupted')),
    );
  }

  async open(path: string): Promise<VideoInfo> {
    // A limit of time that its start exceeds is no fault of the clip.
    await this.about.catch(({ message }: Error) => {
      throw new Error(message);
    });
    // This process may have gone to another folder since the decoder started.
    const source: ClipSource = {
      url: fileUrl(resolve(path)),
      inputOptions,
      decoderOptions: decoderOptions(),
    };
    const video = await this.ask<VideoInfo>(source);
    const { fps, duration } = video; // JSON has no NaN
    return { ...video, fps: fps ?? Number.NaN, duration: duration ?? Number.NaN };
  }

  async decode({ width, height }: VideoInfo, indices: readonly number[]): Promise<Frames> {
    const size = 3 * width * height;
    const pixels = Buffer.allocUnsafeSlow(size * indices.length);
    await this.ask({ indices }, pixels);
    return { width, height, frames: indices.map((_, i) => pixels.subarray(i * size, (i + 1) * size)) };
  }

  work(): void {
    clearTimeout(this.patience);
    hold(this.child, true);
  }

  /** Has nothing to do, and waits for what comes next. */
  rest(): void {
    hold(this.child, false);
    if (this.ended) return;
    idle.push(this);
    this.patience = setTimeout(() => this.end(new Error('it had nothing to do')), patience).unref();
  }

  end(reason: Error): void {
    if (this.ended) return;
    this.ended = true;
    idle = idle.filter((decoder) => decoder !== this);
    this.child.kill('SIGKILL');
    for (const stream of [this.child.stdin, this.child.stdout]) stream.destroy();
    this.settle()?.reject(reason);
  }

  private fail(error: Error): void {
    if (!this.started && !this.ended) broken = true;
    this.end(error);
  }

  private ask<T>(request: DecoderRequest, pixels?: Buffer): Promise<T> {
    const bytes = Buffer.from(JSON.stringify(request));
    this.child.stdin.write(Buffer.concat([partHead(0, kinds.begin, bytes.length), bytes]));
    return this.answer(pixels);
  }

  private answer<T>(pixels: Buffer = Buffer.alloc(0)): Promise<T> {
    return new Promise((resolve, reject) => {
      if (this.ended) return reject(new Error('it has ended'));
      const watch = watchRun((error) => this.end(error));
      this.asked = { pixels, filled: 0, watch, resolve, reject };
    });
  }

  private take(kind: number, bytes: Buffer): void {
    const { asked } = this;
    if (!asked) return;
    if (kind === kinds.end) {
      const answer = JSON.parse(bytes.toString());
      this.settle();
      if (answer.error !== undefined) asked.reject(new Refusal(answer.error));
      else if (asked.filled < asked.pixels.length) asked.reject(new Error('pixels are missing'));
      else asked.resolve(answer as never);
      return;
    }
    asked.watch.progress();
    asked.filled += bytes.copy(asked.pixels, asked.filled);
  }

  /** Nothing is asked of it any more. */
  private settle(): Asked | undefined {
    const { asked } = this;
    asked?.watch.end();
    this.asked = undefined;
    return asked;
  }
}
