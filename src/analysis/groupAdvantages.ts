import { isList, type ScoreColumns } from './columns.js';
import { completeRows, type LeftOut, type Numbers } from './completeRows.js';
import { columnsOf, promptColumns } from './groupedScores.js';
import { rowsOfGroups } from './groups.js';
import { checkLengths, checkScores } from './validate.js';

/** The advantages of scores within their groups. */
export interface GroupAdvantages extends LeftOut {
  /** Of each score, in its order; 0 in a flat group, NaN of a score that is missing. */
  advantages: number[];
  /** How many groups there are. */
  groups: number;
  /** Groups whose scores are all equal, those of one score included: they teach a policy nothing. */
  flat: number;
}

/**
 * Advantages as GRPO takes them: (score - mean) / deviation within the group of a prompt, the deviation that of a
 * sample (n - 1). Scores that are missing are left out and counted. Source: Shao et al. 2024 (DeepSeekMath), section 4.1.2.
 * @param table a table with the column `score`
 * @param options `by`: the column of the group; default `promptId`, `prompt_id` or `prompt`
 * @throws {RangeError} for no score, one that is not finite, or another number of groups; {Error} for a column that is not there
 */
export function groupAdvantages(table: ScoreColumns, options?: { by?: string }): GroupAdvantages;
/** The same of two lists: scores, and the group of each, such as its prompt. */
export function groupAdvantages(scores: Numbers, groups: ArrayLike<unknown>): GroupAdvantages;
export function groupAdvantages(
  first: ScoreColumns | Numbers,
  second: ArrayLike<unknown> | { by?: string } = {},
): GroupAdvantages {
  const [listed, by = promptColumns] = isList(second) ? [second] : [undefined, second.by];
  const { scores, groups } = columnsOf('groupAdvantages', first, listed, by);
  if (scores.length > 0) checkLengths('groupAdvantages', 'groups', scores.length, groups.length);
  const { columns, pick, left } = completeRows('groupAdvantages', ['score'], [scores]);
  const within = advantagesWithin(columns[0], pick(groups));
  const ofKept = within.advantages.values();
  return {
    ...within,
    advantages: scores.map((score) => (Number.isNaN(score) ? score : ofKept.next().value!)),
    ...left,
  };
}

/**
 * `groupAdvantages` where every score has to be there, such as the rewards of a policy.
 * @throws {RangeError} for no or non-finite scores, or another number of groups
 */
export function advantagesWithin(scores: readonly number[], groups: readonly string[]): GroupAdvantages {
  checkScores('groupAdvantages', scores);
  checkLengths('groupAdvantages', 'groups', scores.length, groups.length);
  const members = rowsOfGroups(groups);
  const advantages = new Array<number>(scores.length).fill(0);
  let flat = 0;
  for (const rows of members.values()) {
    if (rows.every((row) => scores[row] === scores[rows[0]])) {
      flat++;
      continue;
    }
    const mean = rows.reduce((sum, row) => sum + scores[row], 0) / rows.length;
    const squares = rows.reduce((sum, row) => sum + (scores[row] - mean) ** 2, 0);
    const deviation = Math.sqrt(squares / (rows.length - 1));
    for (const row of rows) advantages[row] = (scores[row] - mean) / deviation;
  }
  return { advantages, groups: members.size, flat };
}
