import type { Stats } from 'node:fs';
import { stat } from 'node:fs/promises';
import { fileUrl } from './ffmpeg.js';
import { checkLimits, videoLimits } from './videoLimits.js';

/**
 * The formats that are read: files with pictures in them. Playlists and others that make ffmpeg open what they name are
 * not among them: m3u8, mpd, concat, numbered pictures, descriptions of streams.
 */
const formats = [
  ...[
    'mov',
    'matroska',
    'avi',
    'gif',
    'apng',
    'mpegts',
    'mpeg',
    'mpegvideo',
    'flv',
    'ogg',
    'asf',
    'mxf',
    'nut',
    'ivf',
  ],
  ...[
    'obu',
    'av1',
    'h261',
    'h263',
    'h264',
    'hevc',
    'vvc',
    'm4v',
    'vc1',
    'dirac',
    'dnxhd',
    'yuv4mpegpipe',
    'mjpeg',
  ],
  ...[
    'dv',
    'rm',
    'wtv',
    'swf',
    'gxf',
    'webp_anim',
    'webp_pipe',
    'gif_pipe',
    'png_pipe',
    'jpeg_pipe',
    'bmp_pipe',
  ],
];

/** What ffmpeg takes as a limit. */
const mostPixels = 2 ** 31 - 1;

/** Options that open a file as a clip: in a known format, and with no other file. */
export const inputOptions = { protocol_whitelist: 'file', format_whitelist: formats.join(',') };

/** Options of the decoder of a clip. */
export const decoderOptions = () => ({ max_pixels: String(Math.min(videoLimits.pixels, mostPixels)) });

/** Arguments for ffmpeg and ffprobe that open a file as a clip. */
export const clipInput = (path: string): string[] => {
  const options = Object.entries({ ...decoderOptions(), ...inputOptions });
  return [...options.flatMap(([name, value]) => [`-${name}`, value]), '-i', fileUrl(path)];
};

/**
 * The arguments of a clip of which nothing is known yet.
 * @throws Error for what is not a regular file, or larger than the limit; what is not there is left to ffmpeg.
 */
export async function checkedInput(path: string): Promise<string[]> {
  await statClip(path).catch((error: Error) => {
    throw new Error(`${path}: ${error.message}`);
  });
  return clipInput(path);
}

/** What the system says of a clip's file. @throws as `checkedInput`, with words that follow the file's name. */
export async function statClip(path: string): Promise<Stats | undefined> {
  const stats = await stat(path).catch(() => undefined);
  if (stats) {
    checkRegular(stats);
    checkLimits({ bytes: stats.size });
  }
  return stats;
}

/** @throws Error for anything else than a regular file: a pipe or a device may have no end, or never begin. */
export function checkRegular(
  stats: Pick<Stats, 'isFile' | 'isDirectory' | 'isFIFO' | 'isSocket' | 'isCharacterDevice'>,
): void {
  if (stats.isFile()) return;
  const kind = stats.isDirectory()
    ? 'a folder'
    : stats.isFIFO()
      ? 'a named pipe'
      : stats.isSocket()
        ? 'a socket'
        : 'a device';
  throw new Error(`it is ${kind}, and only regular files are read`);
}
