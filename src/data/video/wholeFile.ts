import { type FileHandle, open, stat } from 'node:fs/promises';
import { placeholderOf } from '../../base/placeholder.js';
import { statClip } from './clipInput.js';
import { isAnimatedWebp } from './webp.js';

/** Boxes of MP4 that may stand at the top of a file; another name ends the walk. */
const boxes = /^(ftyp|moov|mdat|free|skip|wide|moof|mfra|sidx|styp|meta|uuid|pdin|pnot|udta|emsg|prft|ssix)$/;
/** Most boxes that are looked at: fragments of a long recording are many. */
const mostBoxes = 100_000;

/** What a file's own headers say before any frame is read; what is wrong with it in words that follow its name. */
export interface FileLook {
  animatedWebp?: boolean;
  /** It ends before its own header says: a download that was cut off decodes as far as it goes. */
  cutOff?: string;
}

/**
 * Looks at a video file's own headers; one that cannot be opened is left to whoever decodes it.
 * @throws Error that begins with the path, for what is not a regular file or too large, a playlist, or a pointer or page in
 *   the place of the file.
 */
export async function lookAt(path: string): Promise<FileLook> {
  const stats = await statClip(path).catch((error: Error) => {
    throw new Error(`${path}: ${error.message}`);
  });
  const file = stats && (await open(path).catch(() => undefined));
  if (!file) return {};
  try {
    const head = await read(file, 0, 512);
    const unfit = isPlaylist(head) ? playlist : placeholderOf(head);
    if (unfit) throw new Error(`${path} ${unfit}`);
    const end = await endOf(file, head, stats.size);
    const animatedWebp = isAnimatedWebp(head);
    if (end === undefined || end <= stats.size) return { animatedWebp };
    return {
      animatedWebp,
      cutOff: `is cut off: its header announces ${end} bytes, and it has ${stats.size}; copy or download it again`,
    };
  } finally {
    await file.close();
  }
}

const playlist = 'is a playlist, which names other files and is not followed; give the clips that it names';

/** Whether a file makes ffmpeg open others: HLS, DASH, or a list of files. */
const isPlaylist = (head: Buffer): boolean =>
  /^\uFEFF?\s*(#EXTM3U|ffconcat version|<MPD|<\?xml[^>]*>\s*(<!--.*?-->\s*)?<MPD)/s.test(
    head.toString('utf8'),
  );

/** Whether a file is an MP4 whose boxes fill it to its last byte. */
export async function isWholeMp4(path: string): Promise<boolean> {
  const regular = await stat(path).then(
    (stats) => stats.isFile(),
    () => false,
  );
  const file = regular ? await open(path).catch(() => undefined) : undefined;
  if (!file) return false;
  try {
    const stats = await file.stat();
    return stats.isFile() && stats.size > 0 && (await boxesEnd(file, stats.size)) === stats.size;
  } finally {
    await file.close();
  }
}

/** Where the file ends by its own header; undefined where that does not say. */
async function endOf(file: FileHandle, head: Buffer, size: number): Promise<number | undefined> {
  const tag = head.subarray(0, 4).toString('latin1');
  if (tag === 'RIFF' && head.length >= 8) return 8 + head.readUInt32LE(4);
  if (tag === '\x1aE\xdf\xa3') return matroskaEnd(head);
  if (boxes.test(head.subarray(4, 8).toString('latin1'))) return boxesEnd(file, size);
  return undefined;
}

/** The end of the last box that begins in an MP4 or QuickTime file. */
async function boxesEnd(file: FileHandle, size: number): Promise<number | undefined> {
  let at = 0;
  for (let i = 0; i < mostBoxes && at < size; i++) {
    const header = await read(file, at, 16);
    if (header.length < 8 || !boxes.test(header.subarray(4, 8).toString('latin1'))) return undefined;
    const short = header.readUInt32BE(0);
    if (short === 0) return undefined; // to the end of the file
    if (short === 1 && header.length < 16) return undefined;
    const length = short === 1 ? Number(header.readBigUInt64BE(8)) : short;
    if (length < 8) return undefined;
    at += length;
  }
  return at;
}

/** The end of the segment of a Matroska or WebM file; a live one does not say. */
function matroskaEnd(head: Buffer): number | undefined {
  const header = element(head, 0);
  const segment = header && element(head, header.end);
  return segment?.id === 0x18538067 ? segment.end : undefined;
}

/** An element of EBML: its id, and its end where its length is known. */
function element(bytes: Buffer, at: number): { id: number; end: number } | undefined {
  const idLength = at < bytes.length ? Math.clz32(bytes[at]) - 23 : 0;
  const lengthAt = at + idLength;
  if (idLength < 1 || idLength > 4 || lengthAt >= bytes.length) return undefined;
  const length = Math.clz32(bytes[lengthAt]) - 23;
  if (length < 1 || length > 8 || lengthAt + length > bytes.length) return undefined;
  let value = bytes[lengthAt] & (0xff >> length);
  let unknown = value === 0xff >> length;
  for (let i = 1; i < length; i++) {
    value = value * 256 + bytes[lengthAt + i];
    unknown &&= bytes[lengthAt + i] === 0xff;
  }
  return unknown ? undefined : { id: bytes.readUIntBE(at, idLength), end: lengthAt + length + value };
}

async function read(file: FileHandle, at: number, length: number): Promise<Buffer> {
  const { buffer, bytesRead } = await file.read(Buffer.alloc(length), 0, length, at);
  return buffer.subarray(0, bytesRead);
}
