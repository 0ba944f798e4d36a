import { stat } from 'node:fs/promises';
import { decodeFrames, decodeTogether, type PickFrames, tinyFile } from './decodeFrames.js';
import { hasDecoder } from './decoder.js';
import type { Frames } from './ppm.js';

/** Most files that one process decodes. */
export const batchSize = 16;

interface Request {
  path: string;
  tiny: boolean;
  resolve: (frames: Frames | Promise<Frames>) => void;
}

/**
 * Decodes clips in a few processes at once. Starting an ffmpeg takes longer than decoding a tiny clip, so where there is no
 * decoder that stays, tiny clips that wait at the same time share one.
 */
export class DecodeQueue {
  private readonly waiting: Request[] = [];
  private running = 0;
  /** Requests whose file is still looked at. */
  private looking = 0;

  /**
   * @param pick how many frames of a clip, taken by the rule of `sampleFrames`, or what chooses them.
   * @param processes at once.
   */
  constructor(
    private readonly pick: number | PickFrames,
    private readonly processes: number,
    private readonly signal?: AbortSignal,
  ) {}

  /** As `decodeFrames`, when its turn has come. */
  async decode(path: string): Promise<Frames> {
    this.looking++;
    const tiny = await stat(path).then(
      ({ size }) => size <= tinyFile,
      () => false,
    );
    this.looking--;
    return new Promise((resolve) => {
      this.waiting.push({ path, tiny, resolve });
      this.start();
    });
  }

  private start(): void {
    // What was asked for together is decoded together: the first clip does not go ahead alone.
    while (this.looking === 0 && this.running < this.processes && this.waiting.length > 0) {
      const batch = this.nextBatch();
      this.running++;
      this.run(batch).finally(() => {
        this.running--;
        this.start();
      });
    }
  }

  /** The clip that has waited longest; when it is tiny, with the tiny ones that stand right behind it. */
  private nextBatch(): Request[] {
    if (hasDecoder()) return this.waiting.splice(0, 1);
    const end = this.waiting.findIndex(({ tiny }, i) => i > 0 && !(tiny && this.waiting[0].tiny));
    return this.waiting.splice(0, Math.min(batchSize, end === -1 ? this.waiting.length : end));
  }

  /** Settles the requests of a batch; never rejects. */
  private async run(batch: Request[]): Promise<void> {
    const paths = batch.map(({ path }) => path);
    const { pick, signal } = this;
    // What chooses frames by the rate needs each clip's own description.
    const together =
      batch.length > 1 && typeof pick === 'number'
        ? await decodeTogether(paths, pick, { signal }).catch(() => [])
        : [];
    for (const [i, { path, resolve }] of batch.entries()) {
      // One bad file fails the whole batch: alone, it is named and the others are read.
      const frames = together[i] ?? decodeFrames(path, pick, { signal });
      resolve(frames);
      await Promise.resolve(frames).catch(() => {});
    }
  }
}
