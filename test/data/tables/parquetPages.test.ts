import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { parquetMetadata } from 'hyparquet';
import { describe, expect, it } from 'vitest';
import { checkPages } from '../../../src/data/tables/parquetPages.js';

/** Four columns of four values, each with its dictionary, but `pass`. */
const bytes = await readFile(fileURLToPath(new URL('files/scores.snappy.parquet', import.meta.url)));
const pass = 221;
/** Field 5 of a page's header, in which field 1 is the number of values: 4, as a zigzag number. */
const valuesOfPage = bytes.indexOf(Buffer.from([0x2c, 0x15, 0x08]), pass) + 2;
/** Field 7, that of a dictionary, of which there is one at the beginning. */
const valuesOfDictionary = bytes.indexOf(Buffer.from([0x4c, 0x15]), 4) + 2;

/** The file with a zigzag number of five bytes, 2^30, at some place; what follows in the page moves on. */
function claiming(at: number): ArrayBuffer {
  const inserted = Buffer.from([0x80, 0x80, 0x80, 0x80, 0x08]);
  const changed = Buffer.from(bytes);
  inserted.copy(changed, at);
  bytes.copy(changed, at + 5, at + 1, at + 14);
  return new Uint8Array(changed).buffer;
}
const check = (file: ArrayBuffer, room?: number) => checkPages(file, parquetMetadata(file), room);

describe('checkPages', () => {
  it('lets a file pass whose pages have what their columns say', () => {
    expect(() => check(new Uint8Array(bytes).buffer)).not.toThrow();
  });

  it('refuses a page that claims more values than its column', () => {
    expect(() => check(claiming(valuesOfPage))).toThrow(
      'a page of its column "pass" says that it has 1073741824 values, of at most 4',
    );
  });

  it('refuses a dictionary that claims more words than it has bytes', () => {
    expect(() => check(claiming(valuesOfDictionary))).toThrow(
      /a page of its column "clip" says that it has 1073741824 values, of at most \d\d$/,
    );
  });

  it('refuses a file of more values than there is memory for', () => {
    expect(() => check(new Uint8Array(bytes).buffer, 15 * 16)).toThrow(
      'it says that it has 16 values or more, for which this process has no memory',
    );
  });
});
