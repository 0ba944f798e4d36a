import { describe, expect, it } from 'vitest';
import { runFfmpeg } from '../../../src/data/video/ffmpeg.js';

describe('runFfmpeg', () => {
  const invert = ['-f', 'rawvideo', '-pix_fmt', 'gray', '-s', '2x2', '-i', 'pipe:0', '-vf', 'negate'];

  it('takes bytes and gives bytes', async () => {
    const output = await runFfmpeg([...invert, '-f', 'rawvideo', 'pipe:1'], {
      input: Uint8Array.of(0, 100, 200, 255),
    });
    expect([...output]).toEqual([255, 155, 55, 0]);
  });

  it("fails with ffmpeg's own reason, without memory addresses", async () => {
    const failure = runFfmpeg([...invert, '-c:v', 'nosuchcodec', '-f', 'rawvideo', 'pipe:1'], {
      input: new Uint8Array(4),
    });
    await expect(failure).rejects.toThrow(/Unknown encoder 'nosuchcodec'/);
    await expect(failure).rejects.not.toThrow(/0x/);
  });

  it('survives an ffmpeg that stops reading its input', async () => {
    const input = new Uint8Array(8 << 20);
    await expect(runFfmpeg(['-f', 'nosuchformat', '-i', 'pipe:0', 'pipe:1'], { input })).rejects.toThrow(
      /nosuchformat/,
    );
  });

  it('is killed by its signal', async () => {
    const abort = new AbortController();
    const endless = runFfmpeg(['-re', '-f', 'lavfi', '-i', 'testsrc', '-f', 'null', '-'], {
      signal: abort.signal,
    });
    setTimeout(() => abort.abort(new Error('enough')), 50);
    await expect(endless).rejects.toThrow('enough');
  });

  it('does not start when its signal is already aborted', async () => {
    await expect(
      runFfmpeg(['-version'], { signal: AbortSignal.abort(new Error('too late')) }),
    ).rejects.toThrow('too late');
  });
});
