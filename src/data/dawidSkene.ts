import { type ColumnTable, from } from 'arquero';
import { type ClipVotes, groupVotes } from './groupVotes.js';
import { type Label, labelsTable } from './labels.js';

/** What expectation maximisation finds of one dimension. */
export interface DawidSkeneEstimate {
  /** Probability that the clip passes, [clips]. */
  posterior: number[];
  /** Share of clips that pass. */
  prior: number;
  /** By annotator: P(vote Pass | Fail) and P(vote Fail | Pass); NaN where the annotator has judged no such clip. */
  annotators: Map<string, { falsePass: number; falseFail: number }>;
  iterations: number;
}

/**
 * Labels and annotators' error rates, estimated together, for each dimension by itself.
 * @returns `labels` as `aggregate`, with the posterior of the winning side as confidence; `annotators`, a table with
 * the columns `annotator`, `dimension`, `falsePass` = P(vote Pass | Fail) and `falseFail` = P(vote Fail | Pass).
 * @throws Error when the table is no votes table.
 */
export function dawidSkene(votes: ColumnTable): { labels: ColumnTable; annotators: ColumnTable } {
  const labels: Label[] = [];
  const annotators: object[] = [];
  for (const [dimension, group] of groupVotes('dawidSkene', votes)) {
    const estimate = estimateDawidSkene(group);
    group.forEach((item, i) => {
      const pass = estimate.posterior[i] > 0.5;
      const confidence = pass ? estimate.posterior[i] : 1 - estimate.posterior[i];
      labels.push({ item, dimension, pass, confidence });
    });
    for (const [annotator, rates] of estimate.annotators) annotators.push({ annotator, dimension, ...rates });
  }
  return { labels: labelsTable(labels), annotators: from(annotators) as ColumnTable };
}

/**
 * Expectation maximisation of the Dawid-Skene model of two classes. Start: posterior = share of Pass votes. M: prior =
 * mean posterior, confusion = posterior-weighted counts, unsmoothed. E: log P(class | votes) = log prior +
 * Σ log confusion[annotator][class][vote], normalised. Ends when no posterior moves by more than 1e-10.
 * Source: Dawid and Skene 1979.
 * @param options `maxIterations`, default 10000.
 */
export function estimateDawidSkene(
  items: readonly Pick<ClipVotes, 'votes'>[],
  { maxIterations = 10000 }: { maxIterations?: number } = {},
): DawidSkeneEstimate {
  let posterior = items.map(({ votes }) => votes.filter(({ pass }) => pass).length / votes.length);
  let model: Model;
  let change: number;
  let iterations = 0;
  do {
    model = maximise(items, posterior);
    const next = items.map((item) => posteriorOf(item, model));
    change = next.reduce((most, value, i) => Math.max(most, Math.abs(value - posterior[i])), 0);
    posterior = next;
    iterations++;
  } while (change > 1e-10 && iterations < maxIterations);
  return { posterior, ...model, iterations };
}

type Model = Pick<DawidSkeneEstimate, 'prior' | 'annotators'>;

function maximise(items: readonly Pick<ClipVotes, 'votes'>[], posterior: readonly number[]): Model {
  /** Votes on clips of either class, weighted by its posterior. */
  const counts = new Map<string, { pass: number; fail: number; falsePass: number; falseFail: number }>();
  items.forEach(({ votes }, i) => {
    for (const vote of votes) {
      const count = counts.get(vote.annotator) ?? { pass: 0, fail: 0, falsePass: 0, falseFail: 0 };
      counts.set(vote.annotator, count);
      count.pass += posterior[i];
      count.fail += 1 - posterior[i];
      if (vote.pass) count.falsePass += 1 - posterior[i];
      else count.falseFail += posterior[i];
    }
  });
  const rates = [...counts].map(([annotator, { pass, fail, falsePass, falseFail }]) => {
    return [annotator, { falsePass: falsePass / fail, falseFail: falseFail / pass }] as const;
  });
  const prior = posterior.reduce((sum, value) => sum + value, 0) / posterior.length;
  return { prior, annotators: new Map(rates) };
}

function posteriorOf({ votes }: Pick<ClipVotes, 'votes'>, { prior, annotators }: Model): number {
  let logPass = Math.log(prior);
  let logFail = Math.log(1 - prior);
  for (const { annotator, pass } of votes) {
    const { falsePass, falseFail } = annotators.get(annotator) as { falsePass: number; falseFail: number };
    logPass += logRate(pass ? 1 - falseFail : falseFail);
    logFail += logRate(pass ? falsePass : 1 - falsePass);
  }
  return 1 / (1 + Math.exp(logFail - logPass));
}

/** Where the annotator has judged no clip of the class, the rate is unknown and says nothing. */
function logRate(rate: number): number {
  return Number.isNaN(rate) ? 0 : Math.log(rate);
}
