import type { Clip } from '../data/clip.js';
import { isMissing, numberOf, shown } from '../data/tables/vocabulary.js';
import type { Benchmark } from './benchmark.js';
import { isSameClip, stemOf } from './clipNames.js';

/** Scores of clips: rows, or a table that gives them, as `sr.score.clips` and `sr.data.readScores` do. */
export type ClipScores = readonly ScoredClip[] | { objects(): ScoredClip[] };

/** One score. */
export interface ScoredClip {
  /** Id or path of the clip. */
  clip: string;
  /** Its score. */
  score: number;
  /** Where its file is: a name to find the clip by where `clip` is none. */
  path?: string;
  /** Which score it is, where there are several. */
  metric?: string;
}

/** Scores by metric, and by id of the benchmark's clips. */
export interface MatchedScores {
  metrics: ReadonlyMap<string, ReadonlyMap<string, number>>;
  notes: string[];
}

/** What the one metric of a table without names of metrics is called. */
const unnamed = 'score';
const examples = 3;

/**
 * The scores of a benchmark's clips. A score's clip is the one that has its name (`clip`, else `path`) as its id; else the one whose
 * path ends as that name does, or the other way round, in whole folders, whatever the ending of the video. A score that is missing
 * is none.
 * @throws {Error} where no name fits, with examples of both sides; where a name fits several clips; for two scores of a clip, and
 *   one that is not a finite number
 */
export function matchScores(benchmark: Benchmark, scores: ClipScores): MatchedScores {
  const rows: readonly ScoredClip[] = 'objects' in scores ? scores.objects() : scores;
  const find = finderOf(benchmark);
  const metrics = new Map<string, Map<string, number>>();
  const strangers: string[] = [];
  for (const [row, { clip, path, metric = unnamed, score }] of rows.entries()) {
    const id = find(clip, path);
    if (id === undefined) {
      strangers.push(clip ?? path ?? `row ${row + 1}`);
      continue;
    }
    if (isMissing(score)) continue;
    const value = numberOf(score);
    if (value === undefined)
      throw new Error(
        `benchmark.evaluate: row ${row + 1} of the scores: expected a finite number, received ${shown(score)}`,
      );
    const own = metrics.get(metric) ?? new Map<string, number>();
    metrics.set(metric, own);
    const other = own.get(id);
    if (other !== undefined && other !== value)
      throw new Error(`benchmark.evaluate: the clip ${id} has two scores (${metric}): ${other} and ${value}`);
    own.set(id, value);
  }
  if (metrics.size === 0) throw nothingFits(benchmark, rows);
  const notes: string[] = [];
  if (strangers.length > 0)
    notes.push(`scores of other clips: ${strangers.length}, such as ${shown(strangers[0])}`);
  return { metrics, notes };
}

/** Finds the id of the clip that a score is of, by its names, the surest first. */
function finderOf({ clips }: Benchmark): (...names: (string | undefined)[]) => string | undefined {
  const ids = new Set(clips.map(({ id }) => id));
  const byStem = (nameOf: (clip: Clip) => string) => {
    const found = new Map<string, Clip[]>();
    for (const clip of clips) {
      const stem = stemOf(nameOf(clip));
      found.set(stem, [...(found.get(stem) ?? []), clip]);
    }
    return found;
  };
  // The file's own names first: what stands for a path may be another clip's name.
  const indices = [({ id }: Clip) => id, ({ path }: Clip) => path].map((nameOf) => ({
    nameOf,
    clipsOf: byStem(nameOf),
  }));
  const known = new Map<string, readonly string[]>();
  const fitting = (name: string): readonly string[] => {
    const found = known.get(name);
    if (found) return found;
    let fits: string[] = ids.has(name) ? [name] : [];
    for (const { nameOf, clipsOf } of indices) {
      if (fits.length > 0) break;
      const candidates = clipsOf.get(stemOf(name)) ?? [];
      fits = candidates.filter((clip) => isSameClip(nameOf(clip), name)).map(({ id }) => id);
    }
    known.set(name, fits);
    return fits;
  };
  return (...names) => {
    const given = names.filter((name): name is string => typeof name === 'string');
    const fits = given.map(fitting);
    const one = fits.find(({ length }) => length === 1);
    if (one) return one[0];
    const several = fits.findIndex(({ length }) => length > 1);
    if (several < 0) return undefined;
    throw new Error(
      `benchmark.evaluate: ${shown(given[several])} of the scores fits several clips: ${fits[several].slice(0, examples).join(', ')}; ` +
        'name clips with their folders',
    );
  };
}

function nothingFits({ name, clips }: Benchmark, rows: readonly ScoredClip[]): Error {
  const list = (names: readonly string[]) => names.slice(0, examples).map(shown).join(', ');
  const [theirs, ours] = [list(rows.map(({ clip }) => clip)), list(clips.map(({ id }) => id))];
  return new Error(
    `benchmark.evaluate: no score is of a clip of ${name}: the scores name ${theirs || 'no clip'}; the benchmark has ${ours}; ` +
      'name clips by their path, by an end of it, or by their file',
  );
}
