import { aucInfluence, aucInterval } from '../../analysis/delong.js';
import {
  correlationInterval,
  type Influenced,
  influenceError,
  normalInterval,
} from '../../analysis/influence.js';
import { kendallInfluence } from '../../analysis/kendall.js';
import { pearsonInfluence } from '../../analysis/pearson.js';
import { spearmanInfluence } from '../../analysis/spearman.js';
import type { Interval } from '../../base/bootstrap.js';
import type { ClipRatings } from '../clipRatings.js';
import { aroundHalf, aroundZero, type Cell, type Part, type Section } from '../part.js';
import { labelled, type MetricScores, rated, tellsApart } from '../scored.js';
import { count, fixed, interval, short } from '../words.js';

/** Fewest clips whose correlation is taken. */
const fewest = 5;

/** How a metric agrees with people in one dimension. */
interface Agreement {
  metric: string;
  clips: number;
  spearman?: Interval;
  kendall?: Interval;
  pearson?: Interval;
  auc?: Interval;
}

/** The lead of the best metric over the next, with its interval on the clips that both score. */
interface Lead {
  over: string;
  by: Interval;
  /** Whether the interval leaves no doubt which one is better. */
  decided: boolean;
}

/** Every metric against people, best first; which is the best, and whether that is decided. */
export function best(metrics: readonly MetricScores[], people: ClipRatings): Section {
  const { dimension } = people;
  const graded = isGraded(people);
  const rows = metrics.map((scores) => agreement(scores, people, graded));
  const by = graded ? 'spearman' : 'auc';
  const known = rows.filter((row) => row[by] !== undefined && !Number.isNaN(row[by].value));
  known.sort((a, b) => b[by]!.value - a[by]!.value);
  const [first, second] = known;
  // Metrics that are compared with different ratings have no lead over each other.
  const comparable = second && !people.byMetric && !Number.isNaN(first[by]!.low + second[by]!.low);
  const lead = comparable ? leadOf(first, second, metrics, people, by) : undefined;
  const parts: Part[] = [{ kind: 'text', text: bestWords(known, people, by, lead) }];
  if (known.length > 0) parts.push(table([...known, ...rows.filter((row) => !known.includes(row))], graded));
  return {
    title: dimension,
    parts,
    values: { dimension, by, best: first?.metric, ...(lead && { lead }), metrics: rows },
  };
}

function agreement(scores: MetricScores, people: ClipRatings, graded: boolean): Agreement {
  const { metric } = scores;
  const judged = rated(scores, people);
  const result: Agreement = { metric, clips: judged.scores.length };
  if (graded && judged.scores.length >= fewest) {
    const { scores: x, ratings: y, prompts } = judged;
    const of = ({ value, influences }: Influenced) =>
      Number.isNaN(value) ? nothing : correlationInterval(value, influenceError(influences, prompts));
    result.spearman = of(spearmanInfluence(x, y));
    result.kendall = of(kendallInfluence(x, y));
    result.pearson = of(pearsonInfluence(x, y));
  }
  const verdicts = labelled(scores, people);
  const passes = verdicts.labels.filter(Boolean).length;
  if (passes > 0 && passes < verdicts.labels.length) {
    const area = aucInterval(verdicts.scores, verdicts.labels, verdicts.prompts);
    // Of one Pass or one Fail the spread is not known.
    result.auc = tellsApart(verdicts.labels) ? area : { ...nothing, value: area.value };
    if (!graded) result.clips = verdicts.scores.length;
  }
  return result;
}

const nothing: Interval = { value: Number.NaN, low: Number.NaN, high: Number.NaN };

/** Whether ratings say more than Pass and Fail. */
function isGraded({ ratings, byMetric }: ClipRatings): boolean {
  const distinct = new Set<number>();
  for (const list of [ratings, ...[...(byMetric?.values() ?? [])].map((own) => own.ratings)]) {
    for (const rating of list) {
      if (!Number.isNaN(rating)) distinct.add(rating);
      if (distinct.size > 2) return true;
    }
  }
  return false;
}

function leadOf(
  first: Agreement,
  second: Agreement,
  metrics: readonly MetricScores[],
  people: ClipRatings,
  by: 'spearman' | 'auc',
): Lead {
  const of = (name: string) => metrics.find(({ metric }) => metric === name) as MetricScores;
  const [a, b] = [of(first.metric), of(second.metric)];
  const scoreOfB = new Map(b.clips.map((clip, i) => [clip, b.scores[i]]));
  const both = (scores: MetricScores) => ({
    clips: scores.clips.filter((clip) => scoreOfB.has(clip)),
    scores: scores.scores.filter((_, i) => scoreOfB.has(scores.clips[i])),
    prompts: scores.prompts?.filter((_, i) => scoreOfB.has(scores.clips[i])),
  });
  const shared: MetricScores = { ...a, ...both(a), ids: [], groups: undefined };
  const judged = by === 'spearman' ? rated(shared, people) : labelled(shared, people);
  const x = judged.scores;
  const y = judged.clips.map((clip) => scoreOfB.get(clip) as number);
  const agreementOf = (scores: readonly number[]) =>
    'ratings' in judged ? spearmanInfluence(scores, judged.ratings) : aucInfluence(scores, judged.labels);
  const [ofX, ofY] = [agreementOf(x), agreementOf(y)];
  const influences = ofX.influences.map((value, i) => value - ofY.influences[i]);
  const lead = normalInterval(ofX.value - ofY.value, influenceError(influences, judged.prompts));
  return { over: second.metric, by: lead, decided: lead.low > 0 };
}

const statistic = { spearman: 'Spearman', auc: 'AUC' };

function bestWords(
  known: readonly Agreement[],
  { dimension, ratings, labels }: ClipRatings,
  by: 'spearman' | 'auc',
  lead: Lead | undefined,
): string {
  const [first] = known;
  if (!first) {
    const judged = ratings.filter(
      (rating, clip) => !Number.isNaN(rating) || labels[clip] !== undefined,
    ).length;
    return judged < 2
      ? `${dimension}: ${count(judged, 'clip')} with a score and a judgement: too few to compare.`
      : `${dimension}: ${count(judged, 'clip')} are judged, all alike or too few of them with a score: no score can agree with that.`;
  }
  const value = interval(first[by]!, fixed);
  if (!lead)
    return `${first.metric} has ${statistic[by]} ${value} with ${dimension} on ${count(first.clips, 'clip')}.`;
  return (
    `Best on ${dimension}: ${first.metric}, ${statistic[by]} ${value}. It leads ${lead.over} by ${interval(lead.by, fixed)}: ` +
    `${lead.decided ? 'decided' : 'not decidable at this size which of the two is better'}.`
  );
}

const drawn = (name: 'spearman' | 'kendall' | 'pearson' | 'auc', interval: Interval | undefined): Cell =>
  interval === undefined ? '–' : name === 'auc' ? aroundHalf(interval) : aroundZero(interval);

function table(rows: readonly Agreement[], graded: boolean): Part {
  const columns = (['spearman', 'kendall', 'pearson', 'auc'] as const).filter(
    (name) => (graded || name === 'auc') && rows.some((row) => row[name]),
  );
  const titles = { spearman: 'Spearman', kendall: 'Kendall τ-b', pearson: 'Pearson', auc: 'AUC' };
  return {
    kind: 'table',
    header: ['metric', 'clips', ...columns.map((name) => titles[name])],
    rows: rows.map((row): Cell[] => [
      short(row.metric),
      row.clips,
      ...columns.map((name) => drawn(name, row[name])),
    ]),
  };
}
