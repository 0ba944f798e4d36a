import { basename, dirname } from 'node:path';
import { readOfficial } from '../pairing/official.js';
import { Benchmark, type BenchmarkContent, type Preference } from './benchmark.js';
import { ClipList } from './clipList.js';
import { genAiBench, videoFeedback2, videogenRewardBench, videoPhy, videoPhy2 } from './layouts.js';
import { readPairs } from './readPairs.js';
import { readRatings } from './readRatings.js';

type Content = Omit<BenchmarkContent, 'source' | 'clips'>;
type Reader = (where: string, file: string, clips: ClipList) => Promise<Content>;

const readers = {
  'videogen-rewardbench': (...of) => readPairs(videogenRewardBench, ...of),
  'genai-bench': (...of) => readPairs(genAiBench, ...of),
  videophy: (...of) => readRatings(videoPhy, ...of),
  'videophy-2': (...of) => readRatings(videoPhy2, ...of),
  videofeedback2: (...of) => readRatings(videoFeedback2, ...of),
  solireward: readOfficialPairs,
} satisfies Record<string, Reader>;

/** A benchmark that can be read. */
export type BenchmarkName = keyof typeof readers;

/** Their names. */
export const benchmarkNames = Object.keys(readers) as BenchmarkName[];

/** Where the videos are. */
export interface ReadBenchmarkOptions {
  /** The folder below which the videos are. Default: the folder of the file. */
  videos?: string;
}

/**
 * Reads the clips of a public benchmark and what people say of them, from a file in the layout that its authors publish: CSV, JSON,
 * JSON Lines or Parquet. Nothing is downloaded. What was taken for what is in `notes`. Sources of the layouts: docs/benchmarks.md.
 * @throws {Error} that names what the layout expects and the columns that the file has; and file, row, column and value of what is
 *   malformed
 */
export async function read(
  name: BenchmarkName,
  file: string,
  { videos = dirname(file) }: ReadBenchmarkOptions = {},
): Promise<Benchmark> {
  if (!Object.hasOwn(readers, name))
    throw new Error(
      `benchmark.read: there is no benchmark '${name}'; there are ${benchmarkNames.join(', ')}`,
    );
  const source = basename(file);
  const where = `benchmark.read: ${source}`;
  const list = new ClipList(where, videos);
  const { notes, ...content } = await readers[name](where, file, list);
  list.check();
  return new Benchmark({ ...content, source, clips: list.clips, notes: [...notes, ...list.notes] });
}

/** The official trainer's pairs: the first clip is the chosen one, and equal qualities are a tie. */
async function readOfficialPairs(_: string, file: string, clips: ClipList): Promise<Content> {
  const pairs = await readOfficial(file);
  const preferences = pairs.map(({ chosen, rejected, kind, dimension }): Preference => {
    const [first, second] = [chosen, rejected].map(({ path, ...known }) => clips.add(path, known));
    return { dimension, first, second, preference: kind === 'win-lose' ? 1 : 0 };
  });
  return { name: 'SoliReward', preferences, notes: ['fields taken: videos, quality, meta'] };
}
