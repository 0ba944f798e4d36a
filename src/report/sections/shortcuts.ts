import { correlationInterval, influenceError } from '../../analysis/influence.js';
import { spearmanInfluence } from '../../analysis/spearman.js';
import type { Interval } from '../../base/bootstrap.js';
import type { ClipNumbers } from '../../data/tables/scoredClips.js';
import { aroundZero, type Section } from '../part.js';
import { type MetricScores, subset } from '../scored.js';
import { interval, short } from '../words.js';

/** Fewest clips that a correlation is taken of. */
const fewest = 10;
/** A correlation beyond this is worth a look, whatever its interval. */
const strong = 0.3;

/** Whether the score follows what it should not: length, brightness, motion, or another column of numbers. */
export function shortcuts(
  scores: MetricScores,
  columns: readonly ClipNumbers[],
  source: string,
): Section | undefined {
  const rows = columns.flatMap(({ name, values }) => {
    const kept = subset(scores, (clip) => !Number.isNaN(values[clip]));
    const numbers = kept.clips.map((clip) => values[clip]);
    if (numbers.length < fewest || isConstant(numbers) || isConstant(kept.scores)) return [];
    const { value, influences } = spearmanInfluence(kept.scores, numbers);
    const correlation = correlationInterval(value, influenceError(influences, kept.prompts));
    return [{ name, clips: numbers.length, correlation }];
  });
  if (rows.length === 0) return undefined;
  rows.sort((a, b) => Math.abs(b.correlation.value) - Math.abs(a.correlation.value));
  const [first] = rows;
  return {
    title: 'Shortcuts',
    parts: [
      {
        kind: 'table',
        header: ['score against', 'clips', 'Spearman', ''],
        rows: rows.map(({ name, clips, correlation }) => [
          short(name),
          clips,
          aroundZero(correlation),
          verdict(correlation),
        ]),
        text:
          `Measured ${source}. The strongest is ${short(first.name)}: Spearman ${interval(first.correlation)}, ` +
          `${verdict(first.correlation)}. A score that follows such a number may be hacked by it.`,
      },
    ],
    values: { shortcuts: rows },
  };
}

function verdict({ value, low, high }: Interval): string {
  if (low <= 0 && high >= 0) return 'not decidable at this size';
  return Math.abs(value) >= strong ? 'follows it' : 'follows it weakly';
}

const isConstant = (values: readonly number[]): boolean => values.every((value) => value === values[0]);
