import { execFile, spawn, spawnSync } from 'node:child_process';
import { accessSync, chmodSync, constants } from 'node:fs';
import { createRequire } from 'node:module';
import type { Readable } from 'node:stream';
import { promisify } from 'node:util';
import fluentFfmpeg, { type FfprobeData } from 'fluent-ffmpeg';
import { cellSignal } from '../../base/host.js';

/** Where ffmpeg and ffprobe are. */
export interface FfmpegPaths {
  ffmpeg: string;
  ffprobe: string;
  /** What ffmpeg calls itself, for example "5.1.6-0+deb12u1". */
  version: string;
  /** Major version of ffmpeg's libavcodec: the one number that grows in every kind of build. */
  libavcodec: number;
}

let found: FfmpegPaths | undefined;

/**
 * The ffmpeg and ffprobe that npm ships, or those on the PATH where they are newer.
 * @throws Error when a tool is in neither place.
 */
export function ffmpegPaths(): FfmpegPaths {
  if (!found) {
    const ffmpeg = newest('ffmpeg');
    const ffprobe = newest('ffprobe');
    found = {
      ffmpeg: ffmpeg.path,
      ffprobe: ffprobe.path,
      version: ffmpeg.version,
      libavcodec: ffmpeg.libavcodec,
    };
    fluentFfmpeg.setFfmpegPath(found.ffmpeg);
    fluentFfmpeg.setFfprobePath(found.ffprobe);
  }
  return found;
}

/** What an ffmpeg process is given besides its arguments. */
export interface FfmpegOptions {
  /** Bytes for `pipe:0`. */
  input?: Uint8Array;
  /** Kills ffmpeg and rejects with the signal's reason. Default: the interrupt of the notebook's cell. */
  signal?: AbortSignal;
}

/**
 * Runs ffmpeg quietly and returns what it writes to `pipe:1`.
 * @param args everything after the global options, for example ['-i', 'file:a.mp4', '-f', 'rawvideo', 'pipe:1'].
 * @throws Error with ffmpeg's own last lines as the reason.
 */
export async function runFfmpeg(args: readonly string[], options: FfmpegOptions = {}): Promise<Buffer> {
  const [output] = await runWithPipes(args, [1], options);
  return output;
}

/**
 * Runs ffmpeg with several outputs and returns what it writes to `pipe:3`, `pipe:4`, and so on.
 * @throws Error with ffmpeg's own last lines as the reason.
 */
export function runFfmpegOutputs(
  args: readonly string[],
  outputs: number,
  options: FfmpegOptions = {},
): Promise<Buffer[]> {
  return runWithPipes(
    args,
    Array.from({ length: outputs }, (_, i) => 3 + i),
    options,
  );
}

function runWithPipes(
  args: readonly string[],
  pipes: number[],
  { input, signal = cellSignal() }: FfmpegOptions,
): Promise<Buffer[]> {
  const { ffmpeg } = ffmpegPaths();
  return new Promise((resolve, reject) => {
    signal?.throwIfAborted();
    const stdio = Array.from({ length: Math.max(2, ...pipes) + 1 }, (_, descriptor) =>
      descriptor === 2 || pipes.includes(descriptor) ? ('pipe' as const) : ('ignore' as const),
    );
    if (input) stdio[0] = 'pipe';
    const child = spawn(ffmpeg, ['-hide_banner', '-v', 'error', '-y', ...args], { stdio, windowsHide: true });
    const kill = () => child.kill('SIGKILL');
    signal?.addEventListener('abort', kill, { once: true });

    const messages = collect(child.stdio[2]);
    const outputs = pipes.map((descriptor) => collect(child.stdio[descriptor]));
    // A failing ffmpeg closes its input early; its exit status says why.
    child.stdin?.on('error', () => {});
    child.stdin?.end(input);

    child.on('error', (error) => {
      signal?.removeEventListener('abort', kill);
      reject(new Error(`runFfmpeg: cannot start ${ffmpeg}: ${error.message}`));
    });
    child.on('close', (status, killedBy) => {
      signal?.removeEventListener('abort', kill);
      if (signal?.aborted) reject(signal.reason);
      else if (status === 0) resolve(outputs.map((chunks) => Buffer.concat(chunks)));
      else {
        const reason = reasonOf(Buffer.concat(messages).toString());
        reject(new Error(reason || `ffmpeg ended with ${killedBy ?? `status ${status}`} and no message`));
      }
    });
  });
}

/** The chunks that a stream has given so far. */
function collect(stream: unknown): Buffer[] {
  const chunks: Buffer[] = [];
  (stream as Readable | null)?.on('data', (chunk: Buffer) => chunks.push(chunk));
  return chunks;
}

/**
 * What ffprobe says about a file.
 * @throws Error with ffprobe's own last lines as the reason.
 */
export function runFfprobe(path: string): Promise<FfprobeData> {
  ffmpegPaths();
  return new Promise((resolve, reject) => {
    fluentFfmpeg.ffprobe(fileUrl(path), ['-v', 'error'], (error, data) => {
      if (error) reject(new Error(reasonOf(String(error.message).replace(/^ffprobe exited.*\n/, ''))));
      else resolve(data);
    });
  });
}

/**
 * How many packets of the picture of a file are shown: not those that an edit list leaves out.
 * @throws Error with ffprobe's own last lines as the reason.
 */
export async function countShownPackets(path: string): Promise<number> {
  const { ffprobe } = ffmpegPaths();
  const args = ['-v', 'error', '-select_streams', 'V:0', '-show_entries', 'packet=flags', '-of', 'csv=p=0'];
  const { stdout } = await promisify(execFile)(ffprobe, [...args, fileUrl(path)], {
    maxBuffer: 1 << 30,
    windowsHide: true,
  });
  return stdout.split('\n').filter((flags) => flags !== '' && !flags.includes('D')).length;
}

/** Output arguments that write a line for each frame that is shown. */
export const countedPictures = (output: string): string[] => [
  ...everyFrameOnce(),
  '-vf',
  'crop=2:2:0:0',
  '-c:v',
  'rawvideo',
  '-f',
  'framecrc',
  output,
];

/** Output arguments: each frame exactly once whatever its time stamp. */
export const everyFrameOnce = (): string[] => [
  ffmpegPaths().libavcodec < 60 ? '-vsync' : '-fps_mode',
  'passthrough',
];

/** What ffmpeg says of a file that ffprobe cannot read: lines of its log. It decodes the whole picture. */
export async function describeByDecoding(path: string, pictures: readonly string[]): Promise<string> {
  const { ffmpeg } = ffmpegPaths();
  const args = ['-hide_banner', '-nostdin', '-i', fileUrl(path), '-map', '0:V:0', ...pictures];
  const { stdout, stderr } = await promisify(execFile)(ffmpeg, args, {
    maxBuffer: 1 << 30,
    windowsHide: true,
  });
  return `${stderr}\n${stdout}`;
}

/** A path as ffmpeg's file protocol takes it, so that no name is read as an option or an address. */
export const fileUrl = (path: string): string => `file:${path}`;

/** ffmpeg's last lines on one line, without the memory addresses that differ from run to run. */
function reasonOf(messages: string): string {
  const lines = messages.split('\n').map((line) => line.replace(/ @ 0x[0-9a-f]+\]/g, ']').trim());
  return lines.filter(Boolean).slice(-5).join('; ');
}

interface Tool {
  path: string;
  version: string;
  libavcodec: number;
}

/** The newest working copy of a tool; npm's when both are equally new. */
function newest(name: 'ffmpeg' | 'ffprobe'): Tool {
  const candidates = [shipped(name), name].map((path) => (path ? inspect(path) : undefined));
  const [best] = candidates.filter((tool) => tool !== undefined).sort((a, b) => b.libavcodec - a.libavcodec);
  if (!best) {
    throw new Error(
      `ffmpegPaths: no working ${name}: npm ships none for ${process.platform}-${process.arch} ` +
        `(or it was not installed), and none is on the PATH; install ${name} and put it on the PATH`,
    );
  }
  return best;
}

/** Path of the binary that npm ships, made executable (npm's install scripts may be off), if there is one. */
function shipped(name: 'ffmpeg' | 'ffprobe'): string | undefined {
  try {
    const { path } = createRequire(import.meta.url)(`@${name}-installer/${name}`) as { path: string };
    try {
      accessSync(path, constants.X_OK);
    } catch {
      chmodSync(path, 0o755);
    }
    return path;
  } catch {
    return undefined;
  }
}

/** Version of a tool, if it runs. */
function inspect(path: string): Tool | undefined {
  const { status, stdout } = spawnSync(path, ['-version'], { encoding: 'utf8', windowsHide: true });
  const version = stdout?.match(/version (\S+)/)?.[1];
  const libavcodec = stdout?.match(/libavcodec\s+(\d+)/)?.[1];
  return status === 0 && version && libavcodec
    ? { path, version, libavcodec: Number(libavcodec) }
    : undefined;
}
