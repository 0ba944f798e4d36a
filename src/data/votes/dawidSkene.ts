import { type ColumnTable, from } from 'arquero';
import type { TableOf } from '../tables/tableOf.js';
import { type ClipVotes, groupVotes } from './groupVotes.js';
import { type Label, type LabelTable, labelsTable } from './labels.js';

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

/** How often an annotator errs on a dimension. */
export interface AnnotatorRates {
  /** Name of the annotator. */
  annotator: string;
  /** What the votes are about. */
  dimension: string;
  /** P(vote Pass | Fail), and P(vote Fail | Pass). */
  falsePass: number;
  /** P(vote Fail | Pass). */
  falseFail: number;
}

/**
 * Labels and annotators' error rates, estimated together, for each dimension by itself.
 * @returns `labels` as `aggregate`, with the posterior of the winning side as confidence; `annotators`, a table with
 * the columns `annotator`, `dimension`, `falsePass` = P(vote Pass | Fail) and `falseFail` = P(vote Fail | Pass).
 * @throws Error when the table is not a votes table.
 */
export function dawidSkene(votes: ColumnTable): { labels: LabelTable; annotators: TableOf<AnnotatorRates> } {
  const labels: Label[] = [];
  const annotators: AnnotatorRates[] = [];
  for (const [dimension, group] of groupVotes('dawidSkene', votes)) {
    const estimate = estimateDawidSkene(group);
    group.forEach(({ clip, fields, votes: { length } }, i) => {
      const pass = estimate.posterior[i] > 0.5;
      const confidence = pass ? estimate.posterior[i] : 1 - estimate.posterior[i];
      labels.push({ clip, fields, dimension, pass, confidence, votes: length });
    });
    for (const [annotator, rates] of estimate.annotators) annotators.push({ annotator, dimension, ...rates });
  }
  return { labels: labelsTable(labels), annotators: from(annotators) as TableOf<AnnotatorRates> };
}

/**
 * Expectation maximisation of the Dawid-Skene model of two classes. Start: posterior = share of Pass votes. M: prior =
 * mean posterior, confusion = posterior-weighted counts, unsmoothed. E: log P(class | votes) = log prior +
 * Σ log confusion[annotator][class][vote], normalised. Ends when no posterior moves by more than 1e-10.
 * Source: Dawid and Skene 1979.
 * @param options `maxIterations`, default 1000: votes that are pure noise converge ever more slowly.
 */
export function estimateDawidSkene(
  items: readonly Pick<ClipVotes, 'votes'>[],
  { maxIterations = 1000 }: { maxIterations?: number } = {},
): DawidSkeneEstimate {
  const annotators = [...new Set(items.flatMap(({ votes }) => votes.map(({ annotator }) => annotator)))];
  const numbers = new Map(annotators.map((annotator, number) => [annotator, number]));
  const numbered = items.map(({ votes }) =>
    votes.map(({ annotator, pass }) => ({ annotator: numbers.get(annotator) as number, pass })),
  );

  let posterior = items.map(({ votes }) => votes.filter(({ pass }) => pass).length / votes.length);
  let model: Model;
  let change: number;
  let iterations = 0;
  do {
    model = maximise(numbered, posterior, annotators.length);
    const next = posteriors(numbered, model);
    change = next.reduce((most, value, i) => Math.max(most, Math.abs(value - posterior[i])), 0);
    posterior = next;
    iterations++;
  } while (change > 1e-10 && iterations < maxIterations);

  const { prior, rates } = model;
  return { posterior, prior, annotators: new Map(annotators.map((name, i) => [name, rates[i]])), iterations };
}

interface NumberedVote {
  annotator: number;
  pass: boolean;
}

interface Model {
  prior: number;
  /** [annotators]. */
  rates: { falsePass: number; falseFail: number }[];
}

function maximise(items: readonly NumberedVote[][], posterior: readonly number[], annotators: number): Model {
  // Votes on clips of either class, and the false ones, weighted by the posterior.
  const counts = Array.from({ length: annotators }, () => ({ pass: 0, fail: 0, falsePass: 0, falseFail: 0 }));
  items.forEach((votes, i) => {
    for (const vote of votes) {
      const count = counts[vote.annotator];
      count.pass += posterior[i];
      count.fail += 1 - posterior[i];
      if (vote.pass) count.falsePass += 1 - posterior[i];
      else count.falseFail += posterior[i];
    }
  });
  return {
    prior: posterior.reduce((sum, value) => sum + value, 0) / posterior.length,
    rates: counts.map(({ pass, fail, falsePass, falseFail }) => ({
      falsePass: falsePass / fail,
      falseFail: falseFail / pass,
    })),
  };
}

function posteriors(items: readonly NumberedVote[][], { prior, rates }: Model): number[] {
  // log P(vote | Pass) - log P(vote | Fail), of a Pass and of a Fail vote of each annotator.
  const passEvidence = rates.map(({ falsePass, falseFail }) => logRate(1 - falseFail) - logRate(falsePass));
  const failEvidence = rates.map(({ falsePass, falseFail }) => logRate(falseFail) - logRate(1 - falsePass));
  const start = Math.log(prior) - Math.log(1 - prior);
  return items.map((votes) => {
    let logOdds = start;
    for (const { annotator, pass } of votes)
      logOdds += pass ? passEvidence[annotator] : failEvidence[annotator];
    return 1 / (1 + Math.exp(-logOdds));
  });
}

/** Where the annotator has judged no clip of the class, the rate is unknown and says nothing. */
function logRate(rate: number): number {
  return Number.isNaN(rate) ? 0 : Math.log(rate);
}
