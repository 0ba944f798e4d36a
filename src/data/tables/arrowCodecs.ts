import { CompressionType, getCompressionCodec, setCompressionCodec } from '@uwdata/flechette';
import { compressors } from 'hyparquet-compressors';
import lz4 from 'lz4js';

/** Makes Arrow files readable whose buffers are compressed by LZ4 or Zstandard, as pandas writes them by default. */
export function registerArrowCodecs(): void {
  if (getCompressionCodec(CompressionType.ZSTD)) return;
  setCompressionCodec(CompressionType.LZ4_FRAME, {
    encode: neverWritten,
    decode: (bytes) => aligned(lz4.decompress(bytes)),
  });
  setCompressionCodec(CompressionType.ZSTD, {
    encode: neverWritten,
    decode: (bytes) => aligned(compressors.ZSTD!(bytes, 0)),
  });
}

/** A copy: numbers of 8 bytes may begin at its start, which they may not anywhere in a larger buffer. */
const aligned = (bytes: Uint8Array): Uint8Array => new Uint8Array(bytes);

function neverWritten(): never {
  throw new Error('compressed Arrow files are read, not written');
}
