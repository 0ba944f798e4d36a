import { linkTo } from '../base/linkTo.js';
import { probe } from '../data/video/probe.js';
import { serveClip } from './clipServer.js';
import type { ClipData } from './messages.js';

/**
 * What the front end needs to play a file: where it is, and its size and length.
 * @param key of `serveClip`, where there is one already
 * @throws {Error} if it cannot be read, with ffprobe's reason
 */
export async function clipData(path: string, key?: string): Promise<ClipData> {
  const info = await probe(path);
  return { ...info, path: linkOf(path), key: key ?? serveClip(path) };
}

/** URL of a file relative to the folder that the notebook runs in. */
export const linkOf = (path: string): string => linkTo(path, process.cwd());
