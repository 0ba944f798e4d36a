import { dirname } from 'node:path';
import type { GivenRoles } from '../data/tables/columnRoles.js';
import {
  type ClipNumbers,
  readScoredClips,
  type ScoredClips,
  type TableLike,
} from '../data/tables/scoredClips.js';
import { type ClipMeasures, clipMeasures } from './clipMeasures.js';
import { type ClipRatings, ownRatings, readClipRatings } from './clipRatings.js';
import { type ModelNames, modelNames } from './modelNames.js';
import type { Chapter } from './page.js';
import type { Section } from './part.js';
import { findClip, type Preview, preview } from './preview.js';
import { Report } from './report.js';
import { labelled, type MetricScores, metricScores, tellsApart } from './scored.js';
import { advantages } from './sections/advantages.js';
import { best } from './sections/best.js';
import { clips } from './sections/clips.js';
import { comparison } from './sections/comparison.js';
import { decision } from './sections/decision.js';
import { distribution } from './sections/distribution.js';
import { drift } from './sections/drift.js';
import { labels } from './sections/labels.js';
import { shortcuts } from './sections/shortcuts.js';
import { count } from './words.js';

/** What an analysis is given besides the scores; columns that are not given are guessed. */
export interface AnalyzeOptions extends GivenRoles {
  /** Votes or ratings of the clips: a file or a table. Without, the labels of the score file. */
  labels?: string | TableLike;
  /** Other scores, of the same clips or of others: a file or a table. */
  against?: string | TableLike;
  /** What the numbers of lists are called, in order, where a score or rating is a list of them. */
  names?: readonly string[];
  /** The rating from which on a clip passes; 4 for ratings from 1 to 5. */
  threshold?: number;
  /** What a wrong Pass costs, in wrong Fails. Default 1. */
  cost?: number;
}

/** Of more clips only so many are measured for shortcuts, evenly over the file. */
const measuredClips = 200;
/** Metrics whose numbers are a line of text. */
const printedMetrics = 20;

/**
 * Looks at a score file of any tool: distributions, how well each metric tells Pass from Fail and agrees with ratings,
 * calibration, thresholds, shortcuts, advantages within prompts, another file beside it, and the clips to look at.
 * @param scores a CSV, TSV, JSON, JSON Lines, Arrow or Parquet file, or a table
 * @throws {Error} that names file, row and column of what cannot be read, a column that is not there, a clip that is
 *   scored twice, or labels of which none is of a scored clip; {RangeError} for a threshold or cost that is not a number
 */
export async function analyze(scores: string | TableLike, options: AnalyzeOptions = {}): Promise<Report> {
  const { labels: judgements, against, threshold, cost = 1, names, ...given } = options;
  if (threshold !== undefined && !Number.isFinite(threshold))
    throw new RangeError(`analyze: threshold: expected a finite number, received ${threshold}`);
  if (!(cost > 0 && Number.isFinite(cost)))
    throw new RangeError(`analyze: cost: expected a number above 0, received ${cost}`);

  const scored = await readScoredClips('analyze', scores, given, names);
  const people = judgements
    ? await readClipRatings('analyze', judgements, scored, threshold)
    : ownRatings(scored, threshold);
  const other = against === undefined ? undefined : await readScoredClips('analyze', against, given, names);
  const folders = [
    ...[scores, judgements].flatMap((file) => (typeof file === 'string' ? [dirname(file)] : [])),
    '.',
  ];
  const files = await clipFiles(scored, folders);
  const measured = await measure(scored, files);

  const metrics = scored.metrics.map((_, metric) => metricScores(scored, metric));
  const agreements = people.dimensions.map((dimension) => best(metrics, dimension));
  const chapters: Chapter[] = [];
  if (agreements.length > 0) chapters.push({ title: 'Which score agrees with people', sections: agreements });
  const ofMetrics = metrics.map((metric) => ({
    metric,
    sections: sectionsOf(metric, scored, people.dimensions, measured, cost),
  }));
  for (const { metric, sections } of ofMetrics)
    chapters.push({ title: metric.metric, sections, folded: metrics.length > 1 });
  const models = other && modelNames([scores, scored], [against, other]);
  const compared =
    other && models ? comparisons(metrics, scored, other, people.dimensions, models) : undefined;
  if (models && compared)
    chapters.push({ title: `${models.first} against ${models.second}`, sections: compared });

  const bestName = (agreements[0]?.values as { best?: string } | undefined)?.best;
  const looked = metrics.find(({ metric }) => metric === bestName) ?? metrics[0];
  const toLookAt = clips(looked, scored, people.dimensions);
  chapters.push({ title: `Clips by ${looked.metric}`, sections: [toLookAt] });

  const lines = [
    ...scored.read,
    ...people.lines,
    ...countLines(scored, people.unscored),
    ...(other?.read ?? []),
  ];
  const values = {
    read: lines,
    clips: scored.ids.length,
    rowsWithoutScore: scored.missing.rows,
    leftAside: scored.leftAside,
    ...(agreements.length > 0 && { agreement: agreements.map((section) => section.values) }),
    metrics: ofMetrics.map(({ metric, sections }) => ({
      metric: metric.metric,
      sections: sections.map(({ title, values }) => ({ title, ...values })),
    })),
    ...(compared && { against: compared.map(({ title, values }) => ({ title, ...values })) }),
    ...toLookAt.values,
  };
  const findings = agreements.flatMap(({ parts }) =>
    parts.flatMap((part) => (part.kind === 'text' ? [part.text] : [])),
  );
  const main = mainNumbers(ofMetrics);
  const summary = [...lines, ...main, ...findings, ...(compared ?? []).flatMap(firstText)].join('\n');
  const previews = await previewsOf(toLookAt, files);
  return new Report({ title: `Scores of ${scored.source}`, lines, chapters, previews }, values, summary);
}

function sectionsOf(
  metric: MetricScores,
  scored: ScoredClips,
  people: readonly ClipRatings[],
  measured: Measured,
  cost: number,
): Section[] {
  const sections = [distribution(metric, scored.roles.by)];
  const apart = people.map((dimension) => labelled(metric, dimension));
  for (const data of apart) {
    if (tellsApart(data.labels)) sections.push(labels(data, scored.roles.by), decision(data, cost));
    else sections.push(notApart(data.dimension, data.labels));
  }
  const followed = shortcuts(metric, [...scored.shortcuts, ...measured.columns], measured.source);
  if (followed) sections.push(followed);
  const ofPrompts = advantages(metric, apart);
  if (ofPrompts) sections.push(ofPrompts);
  return sections;
}

/** A line of text for each metric: how many scores, their spread and ties, and the AUC where there is one. */
function mainNumbers(metrics: readonly { metric: MetricScores; sections: readonly Section[] }[]): string[] {
  const lines = metrics
    .slice(0, printedMetrics)
    .map(
      ({ metric, sections }) =>
        `${metric.metric}: ${sections.flatMap(({ headline }) => headline ?? []).join('; ')}`,
    );
  const rest = metrics.length - lines.length;
  return rest > 0 ? [...lines, `and ${count(rest, 'metric')} more`] : lines;
}

/** The section of labels that tell nothing, with the reason. */
function notApart(dimension: string, verdicts: readonly boolean[]): Section {
  const passes = verdicts.filter(Boolean).length;
  const text =
    verdicts.length === 0
      ? 'No scored clip has a label, so there is no ROC, calibration or threshold.'
      : `Of ${count(verdicts.length, 'labelled clip')} ${count(passes)} pass and ${count(verdicts.length - passes)} fail: ` +
        'without two of each there is no ROC, calibration or threshold.';
  return {
    title: `Telling Pass from Fail: ${dimension}`,
    parts: [{ kind: 'text', text }],
    values: { clips: verdicts.length, passes },
  };
}

function comparisons(
  metrics: readonly MetricScores[],
  scored: ScoredClips,
  other: ScoredClips,
  people: readonly ClipRatings[],
  models: ModelNames,
): Section[] {
  const others = other.metrics.map((_, metric) => metricScores(other, metric));
  const byRow = scored.roles.id.length === 0 || other.roles.id.length === 0;
  const sections = metrics.flatMap((first) => {
    const single = metrics.length === 1 && others.length === 1;
    const second = single ? others[0] : others.find(({ metric }) => metric === first.metric);
    if (!second) return [];
    const alike = first.metric === second.metric;
    const names = alike
      ? models
      : { first: `${models.first}: ${first.metric}`, second: `${models.second}: ${second.metric}` };
    const same = byRow ? undefined : comparison(first, second, people, names);
    return [...(same ? [same] : []), drift(first, second, names)];
  });
  if (sections.length > 0) return sections;
  throw new Error(
    `analyze: ${models.first} and ${models.second} have no metric in common: ${metrics.map(({ metric }) => metric).join(', ')} ` +
      `and ${others.map(({ metric }) => metric).join(', ')}; say which columns hold the scores`,
  );
}

function firstText({ parts }: Section): string[] {
  const [first] = parts;
  return first.kind === 'text' || first.kind === 'figure' ? [first.text] : [];
}

function countLines(scored: ScoredClips, unscored: number): string[] {
  const lines = [`${count(scored.ids.length, 'clip')}, ${count(scored.metrics.length, 'metric')}`];
  const { rows, first } = scored.missing;
  if (rows > 0)
    lines.push(`${count(rows, 'row')} without a score left out, the first is row ${count(first)}`);
  if (unscored > 0) lines.push(`${count(unscored, 'judged clip')} left out, for want of a score`);
  return lines;
}

/** The files of the clips that are there, by their path in the score file. */
async function clipFiles(scored: ScoredClips, folders: readonly string[]): Promise<Map<string, string>> {
  const files = new Map<string, string>();
  if (!scored.paths) return files;
  // Where the first few are absent, a million more need not be looked for.
  const first = scored.paths.slice(0, 20).filter((path) => path !== undefined);
  const there = await Promise.all(first.map((path) => findClip(path, folders)));
  if (there.every((file) => file === undefined)) return files;
  for (const path of scored.paths) {
    const file = path === undefined ? undefined : await findClip(path, folders);
    if (path !== undefined && file !== undefined) files.set(path, file);
  }
  return files;
}

/** Numbers that scores may follow, and where they are from. */
interface Measured {
  columns: ClipNumbers[];
  source: string;
}

/** Length, brightness and motion of the clips whose files are there, and the length of the prompts. */
async function measure(scored: ScoredClips, files: ReadonlyMap<string, string>): Promise<Measured> {
  const columns: ClipNumbers[] = [];
  if (scored.prompts?.some((prompt) => prompt.includes(' ')))
    columns.push({
      name: 'characters of the prompt',
      values: Float64Array.from(scored.prompts, ({ length }) => length),
    });
  const present = scored.ids.flatMap((_, clip) => (files.has(scored.paths?.[clip] ?? '') ? [clip] : []));
  if (present.length === 0) return { columns, source: 'by the columns of the file' };
  const step = Math.max(1, present.length / measuredClips);
  const chosen = Array.from(
    { length: Math.min(present.length, measuredClips) },
    (_, i) => present[Math.floor(i * step)],
  );
  const names = ['length', 'brightness', 'motion'] as const;
  const values = names.map(() => new Float64Array(scored.ids.length).fill(Number.NaN));
  for (const clip of chosen) {
    const file = files.get(scored.paths![clip]!) as string;
    // A clip that cannot be read has no measures; scoring is where it is reported.
    const found: ClipMeasures | undefined = await clipMeasures(file).catch(() => undefined);
    for (const [i, name] of names.entries()) values[i][clip] = found?.[name] ?? Number.NaN;
  }
  const own = new Set(scored.shortcuts.map(({ name }) => name));
  columns.push(
    ...names.map((name, i) => ({ name: own.has(name) ? `${name} of the file` : name, values: values[i] })),
  );
  return { columns, source: `on ${count(chosen.length, 'clip')} whose files are there` };
}

async function previewsOf(
  section: Section,
  files: ReadonlyMap<string, string>,
): Promise<Map<string, Preview>> {
  const previews = new Map<string, Preview>();
  const shown = section.parts.flatMap((part) => (part.kind === 'clips' ? part.clips : []));
  for (const { path } of shown) {
    const file = path === undefined ? undefined : files.get(path);
    if (path === undefined || file === undefined || previews.has(path)) continue;
    const made = await preview(file).catch(() => undefined);
    if (made) previews.set(path, made);
  }
  return previews;
}
