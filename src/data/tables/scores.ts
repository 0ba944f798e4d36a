import { ColumnTable, table } from 'arquero';
import { argsort } from '../../base/argsort.js';
import { isMissing } from './vocabulary.js';

/** A row of scores: what is known of it, and any other columns. */
export interface ScoreRow {
  /** Id of the clip. */
  clip: string;
  /** Its score; higher is better. */
  score: number;
  /** Which score it is, where a table holds several. */
  metric?: string;
  /** How far the heads of an ensemble are apart on it. */
  spread?: number;
  /** The label. */
  pass?: boolean;
  /** People's rating. */
  rating?: number;
  /** What the clips are compared by, such as their generator. */
  group?: string;
  /** File of the clip. */
  path?: string;
  /** The text that it was generated from. */
  prompt?: string;
  /** What clips of the same prompt have in common. */
  promptId?: string;
  /** The model that generated it. */
  generator?: string;
  [column: string]: unknown;
}

/** A clip whose score contradicts its label. */
export interface Mistake {
  /** Share of the clips of the other label that its score is on the wrong side of; equal scores count half. */
  wrong: number;
  /** The same in words. */
  note: string;
}

/** A clip that two scores place differently. */
export interface Dispute {
  /** The other score. */
  other: number;
  /** Share of the clips that it is above, by its own score minus by the other one, -1 to 1. */
  gap: number;
  /** Both shares in words. */
  note: string;
}

/**
 * A table of scores, from a model or any file: an arquero table with the columns `clip`, `score` and others, and the clips to
 * look at. Rows whose score is missing are left out. What arquero's verbs make of it is such a table, too.
 */
export class Scores<Row extends ScoreRow = ScoreRow> extends ColumnTable {
  /** The rows. */
  override objects(options?: Parameters<ColumnTable['objects']>[0]): Row[] {
    return super.objects(options) as Row[];
  }

  /** The values of a column. */
  override array<Name extends keyof Row & string>(name: Name): Row[Name][] {
    const column = this.column(name);
    if (!column || this.isFiltered() || this.isOrdered()) return super.array(name) as Row[Name][];
    if (Array.isArray(column)) return column.slice();
    const values = new Array<Row[Name]>(column.length);
    for (let row = 0; row < values.length; row++) values[row] = column.at(row) as Row[Name];
    return values;
  }

  /** The names of its metrics, in their order; none where it has no column `metric`. */
  get metrics(): string[] {
    return this.columnNames().includes('metric') ? [...new Set(super.array('metric') as string[])] : [];
  }

  /** The rows of one metric. @throws {Error} naming the metrics that there are */
  of(metric: string): this {
    const all = this.reify();
    const names = this.columnNames().includes('metric') ? (all.array('metric') as unknown[]) : [];
    const rows = names.flatMap((name, row) => (name === metric ? [row] : []));
    if (rows.length > 0) return all.reify(rows);
    const present = this.metrics.length > 0 ? `the metrics ${this.metrics.join(', ')}` : 'one metric only';
    throw new Error(`scores.of: no row is of the metric "${metric}"; the table has ${present}`);
  }

  /**
   * The scores with more known of their clips: the columns of rows that name a clip, such as the truth; a column that both have is
   * theirs. What they do not say of a clip is undefined.
   * @throws {Error} where they say nothing of any clip, or of one twice
   */
  with<Other extends { clip: string }>(rows: readonly Other[] | { objects(): Other[] }): Scores<Row & Other> {
    const others = new Map<string, Other>();
    for (const row of 'objects' in rows ? rows.objects() : rows) {
      if (others.has(row.clip))
        throw new Error(
          `scores.with: clip "${row.clip}" has two rows; keep one a clip, such as those of one dimension`,
        );
      others.set(row.clip, row);
    }
    const own = this.objects();
    if (!own.some(({ clip }) => others.has(clip))) {
      const [first] = others.keys();
      throw new Error(
        `scores.with: nothing is of a scored clip: the scores name "${own[0]?.clip}", the rows "${first}"`,
      );
    }
    const added = new Set([...others.values()].flatMap(Object.keys));
    const columns = [...new Set([...this.columnNames(), ...added])].map((name) => [
      name,
      own.map((row) => {
        const of: Record<string, unknown> | undefined =
          name !== 'clip' && added.has(name) ? others.get(row.clip) : row;
        return of?.[name];
      }),
    ]);
    const made = table(Object.fromEntries(columns));
    return new Scores<Row & Other>(made.data(), made.columnNames());
  }

  /** The clip with the highest score, or the `count` highest, the highest first. @throws as `worst` */
  best(): Row;
  best(count: number): Row[];
  best(count?: number): Row | Row[] {
    return this.#first('best', count, ({ score }) => score);
  }

  /**
   * The clip with the lowest score, or the `count` lowest, the lowest first; of equal ones the earlier rows.
   * @throws {Error} for a table of several metrics, and one without scores; {RangeError} for a count that is not a positive whole number
   */
  worst(): Row;
  worst(count: number): Row[];
  worst(count?: number): Row | Row[] {
    return this.#first('worst', count, ({ score }) => -score);
  }

  /**
   * The clips whose score contradicts their label the most: each is on the wrong side of a share `wrong` of the clips of the
   * other label. Clips without a label are left out.
   * @throws {Error} without a column `pass`, or for a table of several metrics; {RangeError} where all labels are the same
   */
  mistakes(count = 10): (Row & Mistake)[] {
    checkCount('mistakes', count);
    if (!this.columnNames().includes('pass')) {
      throw new Error(
        `scores.mistakes: the table has no column "pass"; say which column is the label (readScores(file, { label })); ` +
          `it has ${this.columnNames().join(', ')}`,
      );
    }
    const rows = this.#scored('mistakes').filter(({ pass }) => typeof pass === 'boolean');
    const of = (label: boolean) => sorted(rows.filter(({ pass }) => pass === label));
    const [passes, fails] = [of(true), of(false)];
    if (passes.length === 0 || fails.length === 0) {
      throw new RangeError(
        `scores.mistakes: expected clips that pass and clips that fail, received ${passes.length} and ${fails.length}`,
      );
    }
    const judged = rows.map((row) => {
      const wrong = row.pass ? 1 - shareBelow(fails, row.score) : shareBelow(passes, row.score);
      const side = row.pass ? 'below' : 'above';
      const others = row.pass ? 'that fail' : 'that pass';
      return { row, wrong, note: noted(row, `${side} ${percent(wrong)} of the clips ${others}`) };
    });
    return firstOf(
      judged.filter(({ wrong }) => wrong > 0),
      ({ wrong }) => wrong,
      count,
    ).map(({ row, wrong, note }) => ({ ...row, wrong, note }));
  }

  /**
   * The clips that two scores place most differently: of the clips that both score, the share that is below it, by one score and
   * by the other. A score's unit does not matter.
   * @throws {Error} where they share no clip, one scores a clip twice, or a table holds several metrics
   */
  disputed(other: Scores<ScoreRow>, count = 10): (Row & Dispute)[] {
    checkCount('disputed', count);
    const own = byClip(this.#scored('disputed'));
    const others = byClip(other.#scored('disputed'));
    const both = [...own.values()].filter(({ clip }) => others.has(clip));
    if (both.length === 0) {
      const [first, second] = [own.keys().next().value, others.keys().next().value];
      throw new Error(
        `scores.disputed: the two tables share no clip: one names "${first}", the other "${second}"`,
      );
    }
    const theirs = both.map(({ clip }) => others.get(clip)!);
    const [here, there] = [sorted(both), sorted(theirs)];
    const compared = both.map((row, i) => {
      const [above, otherAbove] = [shareBelow(here, row.score), shareBelow(there, theirs[i].score)];
      const note = noted(row, `above ${percent(above)} of the clips here, ${percent(otherAbove)} there`);
      return { row, other: theirs[i].score, gap: above - otherAbove, note };
    });
    return firstOf(
      compared.filter(({ gap }) => gap !== 0),
      ({ gap }) => Math.abs(gap),
      count,
    ).map(({ row, ...found }) => ({ ...row, ...found }));
  }

  #first(operation: string, count: number | undefined, sortKey: (row: Row) => number): Row | Row[] {
    if (count !== undefined) checkCount(operation, count);
    const found = firstOf(this.#scored(operation), sortKey, count ?? 1);
    return count === undefined ? found[0] : found;
  }

  /** The rows that have a score, of one metric. */
  #scored(operation: string): Row[] {
    if (this.metrics.length > 1) {
      const [first] = this.metrics;
      throw new Error(
        `scores.${operation}: the table holds the metrics ${this.metrics.join(', ')}; take one, such as ` +
          `scores.of(${JSON.stringify(first)})`,
      );
    }
    if (!this.columnNames().includes('score'))
      throw new Error(
        `scores.${operation}: the table has no column "score"; it has ${this.columnNames().join(', ')}`,
      );
    const rows = this.objects().filter(({ score }) => !isMissing(score));
    const odd = rows.find(({ score }) => !Number.isFinite(score));
    if (odd)
      throw new RangeError(
        `scores.${operation}: clip "${odd.clip}": expected a finite score, received ${odd.score}`,
      );
    if (rows.length === 0) throw new Error(`scores.${operation}: the table has no row with a score`);
    return rows;
  }
}

function checkCount(operation: string, count: number): void {
  if (!(Number.isSafeInteger(count) && count > 0))
    throw new RangeError(`scores.${operation}: expected a positive whole number of clips, received ${count}`);
}

const sorted = (rows: readonly ScoreRow[]): Float64Array =>
  Float64Array.from(rows, ({ score }) => score).sort();

/** Share of ascending values below a value; equal ones count half. */
function shareBelow(ascending: Float64Array, value: number): number {
  const first = (isPast: (other: number) => boolean) => {
    let [low, high] = [0, ascending.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (isPast(ascending[middle])) high = middle;
      else low = middle + 1;
    }
    return low;
  };
  return (first((other) => other >= value) + first((other) => other > value)) / (2 * ascending.length);
}

/** The rows with the largest values, the largest first; of equal ones the earlier rows. */
function firstOf<T>(rows: readonly T[], sortKey: (row: T) => number, count: number): T[] {
  const order = argsort(rows.map((row) => -sortKey(row)));
  return Array.from(order.subarray(0, count), (row) => rows[row]);
}

function byClip<Row extends ScoreRow>(rows: readonly Row[]): Map<string, Row> {
  const found = new Map<string, Row>();
  for (const row of rows) {
    if (found.has(row.clip))
      throw new Error(
        `scores.disputed: clip "${row.clip}" has two rows; keep one a clip, such as by scores.filter`,
      );
    found.set(row.clip, row);
  }
  return found;
}

/** A note after the row's own, if it has one. */
const noted = (row: ScoreRow, note: string): string =>
  typeof row.note === 'string' && row.note !== '' ? `${row.note}; ${note}` : note;

const percent = (share: number): string => `${Math.round(100 * share)}%`;
