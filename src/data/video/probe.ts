import { clipInput } from './clipInput.js';
import { countedPictures, describeByDecoding, type FfprobeData, runFfprobe, streamKinds } from './ffmpeg.js';
import { ToolError } from './runTool.js';
import type { VideoInfo } from './videoInfo.js';
import { probeWebp } from './webp.js';
import { lookAt } from './wholeFile.js';

export type { VideoInfo } from './videoInfo.js';

/**
 * Size, length and codec of a video file, read without decoding it.
 * @throws Error that names the path and the reason when the file cannot be read, is cut off or has no picture.
 */
export async function probe(path: string, { signal }: { signal?: AbortSignal } = {}): Promise<VideoInfo> {
  const { cutOff, animatedWebp } = await lookAt(path).catch((error: Error) => {
    throw new Error(`probe: ${error.message}`);
  });
  const unreadable = (error: Error): never => {
    signal?.throwIfAborted();
    throw new Error(`probe: cannot read ${path}: ${error.message}${cutOff ? `; the file ${cutOff}` : ''}`);
  };
  if (animatedWebp) return probeWebp(path).catch(unreadable);
  const input = clipInput(path);
  let data: FfprobeData;
  try {
    data = await runFfprobe(input, signal);
  } catch (error) {
    // Some builds of ffprobe end at an MPEG transport stream by a signal; ffmpeg reads it.
    if (!(error instanceof ToolError)) return unreadable(error as Error);
    const counted = describeByDecoding(input, countedPictures('pipe:1'), { signal });
    return describe(await counted.catch(unreadable), path);
  }
  if (cutOff) throw new Error(`probe: ${path} ${cutOff}`);
  const { streams, format, packets } = data;
  const [stream] = streams;
  if (!stream) {
    const kinds = await streamKinds(input, signal).catch(unreadable);
    throw new Error(`probe: ${path} has no video stream (streams: ${kinds.join(', ') || 'none'})`);
  }
  const [numerator, denominator] = String(stream.avg_frame_rate).split('/').map(Number);
  return {
    width: Number(stream.width),
    height: Number(stream.height),
    frames: packets.filter(({ flags }) => !flags.includes('D')).length,
    fps: numerator / denominator,
    duration: Number(Number.isFinite(Number(stream.duration)) ? stream.duration : format.duration),
    codec: String(stream.codec_name),
  };
}

/** The same of what ffmpeg says while it decodes. */
function describe(log: string, path: string): VideoInfo {
  const [, codec, width, height] = /Stream #[^\n]*Video: (\w+)[^\n]*?, (\d+)x(\d+)/.exec(log) ?? [];
  const [, fps] = /Stream #[^\n]*Video: [^\n]*?([\d.]+) fps/.exec(log) ?? [];
  if (codec === undefined || fps === undefined) throw new Error(`probe: ${path} has no video stream`);
  const frames = log.split('\n').filter((line) => /^0, /.test(line)).length;
  return {
    width: Number(width),
    height: Number(height),
    frames,
    fps: Number(fps),
    duration: frames / Number(fps),
    codec,
  };
}
