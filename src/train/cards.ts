import { readdir, readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

/** What a GPU takes for the full recipe's model, as `npm run gpu-check` has measured it. */
export interface CardTime {
  /** Name of the GPU. */
  card: string;
  /** How products are computed. */
  precision: string;
  /** Pairs whose gradient is taken at once: the fastest that was measured. */
  batchSize: number;
  /** Whether layers were computed again in place of kept. */
  checkpointing: boolean;
  /** Seconds of training for each pair. */
  secondsPerPair: number;
  /** Most GPU memory that was taken; undefined where it was not counted. */
  memoryBytes?: number;
  /** Of so many pairs, without evaluations. */
  hours: number;
}

/** A row of `summary.shape` of a report: see scripts/gpuCheck/summary.mjs. */
interface Row {
  who: string;
  pairs: number;
  precision: string;
  checkpointing?: boolean;
  pairsPerSecond?: number;
  stepPeakGiB?: number;
}

/**
 * What the cards that `docs/gpu/` knows take to train all of a model of the shape of InternVL3-1B on 8 frames a clip,
 * fastest first: hours = pairs / (pairs a second) / 3600.
 * @param pairs that go through the model in all: updates x pairs an update. @param folder of the reports.
 * @throws RangeError for a number of pairs that is not positive; Error with the file that is not a report.
 */
export async function cards(pairs: number, folder: string = shipped()): Promise<CardTime[]> {
  if (!(pairs > 0)) throw new RangeError(`cards: expected a positive number of pairs, received ${pairs}`);
  const files = await readdir(folder).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return [];
    throw error;
  });
  const times: CardTime[] = [];
  for (const file of files.filter((name) => name.endsWith('.json'))) {
    const { card, quick, rows } = await readReport(join(folder, file));
    const [best] = rows
      .filter(({ who, pairsPerSecond }) => who === 'solireward' && pairsPerSecond)
      .sort((a, b) => speed(b) - speed(a));
    if (quick || !best) continue;
    times.push({
      card,
      precision: best.precision,
      batchSize: best.pairs,
      checkpointing: best.checkpointing ?? false,
      secondsPerPair: 1 / speed(best),
      ...(best.stepPeakGiB !== undefined && { memoryBytes: best.stepPeakGiB * 2 ** 30 }),
      hours: pairs / speed(best) / 3600,
    });
  }
  return times.sort((a, b) => a.hours - b.hours);
}

const speed = ({ pairsPerSecond = 0 }: Row): number => pairsPerSecond;

async function readReport(path: string): Promise<{ card: string; quick: boolean; rows: Row[] }> {
  try {
    const { card, quick, summary } = JSON.parse(await readFile(path, 'utf8'));
    if (typeof card !== 'string' || !Array.isArray(summary.shape)) throw new Error('no card or no summary');
    return { card, quick: quick === true, rows: summary.shape };
  } catch (error) {
    throw new Error(`cards: ${path} is not a report of gpu-check: ${(error as Error).message}`);
  }
}

/** The reports that come with this package. */
function shipped(): string {
  const require = createRequire(import.meta.url);
  return join(dirname(require.resolve('solireward/package.json')), 'docs', 'gpu');
}
