import { constants, isUtf8 } from 'node:buffer';
import { gunzipSync } from 'node:zlib';
import { placeholderOf } from '../../base/placeholder.js';

/** The kinds of a table's bytes that are known by their beginning, whatever the file is called. */
export type Content = 'parquet' | 'arrow' | 'text';

const beginnings: readonly [string, Content | string][] = [
  ['PAR1', 'parquet'],
  ['ARROW1', 'arrow'],
  ['FEA1', 'is of the first version of Feather; write it again with version 2, or as Parquet'],
  ['PK\x03\x04', 'is a ZIP archive or an Excel workbook; unpack it, or save the sheet as CSV'],
  ['\xd0\xcf\x11\xe0', 'is an old Excel workbook; save the sheet as CSV'],
  ['BZh', 'is compressed by bzip2; unpack it, or compress by gzip'],
  ['\xfd7zXZ', 'is compressed by xz; unpack it, or compress by gzip'],
  ['\x28\xb5\x2f\xfd', 'is compressed by Zstandard; unpack it, or compress by gzip'],
];

/**
 * What the bytes of a table are: unpacked where they are gzip, and of which kind.
 * @throws {Error} for a damaged gzip file, a placeholder such as an HTML page, and what is not a table
 */
export function contentOf(bytes: Buffer, where: string): { bytes: Buffer; content: Content } {
  if (bytes[0] === 0x1f && bytes[1] === 0x8b) {
    try {
      return contentOf(gunzipSync(bytes), where);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === undefined) throw error;
      throw new Error(`${where} is a damaged gzip file: ${(error as Error).message}`);
    }
  }
  return { bytes, content: kindOf(bytes, where) };
}

/**
 * Of which kind the bytes of a table are, by their beginning.
 * @throws {Error} for a placeholder such as an HTML page, and what is not a table
 */
export function kindOf(bytes: Buffer, where: string): Content {
  const placeholder = placeholderOf(bytes);
  if (placeholder) throw new Error(`${where} ${placeholder}`);
  const start = bytes.subarray(0, 8).toString('latin1');
  const [, kind = 'text'] = beginnings.find(([beginning]) => start.startsWith(beginning)) ?? [];
  if (kind === 'parquet' || kind === 'arrow' || kind === 'text') return kind;
  throw new Error(`${where} ${kind}`);
}

/**
 * The bytes of a text in UTF-8, without its mark.
 * @throws as `decodeText`
 */
export function utf8Of(bytes: Buffer, where: string, rowOf: (before: string) => string): Buffer {
  if (markedEncoding(bytes) !== 'utf-8' || !isUtf8(bytes) || bytes.includes(0))
    return Buffer.from(decodeText(bytes, where, rowOf));
  const hasMark = bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf;
  return hasMark ? bytes.subarray(3) : bytes;
}

/**
 * Text of bytes: UTF-8, or UTF-16 where a byte order mark says so.
 * @param rowOf the place of a text's end, in words, for errors
 * @throws {Error} with row and byte for what is not valid UTF-8
 */
export function decodeText(bytes: Buffer, where: string, rowOf: (before: string) => string): string {
  const encoding = markedEncoding(bytes);
  const fail = (byte: number, what: string) =>
    new Error(`${where}${rowOf(bytes.subarray(0, byte).toString('latin1'))}, byte ${byte + 1}: ${what}`);
  if (bytes.length > constants.MAX_STRING_LENGTH) {
    throw new Error(`${where} is larger than 512 MiB of text; write it as Parquet, Arrow or CSV in UTF-8`);
  }
  let text: string;
  try {
    text = new TextDecoder(encoding, { fatal: true }).decode(bytes);
  } catch {
    if (encoding !== 'utf-8')
      throw new Error(`${where} is marked as ${encoding} and is not; save it as UTF-8`);
    const byte = firstInvalid(bytes);
    throw fail(
      byte,
      `0x${bytes[byte].toString(16)} is not UTF-8 (in Windows-1252 it is ` +
        `"${new TextDecoder('windows-1252').decode(bytes.subarray(byte, byte + 1))}"); save the file as UTF-8`,
    );
  }
  if (text.includes('\0')) {
    throw fail(
      bytes.indexOf(0),
      'a zero byte: the file is binary, or UTF-16 without a mark; save it as UTF-8',
    );
  }
  return text;
}

function markedEncoding(bytes: Buffer): 'utf-8' | 'utf-16le' | 'utf-16be' {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return 'utf-16le';
  return bytes[0] === 0xfe && bytes[1] === 0xff ? 'utf-16be' : 'utf-8';
}

/** Place of the first byte that is not a part of UTF-8. */
function firstInvalid(bytes: Buffer): number {
  const isValid = (length: number) => {
    try {
      new TextDecoder('utf-8', { fatal: true }).decode(bytes.subarray(0, length), { stream: true });
      return true;
    } catch {
      return false;
    }
  };
  let [low, high] = [0, bytes.length];
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    if (isValid(middle + 1)) low = middle + 1;
    else high = middle;
  }
  // Where the byte after the first of a sequence fails, the first is the wrong one.
  if (low > 0 && low < bytes.length && bytes[low - 1] >= 0xc0) return low - 1;
  // Where the text ends within one, too.
  if (low === bytes.length) while (bytes[--low] < 0xc0 && low > 0);
  return low;
}
