import { column, hasColumn, isList, type ScoreColumns } from './columns.js';
import { type LeftOut, type Numbers, verdictsOf } from './completeRows.js';
import { groupedScores, promptColumns } from './groupedScores.js';
import { rowsOfGroups } from './groups.js';
import { momentsOf } from './meanInterval.js';

/** The scores of the clips of one prompt. */
export interface PromptRow {
  /** The prompt, or its id. */
  prompt: string;
  /** Clips of the prompt that have a score. */
  clips: number;
  /** Mean of their scores. */
  mean: number;
  /** Of its clips; NaN of one. */
  deviation: number;
  /** The lowest score. */
  lowest: number;
  /** The highest score. */
  highest: number;
  /** Of the clips that have a label, where the table has the column `pass`. */
  passShare?: number;
}

/** Scores prompt by prompt. */
export interface PromptScores extends LeftOut {
  /** The highest mean first. */
  prompts: PromptRow[];
  /**
   * How alike the clips of a prompt are: the intraclass correlation ICC(1), 1 where scores depend on the prompt only, 0 where they do
   * not depend on it. NaN where each prompt has one clip.
   */
  intraclass: number;
}

/**
 * Mean and spread of the scores of each prompt, and how much of all spread lies between prompts:
 * ICC(1) = (B - W) / (B + (k - 1) W), B and W the mean squares between and within prompts, k the mean number of clips a prompt,
 * corrected for unequal ones. Rows without a score are left out and counted. Source: Shrout and Fleiss 1979; k by Donner 1979.
 * @param table a table with the columns `score` and, for the share of Pass, `pass`
 * @param options `by`: the column of the prompt; default `promptId`, `prompt_id` or `prompt`
 * @throws {RangeError} for no score, one that is not finite, a `pass` that is not a label, or fewer than two prompts; {Error} for a column that is not there
 */
export function byPrompt(table: ScoreColumns, options?: { by?: string }): PromptScores;
/** The same of two lists: scores, and the prompt of each. */
export function byPrompt(scores: Numbers, prompts: ArrayLike<unknown>): PromptScores;
export function byPrompt(
  first: ScoreColumns | Numbers,
  second: ArrayLike<unknown> | { by?: string } = {},
): PromptScores {
  const [listed, by = promptColumns] = isList(second) ? [second] : [undefined, second.by];
  const { scores, groups, table, pick, left } = groupedScores('byPrompt', first, listed, by);
  const labels =
    table && hasColumn(table, 'pass')
      ? pick(verdictsOf('byPrompt', column(table, 'pass', 'byPrompt'), 'pass'))
      : undefined;
  const members = rowsOfGroups(groups);
  if (members.size < 2) throw new RangeError('byPrompt: expected at least two prompts, received one');
  let [within, between, squaredCounts] = [0, 0, 0];
  const { mean: grand } = momentsOf(scores);
  const prompts = [...members].map(([prompt, rows]): PromptRow => {
    const own = rows.map((row) => scores[row]);
    const { n, mean, variance } = momentsOf(own);
    if (n > 1) within += (n - 1) * variance;
    between += n * (mean - grand) ** 2;
    squaredCounts += n * n;
    const verdicts = labels ? rows.map((row) => labels[row]).filter((label) => label !== undefined) : [];
    return {
      prompt,
      clips: n,
      mean,
      deviation: Math.sqrt(variance),
      lowest: Math.min(...own),
      highest: Math.max(...own),
      ...(verdicts.length > 0 && { passShare: verdicts.filter(Boolean).length / verdicts.length }),
    };
  });
  const groupsLess = members.size - 1;
  const size = (scores.length - squaredCounts / scores.length) / groupsLess;
  const meanBetween = between / groupsLess;
  const meanWithin = within / (scores.length - members.size);
  return {
    prompts: prompts.sort((a, b) => b.mean - a.mean),
    ...left,
    intraclass: (meanBetween - meanWithin) / (meanBetween + (size - 1) * meanWithin),
  };
}
