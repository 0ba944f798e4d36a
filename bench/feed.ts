// Clips a second that are made ready for InternVL3 (8 frames at 448 x 448) out of 720p H.264 files of 5 s, by the number
// of threads, beside what the model takes on the GPUs of docs/gpu. The threads run from dist/: npm run build before.
// npx vite-node bench/feed.ts --print [--quick]
import { mkdtemp, rm } from 'node:fs/promises';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { cards } from '../src/train/cards.js';

/** What one number of threads gives. */
export interface FeedRow {
  threads: number;
  clipsPerSecond: number;
  /** Over that of one thread. */
  ratioToOne: number;
  /** Lowest and highest clips a second of the rounds. */
  spread: [number, number];
  /** Over what training takes on a GPU, by its name: from 1 on the model never waits. */
  ratioToNeed: Record<string, number>;
}

const dist = (path: string) => new URL(`../dist/src/${path}`, import.meta.url).href;

/** @param options `quick`: two clips and one round, for correctness alone. */
export async function feed({ quick = false } = {}): Promise<FeedRow[]> {
  const tiles = dist('model/family/internvl/tileReading.js');
  const load = async <T>(path: string): Promise<T> => await import(dist(path));
  const { reading } = await load<typeof import('../src/model/family/internvl/tileReading.js')>(
    'model/family/internvl/tileReading.js',
  );
  const { readClips } =
    await load<typeof import('../src/data/video/readClips.js')>('data/video/readClips.js');
  const { runFfmpeg } = await load<typeof import('../src/data/video/ffmpeg.js')>('data/video/ffmpeg.js');
  const { readers, closeReaders } =
    await load<typeof import('../src/data/video/readWorkers.js')>('data/video/readWorkers.js');

  const folder = await mkdtemp(join(tmpdir(), 'feed-'));
  try {
    const clips = Array.from({ length: quick ? 2 : 12 }, (_, i) => ({
      id: `${i}`,
      path: join(folder, `${i}.mp4`),
    }));
    for (const [i, { path }] of clips.entries()) {
      const picture = `testsrc2=s=1280x720:r=30:d=5,hue=h=${30 * i},noise=alls=8:allf=t`;
      const h264 = ['-c:v', 'libx264', '-preset', 'veryfast', '-pix_fmt', 'yuv420p'];
      await runFfmpeg(['-f', 'lavfi', '-i', picture, ...h264, `file:${path}`]);
    }
    const settings = { segments: 8, tiling: { inputSize: 448, maxNum: 1 } };
    const options = { ...reading(settings), recipe: { module: tiles, settings } };
    const cores = availableParallelism();
    const counts = [...new Set([1, 2, 4, 8, 16, cores].filter((count) => count <= cores))].sort(
      (a, b) => a - b,
    );
    const rates = new Map<number, number[]>(counts.map((count) => [count, []]));
    // In turn, so that what else the machine does falls on all alike.
    for (let round = 0; round < (quick ? 1 : 3); round++) {
      for (const count of counts) {
        readers.threads = count;
        await readClips(clips.slice(0, count), options); // the threads have started
        const start = performance.now();
        const { frames } = await readClips(clips, options);
        rates.get(count)?.push((1000 * frames.size) / (performance.now() - start));
      }
    }
    await closeReaders();
    const mean = (values: number[] = []) => values.reduce((a, b) => a + b, 0) / values.length;
    const needs = (await cards(1)).map(({ card, secondsPerPair }) => [card, 2 / secondsPerPair] as const);
    return counts.map((threads) => {
      const all = rates.get(threads) as number[];
      const clipsPerSecond = mean(all);
      return {
        threads,
        clipsPerSecond,
        ratioToOne: clipsPerSecond / mean(rates.get(1)),
        spread: [Math.min(...all), Math.max(...all)],
        ratioToNeed: Object.fromEntries(needs.map(([card, need]) => [card, clipsPerSecond / need])),
      };
    });
  } finally {
    await rm(folder, { recursive: true });
  }
}

if (process.argv.includes('--print')) {
  const rows = await feed({ quick: process.argv.includes('--quick') });
  console.table(
    rows.map(({ spread, ratioToNeed, ...row }) => ({ ...row, spread: spread.join(' to '), ...ratioToNeed })),
  );
}
