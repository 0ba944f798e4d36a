import { open } from 'node:fs/promises';

/** The type by which a browser is handed a file: of MP4 and QuickTime, and of WebM. */
export type PlayableType = 'video/mp4' | 'video/webm';

/**
 * How a browser can be handed a file, by its first bytes and not by its name: it plays H.264 in an MP4, but not in an
 * AVI, Matroska or transport stream.
 * @returns undefined for a container that browsers do not play
 * @throws file system errors of reading
 */
export async function playableType(path: string): Promise<PlayableType | undefined> {
  const file = await open(path);
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(64), 0, 64, 0);
    const head = buffer.subarray(0, bytesRead).toString('latin1');
    if (/^(ftyp|moov|mdat|wide|free)$/.test(head.slice(4, 8))) return 'video/mp4';
    return head.startsWith('\x1aE\xdf\xa3') && head.includes('webm') ? 'video/webm' : undefined;
  } finally {
    await file.close();
  }
}
