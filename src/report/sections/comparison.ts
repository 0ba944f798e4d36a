import { chooseThreshold } from '../../analysis/chooseThreshold.js';
import { delong } from '../../analysis/delong.js';
import { correlationInterval, influenceError, normalInterval } from '../../analysis/influence.js';
import { mcnemar } from '../../analysis/mcnemar.js';
import { pairedBootstrap } from '../../analysis/pairedBootstrap.js';
import { spearmanInfluence } from '../../analysis/spearman.js';
import type { Interval } from '../../base/bootstrap.js';
import type { ClipRatings } from '../clipRatings.js';
import { aroundHalf, aroundZero, type Part, type Section } from '../part.js';
import { labelled, type MetricScores, rated, tellsApart } from '../scored.js';
import { count, fixed, interval, pValue } from '../words.js';

/** Up to so many clips the bootstrap is drawn: beyond, its interval and DeLong's are the same. */
const bootstrapLimit = 5_000;

/** Two scores of the same clips: `first` of this file, `second` of the other one. */
export function comparison(
  first: MetricScores,
  second: MetricScores,
  people: readonly ClipRatings[],
  names: { first: string; second: string },
): Section | undefined {
  const other = new Map(second.ids.map((id, i) => [id, second.scores[i]]));
  const kept = first.ids.flatMap((id, i) => (other.has(id) ? [i] : []));
  if (kept.length < 2) return undefined;
  const pick = <T>(list: readonly T[]) => kept.map((i) => list[i]);
  const shared: MetricScores = {
    metric: first.metric,
    clips: pick(first.clips),
    ids: pick(first.ids),
    scores: pick(first.scores),
    ...(first.prompts && { prompts: pick(first.prompts) }),
  };
  const scoreOf = new Map(shared.clips.map((clip, i) => [clip, other.get(shared.ids[i]) as number]));
  const secondOf = ({ clips }: MetricScores) => clips.map((clip) => scoreOf.get(clip) as number);

  const both = spearmanInfluence(shared.scores, secondOf(shared));
  const alike = correlationInterval(both.value, influenceError(both.influences, shared.prompts));
  const parts: Part[] = [
    {
      kind: 'text',
      text:
        `${count(kept.length, 'clip')} are scored by both ${names.first} and ${names.second}. Their orders agree with ` +
        `Spearman ${interval(alike, fixed)}.`,
    },
  ];
  const dimensions: object[] = [];
  for (const judgement of people) {
    const verdicts = labelled(shared, judgement);
    const ratings = rated(shared, judgement);
    const values: Record<string, unknown> = { dimension: judgement.dimension };
    const rows: [string, Interval, Interval, Interval][] = [];
    if (tellsApart(verdicts.labels)) {
      const test = delong(verdicts.scores, secondOf(verdicts), verdicts.labels);
      rows.push(["AUC (DeLong's interval)", test.first, test.second, test.difference]);
      values.delong = test;
      if (verdicts.labels.length <= bootstrapLimit) {
        const [ofAuc, ofRatio] = pairedBootstrap(verdicts.scores, secondOf(verdicts), verdicts.labels);
        rows.push(['AUC (paired bootstrap)', ofAuc.first, ofAuc.second, ofAuc.difference]);
        rows.push(['pairs in order (paired bootstrap)', ofRatio.first, ofRatio.second, ofRatio.difference]);
        values.pairedBootstrap = [ofAuc, ofRatio];
      }
      const right = [verdicts.scores, secondOf(verdicts)].map((scores) => decisions(scores, verdicts.labels));
      const decided = mcnemar(right[0], right[1]);
      values.mcnemar = decided;
      parts.push({
        kind: 'text',
        text:
          `${judgement.dimension}: AUC differs by ${interval(test.difference, fixed)}, ${pValue(test.p)} (DeLong): ` +
          `${verdict(test.difference, names)}. Each at its own cheapest threshold, ${names.first} alone is right on ` +
          `${count(decided.onlyFirst, 'clip')}, ${names.second} alone on ${count(decided.onlySecond)}; McNemar ` +
          `${pValue(decided.exactP)} (exact), ${pValue(decided.chiSquaredP)} (chi-squared with continuity correction).`,
      });
    }
    if (judgement.graded && ratings.ratings.length > 4) {
      const [a, b] = [ratings.scores, secondOf(ratings)].map((scores) =>
        spearmanInfluence(scores, ratings.ratings),
      );
      if (!Number.isNaN(a.value - b.value)) {
        const error = influenceError(
          a.influences.map((value, i) => value - b.influences[i]),
          ratings.prompts,
        );
        const [first, second] = [a, b].map(({ value, influences }) =>
          correlationInterval(value, influenceError(influences, ratings.prompts)),
        );
        const difference = normalInterval(a.value - b.value, error);
        rows.push(['Spearman with ratings', first, second, difference]);
        values.spearman = { first, second, difference };
      }
    }
    if (rows.length === 0) continue;
    dimensions.push(values);
    parts.push({
      kind: 'table',
      header: [judgement.dimension, names.first, names.second, 'difference'],
      rows: rows.map(([name, first, second, difference]) => {
        const scale = name.startsWith('Spearman') ? aroundZero : aroundHalf;
        return [name, scale(first), scale(second), aroundZero(difference)];
      }),
    });
  }
  if (shared.clips.length > bootstrapLimit && dimensions.length > 0) {
    parts.push({
      kind: 'text',
      text: `Beyond ${count(bootstrapLimit)} clips the bootstrap is not drawn: its interval is DeLong's by then.`,
    });
  }
  return {
    title: `${first.metric}: ${names.first} against ${names.second}`,
    parts,
    values: { metric: first.metric, clips: kept.length, spearman: alike, dimensions },
  };
}

/** Whether each clip is judged right at the threshold with the fewest mistakes. */
function decisions(scores: readonly number[], labels: readonly boolean[]): boolean[] {
  const { threshold } = chooseThreshold(scores, labels);
  return scores.map((score, i) => score >= threshold === labels[i]);
}

function verdict({ low, high }: Interval, names: { first: string; second: string }): string {
  if (low > 0) return `${names.first} is better`;
  return high < 0 ? `${names.second} is better` : 'not decidable at this size';
}
