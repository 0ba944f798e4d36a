import type { ColumnTable } from 'arquero';
import { GroupedPairs } from './groupedPairs.js';
import type { PairStream } from './pair.js';
import { type PairingOptions, ruleOf, sidesOf } from './sides.js';

/**
 * Pairs any Pass clip with any Fail clip of a dimension, whatever their prompts: n Pass and m Fail labels of single
 * clips make n m pairs. Two clips share a prompt as rarely as chance has it. Deterministic in the seed and the cursor;
 * every clip of a side is used about equally often; memory does not grow with the number of pairs.
 * Source: the paper's cross-prompt pairing, with win-ties.
 * @param labels a table with the columns `clip`, `dimension`, `pass` and those of a clip.
 * @throws when a side is empty, a clip is labelled twice or the shares add up to more than 1.
 */
export function crossPrompt(labels: ColumnTable, options: PairingOptions): PairStream {
  const rule = ruleOf('crossPrompt', options);
  return new GroupedPairs([sidesOf('crossPrompt', labels, rule)], rule);
}
