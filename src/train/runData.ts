import { createHash } from 'node:crypto';
import { open, readFile, stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { replaceFile } from '../base/replaceFile.js';
import type { Clip } from '../data/clip.js';
import { tf, type Variable } from '../engine/tf.js';
import type { PairKind, PairStream } from '../pairing/pair.js';

/** Of a longer epoch only so many pairs are looked at. */
const mostPairs = 1 << 20;
/** Pairs that are drawn at once. */
const chunk = 4096;
/** A file up to this many bytes is read whole; of a larger one blocks of `blockBytes` evenly over it. */
const wholeBytes = 1 << 16;
const blockBytes = 4096;
const blocks = wholeBytes / blockBytes;
/** Files that are looked at together. */
const together = 16;

/** What an epoch of a stream is made of. */
export interface EpochData {
  length: number;
  dimension: string;
  /** Of all of its pairs: the clips and which one is better. */
  hash: string;
  clips: Map<string, Clip>;
  kinds: Record<PairKind, number>;
}

/** Goes through an epoch of a stream, and sets its cursor to 0. */
export function epochData(stream: PairStream): EpochData {
  const hash = createHash('sha256');
  const clips = new Map<string, Clip>();
  const kinds: Record<PairKind, number> = { 'win-lose': 0, 'win-tie': 0, 'lose-tie': 0 };
  let dimension = '';
  const count = Math.min(stream.length, mostPairs);
  stream.cursor = 0;
  for (let start = 0; start < count; start += chunk) {
    for (const pair of stream.next(Math.min(chunk, count - start))) {
      if (start === 0) dimension ||= pair.dimension;
      kinds[pair.kind]++;
      for (const clip of [pair.chosen, pair.rejected]) clips.set(clip.id, clip);
      hash.update(`${pair.chosen.id}\0${pair.rejected.id}\0${pair.kind}\n`);
    }
  }
  stream.cursor = 0;
  return { length: stream.length, dimension, hash: hash.digest('hex').slice(0, 16), clips, kinds };
}

/** A clip as a run knows it: where its file is, its size and time of change, and a hash of its content. */
type Seen = [id: string, path: string, size: number, changed: number, content: string];

/**
 * A hash of what clips are: the content of their files, by size and blocks of it, and their prompts; names of files
 * do not count. What the run has seen in the same place with the same size and time is not read again.
 * @returns the hash for the run's settings, the ids whose content is another than the run has seen, and `keep`, which
 * writes what was seen into the folder.
 */
export async function clipData(
  folder: string,
  clips: readonly Clip[],
): Promise<{ hash: string; changed: string[]; keep: () => Promise<void> }> {
  const file = join(folder, 'clips.json');
  const earlier = await readFile(file, 'utf8').then(
    (text) => new Map((JSON.parse(text) as Seen[]).map((seen) => [seen[0], seen])),
    () => new Map<string, Seen>(),
  );
  const sorted = [...clips].sort((a, b) => (a.id < b.id ? -1 : 1));
  const seen = new Array<Seen>(sorted.length);
  let next = 0;
  const look = async () => {
    while (next < sorted.length) {
      const place = next++;
      seen[place] = await lookAt(sorted[place], earlier.get(sorted[place].id));
    }
  };
  await Promise.all(Array.from({ length: together }, look));
  const hash = createHash('sha256');
  seen.forEach(([id, , size, , content], i) => {
    hash.update(`${JSON.stringify([id, sorted[i].prompt ?? null, size, content])}\n`);
  });
  const changed = seen.flatMap(([id, , size, , content]) => {
    const known = earlier.get(id);
    return known && (known[2] !== size || known[4] !== content) ? [id] : [];
  });
  return {
    hash: hash.digest('hex').slice(0, 16),
    changed,
    keep: () =>
      replaceFile(file, (draft) =>
        draft.writeFile(`[${seen.map((one) => JSON.stringify(one)).join(',\n')}]\n`),
      ),
  };
}

async function lookAt({ id, path }: Clip, known: Seen | undefined): Promise<Seen> {
  // What cannot be read is left out of the training, which reports the reason; that it could not is part of the data.
  const file = await stat(path).catch(() => undefined);
  if (!file?.isFile()) return [id, path, -1, 0, ''];
  const { size, mtimeMs } = file;
  if (known && known[1] === path && known[2] === size && known[3] === mtimeMs) return known;
  const content = await contentOf(path, size).catch(() => '');
  return [id, path, size, mtimeMs, content];
}

async function contentOf(path: string, size: number): Promise<string> {
  const hash = createHash('sha256');
  const file = await open(path);
  try {
    if (size <= wholeBytes) hash.update(await file.readFile());
    else {
      const block = Buffer.alloc(blockBytes);
      for (let i = 0; i < blocks; i++) {
        const at = Math.round((i * (size - blockBytes)) / (blocks - 1));
        const { bytesRead } = await file.read(block, 0, blockBytes, at);
        hash.update(block.subarray(0, bytesRead));
      }
    }
  } finally {
    await file.close();
  }
  return hash.digest('hex').slice(0, 16);
}

/** A hash of what parameters begin with: those that are not trained have to be the same when a run is resumed. */
export async function weightsHash(parameters: readonly Variable[]): Promise<string> {
  const hash = createHash('sha256');
  if (parameters.length > 0) {
    const starts = tf.tidy(() =>
      tf.concat(
        parameters.map((parameter) => tf.slice(tf.reshape(parameter, [-1]), 0, Math.min(4, parameter.size))),
      ),
    );
    hash.update(new Uint8Array((await starts.data()).slice().buffer));
    starts.dispose();
  }
  return hash.digest('hex').slice(0, 16);
}

/**
 * Looks for data that cannot teach or tell anything.
 * @throws RangeError for an epoch of ties alone
 */
export function checkData({ kinds, clips }: EpochData, evaluated: readonly Clip[] = []): void {
  if (kinds['win-lose'] === 0) {
    throw new RangeError(
      `fit: all pairs are ties of ${clips.size} clips (${some([...clips.values()])}); a model learns from pairs of a Pass and a Fail clip`,
    );
  }
  const files = new Set(Array.from(clips.values(), ({ path }) => resolve(path)));
  const both = evaluated.filter(({ id, path }) => clips.has(id) || files.has(resolve(path)));
  if (both.length > 0) {
    console.warn(
      `fit: ${both.length} of the ${evaluated.length} clips of evaluate are trained on (${some(both)}); what is measured ` +
        'on them says nothing about new clips. Split first: sr.data.splitByPrompt',
    );
  }
}

const some = (clips: readonly Clip[]): string =>
  `${clips
    .slice(0, 5)
    .map(({ id }) => id)
    .join(', ')}${clips.length > 5 ? ' ...' : ''}`;
