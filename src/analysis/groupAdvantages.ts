import { rowsOfGroups } from './groups.js';
import { checkLengths, checkScores } from './validate.js';

/** The advantages of scores within their groups. */
export interface GroupAdvantages {
  /** Of each score, in its order; 0 in a flat group. */
  advantages: number[];
  /** How many groups there are. */
  groups: number;
  /** Groups whose scores are all equal, those of one score included: they teach a policy nothing. */
  flat: number;
}

/**
 * Advantages as GRPO takes them: (score - mean) / deviation within the group of a prompt, the deviation that of a
 * sample (n - 1). Source: Shao et al. 2024 (DeepSeekMath), section 4.1.2.
 * @param groups the group of each score, such as its prompt
 * @throws {RangeError} for no or non-finite scores, or another number of groups
 */
export function groupAdvantages(scores: readonly number[], groups: readonly string[]): GroupAdvantages {
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
