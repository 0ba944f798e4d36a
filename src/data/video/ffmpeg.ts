import { cellSignal } from '../../base/host.js';
import { runTool, ToolError, type ToolOutput } from './runTool.js';
import { ffmpegPaths } from './tools.js';
import { aboveLimit, checkLimits } from './videoLimits.js';

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
 * @throws Error with ffmpeg's own last lines as the reason, or that names the limit of `videoLimits` it exceeded.
 */
export async function runFfmpeg(args: readonly string[], options: FfmpegOptions = {}): Promise<Buffer> {
  const { outputs } = await run(args, [1], options);
  return outputs[0];
}

/**
 * Runs ffmpeg with several outputs and returns what it writes to `pipe:3`, `pipe:4`, and so on.
 * @throws as `runFfmpeg`.
 */
export async function runFfmpegOutputs(
  args: readonly string[],
  outputs: number,
  options: FfmpegOptions = {},
): Promise<Buffer[]> {
  const pipes = Array.from({ length: outputs }, (_, i) => 3 + i);
  return (await run(args, pipes, options)).outputs;
}

/** What ffmpeg says of a file that ffprobe cannot read: lines of its log. It decodes the whole picture. */
export async function describeByDecoding(
  input: readonly string[],
  pictures: readonly string[],
  options: FfmpegOptions = {},
): Promise<string> {
  const { outputs, log } = await run([...input, '-map', '0:V:0', ...pictures], [1], options);
  return `${log.replaceAll('[info] ', '')}\n${outputs[0]}`;
}

async function run(
  args: readonly string[],
  pipes: readonly number[],
  { input, signal = cellSignal() }: FfmpegOptions,
): Promise<ToolOutput> {
  const { ffmpeg } = ffmpegPaths();
  // Lines are marked by how grave they are; the harmless ones tell the length of an input before it is decoded.
  const command = ['-hide_banner', '-v', 'level+info', '-y', ...args];
  return runTool(ffmpeg, { args: command, pipes, input, signal, onLine: checkLine }).catch(explain('ffmpeg'));
}

/** @throws when an input announces more seconds than the limit. */
function checkLine(line: string): void {
  const [, hours, minutes, seconds] = /\[info\]\s+Duration: (\d+):(\d+):([\d.]+)/.exec(line) ?? [];
  if (hours) checkLimits({ seconds: 3600 * Number(hours) + 60 * Number(minutes) + Number(seconds) });
}

/** The part of what ffprobe says about the picture of a file that is used here. */
export interface FfprobeData {
  /** The first stream that is no cover picture, if there is one. */
  streams: {
    codec_name?: string;
    width?: number;
    height?: number;
    avg_frame_rate?: string;
    duration?: string;
  }[];
  format: { duration?: string };
  /** Of the stream. A `D` among the flags: it is not shown, such as one that an edit list leaves out. */
  packets: { flags: string }[];
}

/**
 * What ffprobe says about the picture of a file.
 * @throws Error with ffprobe's own last lines as the reason; {ToolError} when a signal ended it.
 */
export async function runFfprobe(input: readonly string[], signal?: AbortSignal): Promise<FfprobeData> {
  const asked = ['-show_streams', '-show_format', '-show_packets', '-show_entries', 'packet=flags'];
  const output = await probeOf(['-select_streams', 'V:0', ...asked, '-of', 'json', ...input], signal);
  const said = JSON.parse(output.toString()) as Partial<FfprobeData>;
  return { streams: said.streams ?? [], format: said.format ?? {}, packets: said.packets ?? [] };
}

/** The kinds of the streams of a file, such as `audio`. @throws as `runFfprobe`. */
export async function streamKinds(input: readonly string[], signal?: AbortSignal): Promise<string[]> {
  const asked = ['-show_entries', 'stream=codec_type', '-of', 'csv=p=0'];
  const output = await probeOf([...asked, ...input], signal);
  return output.toString().trim().split('\n').filter(Boolean);
}

async function probeOf(args: readonly string[], signal = cellSignal()): Promise<Buffer> {
  const { ffprobe } = ffmpegPaths();
  const run = { args: ['-v', 'level+error', ...args], pipes: [1], signal };
  const { outputs } = await runTool(ffprobe, run).catch((error: Error) => {
    throw error instanceof ToolError && error.killedBy ? error : explain('ffprobe')(error);
  });
  return outputs[0];
}

/** Output arguments that write a line for each frame that is shown, as soon as it is. */
export const countedPictures = (output: string): string[] => [
  ...everyFrameOnce(),
  '-vf',
  'crop=2:2:0:0',
  '-c:v',
  'rawvideo',
  '-flush_packets',
  '1',
  '-f',
  'framecrc',
  output,
];

/** Output arguments: each frame exactly once whatever its time stamp. */
export const everyFrameOnce = (): string[] => [
  ffmpegPaths().libavcodec < 60 ? '-vsync' : '-fps_mode',
  'passthrough',
];

/** A path as ffmpeg's file protocol takes it, so that no name is read as an option or an address. */
export const fileUrl = (path: string): string => `file:${path}`;

/** Throws a tool's failure as what a user can act on. */
const explain = (name: string) => (error: Error) => {
  if (!(error instanceof ToolError)) throw error;
  const { log, message } = error;
  const [, width, height] = /Picture size (\d+)x(\d+) exceeds specified max pixel count/.exec(log) ?? [];
  if (width) throw aboveLimit('pixels', Number(width) * Number(height));
  const reason = reasonOf(log) || `${name}: ${message} and no message`;
  throw new Error(/cannot allocate memory/i.test(log) ? `${reason}; ${memoryAdvice}` : reason);
};

const memoryAdvice =
  'if the machine has more memory to give, raise the limit: sr.data.videoLimits.memory = 16 * 2 ** 30';

/** A tool's last complaints on one line, without the memory addresses that differ from run to run. */
function reasonOf(log: string): string {
  const complaints = log.split('\n').filter((line) => /\[(error|fatal|panic)\]/.test(line));
  const lines = complaints.map((line) =>
    line
      .replace(/\[(error|fatal|panic)\] /, '')
      .replace(/ @ 0x[0-9a-f]+\]/g, ']')
      .trim(),
  );
  return lines.slice(-5).join('; ');
}
