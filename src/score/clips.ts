import { type ColumnTable, table } from 'arquero';
import { type Pace, PaceMeter } from '../base/pace.js';
import type { Clip } from '../data/clip.js';
import { clipColumns } from '../data/tables/fields.js';
import { type ScoreRow, Scores } from '../data/tables/scores.js';
import type { ReadFailure } from '../data/video/readClips.js';
import { type LabelTable, ofDimension } from '../data/votes/labels.js';
import type { RewardHeads } from '../model/rewardHeads.js';
import type { RewardModel } from '../model/rewardModel.js';
import type { Rating, Reward } from '../model/rewards.js';
import { type ScoredBatch, scoreBatches } from '../model/scoreBatches.js';
import type { Features } from '../model/stages/features.js';
import { HeadStages } from '../model/stages/headStages.js';
import { type ScoringStage, scoreStage } from '../model/stages/scoreStage.js';
import { stageOf } from '../model/stages/stage.js';

/** A row of the scores: the clip's own fields, and the columns that the input had. */
export interface ScoredRow extends ScoreRow {
  /** File of the clip. */
  path: string;
}

/** Scores: a table with the columns `clip`, `score`, of several heads `metric` and `spread`, and those of the input; and what could not be scored. */
export type ScoreTable<Row extends ScoredRow = ScoredRow> = Scores<Row> & {
  /** The clips that have no row, and why. */
  readonly failures: readonly ReadFailure[];
};

/** How far scoring is, and how fast. */
export interface ScoreProgress extends Pace {
  /** Clips that are done. */
  done: number;
  /** Clips in all. */
  total: number;
  /** Clips that have no score. */
  failed: number;
}

/** How clips are scored. */
export interface ScoreOptions {
  /** Clips that go through the model together. Default 4; of the scores it changes the rounding alone. */
  batchSize?: number;
  /** What the frozen part made of the clips in training, to continue from there; what is not there yet is added. */
  features?: Features;
  /** Stops between batches, with the signal's reason. */
  signal?: AbortSignal;
  /** Called after each batch. */
  onProgress?: (progress: ScoreProgress) => void;
}

/**
 * Scores clips by a reward model, in their order. While the model computes one batch the next ones are read; a clip
 * that stands in several rows is scored once. A clip that cannot be read, or whose score is not a number, has no row: it is among the table's
 * `failures`, and a warning says how many there are. Of several dimensions, which one look at each clip gives, there is a row for
 * each clip and dimension, named in a column `metric`; of several heads of one the score is their mean, and `spread` their deviation.
 * @param clips clips, or a table with the columns `clip` and `path` (labels, for example), whose columns are kept. Of a
 *   table of labels of several dimensions only the score's own count.
 * @throws when the input is not such a table, or two clips share an id; and with the signal's reason.
 */
export function clips(
  model: RewardModel | RewardHeads,
  labels: LabelTable,
  options?: ScoreOptions,
): Promise<ScoreTable<ScoredRow & { pass: boolean }>>;
/** Scores clips, or the rows of a table with the columns `clip` and `path`. */
export function clips(
  model: RewardModel | RewardHeads,
  clips: readonly Clip[] | ColumnTable,
  options?: ScoreOptions,
): Promise<ScoreTable>;
export async function clips(
  model: RewardModel | RewardHeads,
  clips: readonly Clip[] | ColumnTable,
  { batchSize, features, signal, onProgress }: ScoreOptions = {},
): Promise<ScoreTable<ScoredRow & { pass: boolean }>> {
  const metrics = 'dimensions' in model && model.dimensions.length > 1 ? model.dimensions : [undefined];
  const rows = metrics.flatMap((metric) => {
    const own = Array.isArray(clips)
      ? clips.map(rowOfClip)
      : rowsOfTable(ownLabels(clips as ColumnTable, metric ?? model.card.dimension));
    return own.map((row): Row => ({ ...row, metric }));
  });
  const distinct = distinctClips(rows);
  const scores = new Map<string, Reward>();
  const failures: ReadFailure[] = [];
  const batches: AsyncIterable<ScoredBatch<Reward>> = features
    ? scoreStage(stageFor(model, features), distinct, { batchSize, signal })
    : scoreBatches<Reward>(model, distinct, { batchSize, signal });
  const meter = new PaceMeter();
  for await (const batch of batches) {
    for (const { clip, score } of batch.scores) scores.set(clip.id, score);
    for (const failure of batch.failures) failures.push(failure);
    meter.add(batch.scores.length + batch.failures.length, batch.waited);
    const done = scores.size + failures.length;
    onProgress?.({ done, total: distinct.length, failed: failures.length, ...meter.pace });
  }
  if (failures.length > 0) warn(failures, distinct.length);

  const scored = rows.flatMap((row) => {
    const reward = scores.get(row.clip.id);
    return reward === undefined ? [] : [{ ...row, rating: ratingOf(reward, row.metric) }];
  });
  const columns: Record<string, unknown[]> = {
    clip: scored.map(({ clip }) => clip.id),
    ...(metrics.length > 1 && { metric: scored.map(({ metric }) => metric) }),
    score: scored.map(({ rating }) => rating.score),
    ...(scored.some(({ rating }) => rating.spread !== undefined) && {
      spread: scored.map(({ rating }) => rating.spread),
    }),
  };
  for (const name of columnNames(rows)) columns[name] ??= scored.map(({ values }) => values[name]);
  const made = table(columns);
  return Object.assign(new Scores<ScoredRow & { pass: boolean }>(made.data(), made.columnNames()), {
    failures,
  });
}

/** One row of the result to be: the clip and the input's other columns. */
interface Row {
  clip: Clip;
  values: Record<string, unknown>;
  /** Which score it has, where there are several. */
  metric?: string;
}

/** Where the scoring continues from what is kept of clips. */
function stageFor(model: RewardModel | RewardHeads, features: Features): ScoringStage<Reward> {
  if (!('dimensions' in model)) return stageOf(model, features.trainable, features);
  if (features.trainable === 'head') return new HeadStages(model, features);
  throw new RangeError(
    `score.clips: heads over one backbone read features for training "head", received those for "${features.trainable}"`,
  );
}

/** The rating of a metric; without its name that of the one dimension. */
function ratingOf(reward: Reward, metric: string | undefined): Rating {
  if (typeof reward === 'number') return { score: reward };
  return metric === undefined ? Object.values(reward)[0] : reward[metric];
}

function rowOfClip(clip: Clip): Row {
  const { id: _, ...values } = clip;
  return { clip, values };
}

/** The rows of a table of labels that are of the model's dimension, where there are others. */
function ownLabels(labels: ColumnTable, dimension: string | undefined): ColumnTable {
  if (dimension === undefined || !labels.columnNames().includes('dimension')) return labels;
  const names = new Set(labels.array('dimension') as Iterable<unknown>);
  return names.size > 1 && names.has(dimension) ? ofDimension(labels, dimension) : labels;
}

function rowsOfTable(input: ColumnTable): Row[] {
  for (const name of ['clip', 'path']) {
    if (!input.columnNames().includes(name)) {
      throw new Error(
        `score.clips: the table has no column "${name}" (it has ${input.columnNames().join(', ')}); ` +
          'add it, or give the clips themselves',
      );
    }
  }
  return (input.objects() as Record<string, unknown>[]).map(({ clip: id, score: _, ...values }) => {
    const known = clipColumns.filter((name) => values[name] !== undefined && values[name] !== null);
    const fields = Object.fromEntries(known.map((name) => [name, values[name]]));
    return { clip: { id, ...fields } as Clip, values };
  });
}

function distinctClips(rows: readonly Row[]): Clip[] {
  const distinct = new Map<string, Clip>();
  for (const { clip } of rows) {
    const first = distinct.get(clip.id) ?? clip;
    if (first.path !== clip.path) {
      throw new Error(`score.clips: two clips share the id "${clip.id}": ${first.path} and ${clip.path}`);
    }
    distinct.set(clip.id, first);
  }
  return [...distinct.values()];
}

function columnNames(rows: readonly Row[]): string[] {
  return [...new Set(rows.flatMap(({ values }) => Object.keys(values)))];
}

function warn(failures: readonly ReadFailure[], total: number): void {
  const [first] = failures;
  console.warn(
    `score.clips: ${failures.length} of ${total} clips have no score; the first is "${first.clip.id}": ` +
      `${first.reason}. All are in the table's .failures`,
  );
}
