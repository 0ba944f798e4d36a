import { basename } from 'node:path';
import { cellError } from '../data/tables/cellError.js';
import type { Column, Columns } from '../data/tables/column.js';
import {
  type ColumnFile,
  columnsOf,
  type Row,
  readColumnFile,
  rowCount,
  rowsOf,
} from '../data/tables/columnFile.js';
import { asideReason, asideWords } from '../data/tables/columnRoles.js';
import {
  clipNames,
  type Judgements,
  type ScoredClips,
  type TableLike,
  tableColumns,
} from '../data/tables/scoredClips.js';
import {
  isMissing,
  isVerdict,
  kindsOf,
  namesOf,
  numberOf,
  plain,
  shown,
  textOf,
  verdictReader,
  verdictWords,
} from '../data/tables/vocabulary.js';
import { isVoteLog, standingVotes } from '../data/votes/voteLog.js';

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
  /** Ratings and labels of each metric's own rows, where those of a clip differ from metric to metric. */
  byMetric?: ReadonlyMap<string, Pick<ClipRatings, 'ratings' | 'labels'>>;
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
const verdictNames = ['pass', 'passed', 'label', 'verdict', 'correct', 'good'];

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
  const file: ColumnFile =
    typeof input === 'string'
      ? await readColumnFile(operation, input)
      : { columns: tableColumns(where, input), notes: [] };
  const columns = votesThatStand(file.columns, where);
  const id = idColumns(columns, scored, where);
  const called = (names: readonly string[], fits: (values: Column) => boolean) =>
    names
      .map((name) => columnCalled(columns, [plain(name)]))
      .find((column) => column !== undefined && fits(columns.get(column)!));
  const verdicts = called(verdictNames, isVerdict);
  const ratings = called(ratingNames, (values) => {
    const { present, numbers } = kindsOf(values);
    return numbers > present / 2 && values !== columns.get(verdicts ?? '');
  });
  if (verdicts === undefined && ratings === undefined) {
    throw new Error(
      `${where} has no column of labels (${verdictNames.join(', ')}) or ratings (${ratingNames.join(', ')}); ` +
        `it has ${[...columns.keys()].join(', ')}`,
    );
  }
  const passes = ratings === undefined ? undefined : (threshold ?? usualThreshold(columns.get(ratings)!));
  const { dimensions, unscored } = gather(columns, { id, verdicts, ratings, passes }, scored, where);
  const lines = [
    ...file.notes.map((note) => `labels: ${note}`),
    `labels of a clip: ${id.join(' + ')}`,
    verdicts === undefined
      ? `ratings: ${ratings}`
      : `labels: ${verdicts}${ratings ? `, ratings: ${ratings}` : ''}`,
  ];
  if (verdicts === undefined) {
    lines.push(
      passes === undefined
        ? unlabelled
        : `a rating of ${passes} or more is a Pass, a clip passes by more than half of its ratings`,
    );
  }
  const used = [
    ...id,
    verdicts,
    ratings,
    columnCalled(columns, ['dimension']),
    columnCalled(columns, namesOf('annotator')),
  ];
  const aside = [...columns].flatMap(([column, values]) =>
    used.includes(column) ? [] : [{ column, reason: asideReason(column, values) }],
  );
  if (aside.length > 0) lines.push(`labels: left aside: ${asideWords(aside)}`);
  return { dimensions, lines, unscored };
}

/** What is said where ratings are not labels. */
const unlabelled = 'no labels: say by the threshold from which rating on a clip passes (--threshold)';

/** The judgements of a score file's own columns. */
export function ownRatings(scored: ScoredClips, threshold?: number): JudgedClips {
  const lines = new Set<string>();
  const dimensions = scored.judgements.map(({ dimension, byMetric, ...all }): ClipRatings => {
    const { ratings, labels } = all;
    const given = [all, ...(byMetric?.values() ?? [])].flatMap(({ ratings: own }) => Array.from(own ?? []));
    const passes = threshold ?? (ratings ? usualThreshold(given) : undefined);
    if (!labels) lines.add(passes === undefined ? unlabelled : `a rating of ${passes} or more is a Pass`);
    const of = (judgements: Judgements) => judged(judgements, passes);
    if (byMetric) lines.add(`${dimension}: the rows of a clip differ, each metric is compared with its own`);
    return {
      dimension,
      ...of(all),
      dispute: new Float64Array(scored.ids.length).fill(Number.NaN),
      graded: ratings !== undefined,
      ...(byMetric && { byMetric: new Map([...byMetric].map(([metric, own]) => [metric, of(own)])) }),
    };
  });
  return { dimensions, lines: [...lines], unscored: 0 };
}

/** Labels where there are only ratings, and the other way round. */
function judged(
  { ratings, labels }: Judgements,
  passes: number | undefined,
): Pick<ClipRatings, 'ratings' | 'labels'> {
  const verdicts =
    labels ??
    Array.from(ratings!, (rating) =>
      passes === undefined || Number.isNaN(rating) ? undefined : rating >= passes,
    );
  return {
    ratings:
      ratings ?? Float64Array.from(verdicts, (pass) => (pass === undefined ? Number.NaN : Number(pass))),
    labels: [...verdicts],
  };
}

/** The column that is called by the first of the plain names that there is. */
const columnCalled = (columns: Columns, names: readonly string[]): string | undefined =>
  names
    .map((name) => [...columns.keys()].find((column) => plain(column) === name))
    .find((column) => column !== undefined);

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
    const others = scored.roles.id.length === 1 ? [...namesOf('clip'), 'id'] : [];
    const found = columns.has(name) ? name : columnCalled(columns, [plain(name), ...others]);
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
function usualThreshold(values: Column): number | undefined {
  const numbers = Array.from(values, (value) => numberOf(value) ?? Number.NaN).filter(
    (value) => !Number.isNaN(value),
  );
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
  const dimensionColumn = columnCalled(columns, ['dimension']);
  const annotator = columnCalled(columns, namesOf('annotator'));
  const readVerdict = verdicts === undefined ? undefined : verdictReader(columns.get(verdicts)!);
  const votes = new Map<string, number>();
  const byDimension = new Map<string, Tally>();
  const unscored = new Set<string>();
  for (let row = 0; row < rowCount(columns); row++) {
    const place = places.get(clips[row]);
    if (place === undefined) {
      unscored.add(clips[row]);
      continue;
    }
    const dimension =
      dimensionColumn === undefined
        ? (verdicts ?? ratings)!
        : cell(columns, dimensionColumn, row, nameOf, 'the name of a dimension', where);
    const tally = byDimension.get(dimension) ?? new Tally(scored.ids.length);
    byDimension.set(dimension, tally);
    const rating =
      ratings === undefined ? Number.NaN : cell(columns, ratings, row, numberOf, 'a finite number', where);
    const pass =
      verdicts === undefined
        ? passes === undefined || Number.isNaN(rating)
          ? undefined
          : rating >= passes
        : isMissing(columns.get(verdicts)!.at(row))
          ? undefined
          : cell(columns, verdicts, row, readVerdict!, verdictWords, where);
    if (annotator !== undefined && !isMissing(columns.get(annotator)!.at(row))) {
      const key = JSON.stringify([place, dimension, textOf(columns.get(annotator)!.at(row))]);
      const earlier = votes.get(key);
      if (earlier !== undefined) {
        for (const column of [verdicts, ratings]) {
          if (column === undefined || same(columns.get(column)!, earlier, row)) continue;
          const values = columns.get(column)!;
          const expected = `${shown(values.at(earlier))}, the vote of the same annotator on the same clip in row ${earlier + 1}`;
          throw cellError({ where, row, column }, expected, values.at(row));
        }
        continue;
      }
      votes.set(key, row);
    }
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

/** Text of a name; undefined where there is none. */
const nameOf = (value: unknown): string | undefined => (isMissing(value) ? undefined : textOf(value));

/** Whether two rows say the same. */
function same(values: Column, first: number, second: number): boolean {
  const [a, b] = [values.at(first), values.at(second)];
  return (isMissing(a) && isMissing(b)) || textOf(a) === textOf(b);
}

function cell<T>(
  columns: Columns,
  column: string,
  row: number,
  read: (value: unknown) => T | undefined,
  expected: string,
  where: string,
): T {
  const value = columns.get(column)!.at(row);
  const result = read(value);
  if (result !== undefined) return result;
  throw cellError({ where, row, column }, expected, value);
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
