import { mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { isAbsolute, join } from 'node:path';
import { checkedInput } from '../data/video/clipInput.js';
import { fileUrl, runFfmpeg } from '../data/video/ffmpeg.js';

/** A clip made small enough to be part of a page, as data URIs. */
export interface Preview {
  video: string;
  /** Its first frame, where a browser does not play data URIs. */
  poster: string;
}

const seconds = 8;
const width = 288;

/** The file that a path of a score file means: as it is, or from one of the folders. */
export async function findClip(path: string, folders: readonly string[]): Promise<string | undefined> {
  const places = isAbsolute(path) ? [path] : folders.map((folder) => join(folder, path));
  for (const place of places) {
    const file = await stat(place).catch(() => undefined);
    if (file?.isFile()) return place;
  }
  return undefined;
}

/**
 * A preview that every browser plays: H.264, at most 288 pixels wide and 8 s long, without sound.
 * @throws {Error} with ffmpeg's reason for a file that cannot be read
 */
export async function preview(path: string): Promise<Preview> {
  const folder = await mkdtemp(join(tmpdir(), 'solireward-preview-'));
  try {
    const video = join(folder, 'clip.mp4');
    const size = `scale=w='trunc(min(${width},iw)/2)*2':h=-2`;
    const input = ['-threads', '1', ...(await checkedInput(path)), '-map', '0:V:0'];
    const encode = ['-c:v', 'libx264', '-preset', 'veryfast', '-crf', '28', '-pix_fmt', 'yuv420p'];
    await runFfmpeg([
      ...input,
      '-vf',
      size,
      '-t',
      String(seconds),
      ...encode,
      '-movflags',
      '+faststart',
      fileUrl(video),
    ]);
    const poster = await runFfmpeg([
      ...['-i', fileUrl(video), '-frames:v', '1', '-c:v', 'mjpeg', '-q:v', '6', '-f', 'image2pipe', 'pipe:1'],
    ]);
    return {
      video: `data:video/mp4;base64,${await readFile(video, 'base64')}`,
      poster: `data:image/jpeg;base64,${poster.toString('base64')}`,
    };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
