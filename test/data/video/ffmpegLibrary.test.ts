import { describe, expect, it } from 'vitest';
import { hasFfmpegLibrary, loadFfmpegLibrary } from '../../../src/data/video/ffmpegLibrary.js';

describe.skipIf(!hasFfmpegLibrary())('the libraries of FFmpeg', () => {
  it('load, decode what ffmpeg decodes and say how they were built', () => {
    const library = loadFfmpegLibrary();
    const { configuration, libraries } = library.getFFmpegInfo();
    expect(Number.parseInt(libraries.avcodec, 10)).toBeGreaterThanOrEqual(62);
    expect(configuration).not.toContain('--enable-nonfree');
    expect([27, 173, 167, 225].map((id) => library.avGetCodecName(id))).toEqual([
      'h264',
      'hevc',
      'vp9',
      'av1',
    ]);
    expect(library.Codec.findDecoder(225)).not.toBeNull();
  });
});
