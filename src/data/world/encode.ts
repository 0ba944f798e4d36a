import { mkdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { runFfmpeg } from '../video/ffmpeg.js';
import { clipFormat } from './body.js';

/** A clip to write: its file, and its frames as [frames, size, size, 3] RGB. */
export interface ClipToEncode {
  path: string;
  frames: Uint8Array;
}

/**
 * Encodes clips of the world as H.264 MP4 files with one ffmpeg: the frames of all clips go through one encoder,
 * which begins a new file with a key frame at each clip. A file is there whole or not at all.
 * @param scratch a folder on the same disk for files in the making; it is removed in the end.
 */
export async function encodeClips(
  clips: readonly ClipToEncode[],
  scratch: string,
  signal?: AbortSignal,
): Promise<void> {
  const { frames, fps, size } = clipFormat;
  await mkdir(scratch, { recursive: true });
  try {
    // With no cut at all the muxer would cut by time.
    const cuts = clips.map((_, i) => (i + 1) * frames);
    await runFfmpeg(
      [
        ...['-f', 'rawvideo', '-pix_fmt', 'rgb24', '-s', `${size}x${size}`, '-r', `${fps}`, '-i', 'pipe:0'],
        ...['-c:v', 'libx264', '-preset', 'veryfast', '-crf', '14', '-pix_fmt', 'yuv420p', '-bf', '0'],
        ...['-g', `${frames}`, '-keyint_min', `${frames}`, '-sc_threshold', '0'],
        ...['-f', 'segment', '-segment_format', 'mp4', '-segment_frames', cuts.join(',')],
        ...['-reset_timestamps', '1', '-segment_format_options', 'movflags=+faststart'],
        join(scratch, '%d.mp4'),
      ],
      { input: Buffer.concat(clips.map((clip) => clip.frames)), signal },
    );
    for (const [i, { path }] of clips.entries()) await rename(join(scratch, `${i}.mp4`), path);
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}
