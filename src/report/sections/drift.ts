import { kolmogorovSmirnov } from '../../analysis/kolmogorovSmirnov.js';
import { populationStability } from '../../analysis/populationStability.js';
import { wasserstein } from '../../analysis/wasserstein.js';
import { groupShares } from '../../plot/groupShares.js';
import type { Section } from '../part.js';
import type { MetricScores } from '../scored.js';
import { fixed, number, pValue } from '../words.js';

/** Whether the scores of the other file are spread as those of this one. */
export function drift(
  first: MetricScores,
  second: MetricScores,
  names: { first: string; second: string },
): Section {
  const test = kolmogorovSmirnov(first.scores, second.scores);
  const distance = wasserstein(first.scores, second.scores);
  const stability = populationStability(first.scores, second.scores);
  const shift = stability < 0.1 ? 'stable' : stability < 0.25 ? 'some shift' : 'shifted';
  return {
    title: `${first.metric}: drift`,
    parts: [
      {
        kind: 'figure',
        figure: groupShares(
          new Map([
            [names.first, first.scores],
            [names.second, second.scores],
          ]),
          { title: `${first.metric} in both files`, axis: first.metric },
        ),
        title: 'Scores of both files',
        text:
          `The distribution functions are at most ${fixed(test.distance)} apart (Kolmogorov-Smirnov, ${pValue(test.p)}` +
          `${test.exact ? ', exact' : ''}); a score moves by ${number(distance)} on average (Wasserstein); the ` +
          `population stability index is ${fixed(stability)}: ${shift}.`,
      },
    ],
    values: {
      metric: first.metric,
      kolmogorovSmirnov: test,
      wasserstein: distance,
      populationStability: stability,
    },
  };
}
