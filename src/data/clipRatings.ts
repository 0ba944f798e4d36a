import { basename } from 'node:path';
import { type Columns, columnsOf, readColumns, rowCount } from './columnFile.js';
import { isMissing, isNumeric, isVerdict, numberOf, shown, textOf, verdictOf } from './columnValues.js';
import { clipNames, type ScoredClips, type TableLike, tableColumns } from './scoredClips.js';
import { type Row, rowsOf } from './tableFile.js';
import { isVoteLog, standingVotes } from './voteLog.js';

/** What people say of the clips in one dimension; all lists have one entry a clip, in the order of the scores. */
export interface ClipRatings {
  dimension: string;
  /** Mean of the ratings of a clip (of its votes, with Pass 1 and Fail 0); NaN where it has none. */
  ratings: Float64Array;
  /** Whether more than half of its votes are Pass; undefined where it has none. */
  labels: (boolean | undefined)[];
  /** Share of its votes on the side of fewer, 0 to 1/2; NaN where it has none. */
  dispute: Float64Array;
  /** Whether there are ratings finer than Pass and Fail. */
  graded: boolean;
}

/** Human judgements that were read, and how. */
export interface JudgedClips {
  dimensions: ClipRatings[];
  /** How the file was understood, in words. */
  lines: string[];
  /** Clips with a judgement but without a score. */
  unscored: number;
}

const ratingNames = ['rating', 'score', 'mos', 'value', 'human_score', 'label'];
const verdictNames = ['pass', 'label', 'verdict', 'correct', 'good'];
/** Columns that name a clip, in place of each other. */
const clipNamesOf: Record<string, string[]> = {
  clip: ['video', 'clip_id', 'video_id', 'id'],
  video: ['clip', 'video_id', 'clip_id', 'id'],
  promptId: ['prompt_id'],
  prompt_id: ['promptId'],
};

/**
 * Reads votes or ratings of scored clips: any number of rows a clip (one for each annotator and dimension). The clip is
 * named by the same columns as in the score file. Ratings that are whole numbers from 1 to 5 pass from 4 on; others
 * need a threshold to be labels. Of a vote log, the votes that stand.
 * @throws {Error} where a column is missing, a value malformed, or no row is of a scored clip
 */
export async function readClipRatings(
  operation: string,
  input: string | TableLike,
  scored: ScoredClips,
  threshold?: number,
): Promise<JudgedClips> {
  const where = `${operation}: ${typeof input === 'string' ? basename(input) : 'the labels'}`;
  const read = typeof input === 'string' ? await readColumns(operation, input) : tableColumns(where, input);
  const columns = votesThatStand(read, where);
  const id = idColumns(columns, scored, where);
  const verdicts = verdictNames.find((name) => columns.has(name) && isVerdict(columns.get(name)!));
  const ratings = ratingNames.find(
    (name) => columns.has(name) && name !== verdicts && isNumeric(columns.get(name)!),
  );
  if (verdicts === undefined && ratings === undefined) {
    throw new Error(
      `${where} has no column of labels (${verdictNames.join(', ')}) or ratings (${ratingNames.join(', ')}); ` +
        `it has ${[...columns.keys()].join(', ')}`,
    );
  }
  const passes = ratings === undefined ? undefined : (threshold ?? usualThreshold(columns.get(ratings)!));
  const { dimensions, unscored } = gather(columns, { id, verdicts, ratings, passes }, scored, where);
  const lines = [
    `labels of a clip: ${id.join(' + ')}`,
    verdicts === undefined
      ? `ratings: ${ratings}`
      : `labels: ${verdicts}${ratings ? `, ratings: ${ratings}` : ''}`,
  ];
  if (verdicts === undefined) {
    lines.push(
      passes === undefined
        ? 'no labels: say from which rating on a clip passes'
        : `a rating of ${passes} or more is a Pass, a clip passes by more than half of its ratings`,
    );
  }
  return { dimensions, lines, unscored };
}

/** The judgements of a score file's own columns. */
export function ownRatings(scored: ScoredClips, threshold?: number): JudgedClips {
  const { labels, ratings, roles } = scored;
  if (!labels && !ratings) return { dimensions: [], lines: [], unscored: 0 };
  const passes = threshold ?? (ratings ? usualThreshold(Array.from(ratings)) : undefined);
  const verdicts =
    labels ??
    Array.from(ratings!, (rating) =>
      passes === undefined || Number.isNaN(rating) ? undefined : rating >= passes,
    );
  const asNumbers = () =>
    Float64Array.from(verdicts, (pass) => (pass === undefined ? Number.NaN : Number(pass)));
  const dimension: ClipRatings = {
    dimension: roles.label ?? roles.rating!,
    ratings: ratings ?? asNumbers(),
    labels: verdicts,
    dispute: new Float64Array(verdicts.length).fill(Number.NaN),
    graded: ratings !== undefined,
  };
  const lines = !labels && passes !== undefined ? [`a rating of ${passes} or more is a Pass`] : [];
  return { dimensions: [dimension], lines, unscored: 0 };
}

function votesThatStand(columns: Columns, where: string): Columns {
  if (!columns.has('event')) return columns;
  const rows = rowsOf(columns);
  return isVoteLog(rows) ? columnsOf(standingVotes(rows, where) as object[] as Row[]) : columns;
}

function idColumns(columns: Columns, scored: ScoredClips, where: string): string[] {
  if (scored.roles.id.length === 0) {
    throw new Error(
      `${where}: ${scored.source} does not name its clips, so that labels cannot be joined; say which columns name a clip`,
    );
  }
  return scored.roles.id.map((name) => {
    const found = [name, ...(clipNamesOf[name] ?? ['clip', 'video'])].find((column) => columns.has(column));
    if (found === undefined) {
      throw new Error(
        `${where} has no column "${name}", by which ${scored.source} names its clips; it has ` +
          [...columns.keys()].join(', '),
      );
    }
    return found;
  });
}

/** 4, where ratings are whole numbers from 1 to 5. */
function usualThreshold(values: readonly unknown[]): number | undefined {
  const numbers = values
    .map((value) => numberOf(value) ?? Number.NaN)
    .filter((value) => !Number.isNaN(value));
  const usual = numbers.every((value) => Number.isInteger(value) && value >= 1 && value <= 5);
  return usual && numbers.some((value) => value > 2) ? 4 : undefined;
}

interface Judgement {
  id: string[];
  verdicts?: string;
  ratings?: string;
  /** The rating from which on a clip passes. */
  passes?: number;
}

function gather(
  columns: Columns,
  { id, verdicts, ratings, passes }: Judgement,
  scored: ScoredClips,
  where: string,
): Pick<JudgedClips, 'dimensions' | 'unscored'> {
  const places = new Map(scored.ids.map((clip, place) => [clip, place]));
  const clips = clipNames(columns, id, where);
  const dimensionOf = columns.get('dimension');
  const byDimension = new Map<string, Tally>();
  const unscored = new Set<string>();
  for (let row = 0; row < rowCount(columns); row++) {
    const place = places.get(clips[row]);
    if (place === undefined) {
      unscored.add(clips[row]);
      continue;
    }
    const dimension = dimensionOf ? textOf(dimensionOf[row]) : (verdicts ?? ratings)!;
    const tally = byDimension.get(dimension) ?? new Tally(scored.ids.length);
    byDimension.set(dimension, tally);
    const rating =
      ratings === undefined ? Number.NaN : cell(columns, ratings, row, numberOf, 'a finite number', where);
    const pass =
      verdicts === undefined
        ? passes === undefined || Number.isNaN(rating)
          ? undefined
          : rating >= passes
        : isMissing(columns.get(verdicts)![row])
          ? undefined
          : cell(columns, verdicts, row, verdictOf, 'Pass/Fail, true/false, yes/no or 1/0', where);
    tally.add(place, rating, pass);
  }
  if (byDimension.size === 0) {
    throw new Error(
      `${where}: none of its clips has a score: it names "${clips[0]}" by ${id.join(' + ')}, ` +
        `${scored.source} names "${scored.ids[0]}"`,
    );
  }
  const dimensions = [...byDimension].map(([dimension, tally]) =>
    tally.ratings(dimension, ratings !== undefined),
  );
  return { dimensions, unscored: unscored.size };
}

function cell<T>(
  columns: Columns,
  column: string,
  row: number,
  read: (value: unknown) => T | undefined,
  expected: string,
  where: string,
): T {
  const value = columns.get(column)![row];
  const result = read(value);
  if (result !== undefined) return result;
  throw new Error(
    `${where} row ${row + 1}, column "${column}": expected ${expected}, received ${shown(value)}`,
  );
}

/** Sums over the judgements of each clip. */
class Tally {
  private readonly sums: Float64Array;
  private readonly ratingCounts: Uint32Array;
  private readonly passes: Uint32Array;
  private readonly votes: Uint32Array;

  constructor(clips: number) {
    this.sums = new Float64Array(clips);
    this.ratingCounts = new Uint32Array(clips);
    this.passes = new Uint32Array(clips);
    this.votes = new Uint32Array(clips);
  }

  add(clip: number, rating: number, pass: boolean | undefined): void {
    if (!Number.isNaN(rating)) {
      this.sums[clip] += rating;
      this.ratingCounts[clip]++;
    }
    if (pass !== undefined) {
      this.passes[clip] += Number(pass);
      this.votes[clip]++;
    }
  }

  ratings(dimension: string, graded: boolean): ClipRatings {
    const share =
      this.passes.length === 0 ? [] : Array.from(this.passes, (count, clip) => count / this.votes[clip]);
    return {
      dimension,
      ratings: graded
        ? this.sums.map((sum, clip) => sum / this.ratingCounts[clip])
        : Float64Array.from(share),
      labels: share.map((passed) => (Number.isNaN(passed) ? undefined : passed > 0.5)),
      dispute: Float64Array.from(share, (passed) => Math.min(passed, 1 - passed)),
      graded,
    };
  }
}
