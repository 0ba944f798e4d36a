import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { checkedInput } from '../data/video/clipInput.js';
import { fileUrl, runFfmpeg } from '../data/video/ffmpeg.js';

/** Seconds that are shown, and the size of each clip. */
const seconds = 8;
const size = { width: 288, height: 216 };

/**
 * Two clips beside each other as one video, so that they are in step without a script; the shorter one waits at its last
 * frame.
 * @returns data URIs of H.264, and of its first frame, where a browser does not play data URIs
 * @throws Error with ffmpeg's reason for a file that cannot be read
 */
export async function sideBySide(first: string, second: string): Promise<{ video: string; poster: string }> {
  const folder = await mkdtemp(join(tmpdir(), 'solireward-sides-'));
  try {
    const file = join(folder, 'both.mp4');
    const { width, height } = size;
    const fit =
      `scale=${width}:${height}:force_original_aspect_ratio=decrease:flags=bicubic,` +
      `pad=${width}:${height}:-1:-1,setsar=1,setpts=PTS-STARTPTS`;
    await runFfmpeg([
      ...['-threads', '1', ...(await checkedInput(first)), '-threads', '1', ...(await checkedInput(second))],
      ...['-filter_complex', `[0:V:0]${fit}[a];[1:V:0]${fit}[b];[a][b]hstack[both]`, '-map', '[both]'],
      ...[
        '-t',
        String(seconds),
        '-c:v',
        'libx264',
        '-preset',
        'veryfast',
        '-crf',
        '26',
        '-pix_fmt',
        'yuv420p',
      ],
      ...['-movflags', '+faststart', fileUrl(file)],
    ]);
    const poster = await runFfmpeg([
      ...['-i', fileUrl(file), '-frames:v', '1', '-c:v', 'mjpeg', '-q:v', '6', '-f', 'image2pipe', 'pipe:1'],
    ]);
    return {
      video: `data:video/mp4;base64,${await readFile(file, 'base64')}`,
      poster: `data:image/jpeg;base64,${poster.toString('base64')}`,
    };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
