import { pearson } from '../analysis/pearson.js';
import { Scores } from '../data/tables/scores.js';

/** One part of a mixed reward: a model, or one dimension of it. */
export interface RewardPart {
  /** Name of its scores. */
  name: string;
  /** Weight of the part in the sum. Default 1. */
  weight?: number;
  /** What its scores are measured from, and in: z = (score - mean) / deviation. Default 0 and 1. */
  mean?: number;
  /** Above 0. */
  deviation?: number;
  /** A z below it counts as this. */
  floor?: number;
  /** A score below it shuts the clip: the other parts count as their floors then, which they must have. */
  gate?: number;
}

/** Scores by the names of the parts, each of the same clips in the same order. */
export type PartScores = Readonly<Record<string, readonly number[]>>;

/** What a part adds to a mixed reward. */
export interface PartReport {
  /** Name of the part. */
  part: string;
  /** Its weight. */
  weight: number;
  /** Share of the reward's variance: cov(w z, reward) / var(reward); the shares of all parts add up to 1, and one may be negative. */
  varianceShare: number;
  /** Clips whose z is below the floor, and that it shuts. */
  floored: number;
  /** Clips that its gate shuts. */
  shut: number;
}

/** How two parts go together. */
export interface PartAgreement {
  /** Name of the first part. */
  first: string;
  /** Name of the second part. */
  second: string;
  /** Pearson's, of the z-scores. */
  correlation: number;
  /** Share of the pairs of clips that the two order differently; a tie of either is none. */
  disagreement: number;
}

/** Mixed rewards and where they come from. */
export interface Mixed {
  /** In the order of the clips. */
  rewards: number[];
  /** What each part adds. */
  parts: PartReport[];
  /** How each two parts go together. */
  agreements: PartAgreement[];
  /** What each part adds to each reward, w z after floors and gates, by name. */
  contributions: Record<string, number[]>;
}

type Settled = Required<Omit<RewardPart, 'floor' | 'gate'>> & Pick<RewardPart, 'floor' | 'gate'>;

/** Pairs of clips are compared one by one up to so many clips; of more, the first ones. */
const mostCompared = 2000;

/**
 * Several rewards as one: r = Σ w max(floor, z), z = (score - mean) / deviation by numbers fixed beforehand, so that a reward
 * does not depend on which clips are scored together. Where a part with a gate scores below it, the clip is shut: each other part
 * counts as its floor, so that failing the gate never pays.
 * @returns a function of scores by part, or of a table with a row for each clip and metric, such as that of a model of several
 *   dimensions: the parts then are its metrics, and the rewards in the order of its clips
 * @throws {RangeError} for no part, two of one name, a deviation that is not above 0, a setting that is not finite, or a gate
 *   beside a part without a floor
 */
export function mix(parts: readonly RewardPart[]): (scores: PartScores | Scores) => Mixed {
  const settled = parts.map(settle);
  check(settled);
  return (given) => {
    const scores = given instanceof Scores ? scoresOfTable(settled, given) : given;
    const clips = clipCount(settled, scores);
    const z = settled.map(({ name, mean, deviation }) =>
      scores[name].map((score) => (score - mean) / deviation),
    );
    const shuts = settled.map(({ name, gate }) =>
      scores[name].map((score) => gate !== undefined && score < gate),
    );
    const shutBy = clips.map((clip) => settled.findIndex((_, part) => shuts[part][clip]));
    const values = settled.map(({ weight, floor = Number.NEGATIVE_INFINITY }, part) =>
      clips.map((clip) => {
        const others = shutBy[clip] >= 0 && !shuts[part][clip];
        return weight * (others ? floor : Math.max(floor, z[part][clip]));
      }),
    );
    const rewards = clips.map((clip) => values.reduce((sum, part) => sum + part[clip], 0));
    return {
      rewards,
      parts: settled.map(({ name, weight, floor }, part) => ({
        part: name,
        weight,
        varianceShare: covariance(values[part], rewards) / covariance(rewards, rewards),
        floored: z[part].filter((value) => floor !== undefined && value < floor).length,
        shut: shuts[part].filter(Boolean).length,
      })),
      agreements: settled.flatMap((first, i) =>
        settled.slice(i + 1).map((second, j) => ({
          first: first.name,
          second: second.name,
          correlation: clips.length < 2 ? Number.NaN : pearson(z[i], z[i + 1 + j]),
          disagreement: disagreement(z[i], z[i + 1 + j]),
        })),
      ),
      contributions: Object.fromEntries(settled.map(({ name }, part) => [name, values[part]])),
    };
  };
}

function settle({ weight = 1, mean = 0, deviation = 1, ...rest }: RewardPart): Settled {
  return { weight, mean, deviation, ...rest };
}

function check(parts: readonly Settled[]): void {
  if (parts.length === 0) throw new RangeError('mix: expected at least one part, received none');
  const names = parts.map(({ name }) => name);
  const twice = names.find((name, i) => names.indexOf(name) !== i);
  if (twice !== undefined) throw new RangeError(`mix: two parts are called "${twice}"`);
  for (const { name, ...settings } of parts) {
    for (const [setting, value] of Object.entries(settings)) {
      if (value !== undefined && !Number.isFinite(value))
        throw new RangeError(`mix: "${name}": expected a finite ${setting}, received ${value}`);
    }
    if (!(settings.deviation > 0))
      throw new RangeError(`mix: "${name}": expected a deviation above 0, received ${settings.deviation}`);
    if (settings.weight < 0)
      throw new RangeError(`mix: "${name}": expected a weight from 0 on, received ${settings.weight}`);
  }
  const gated = parts.find(({ gate }) => gate !== undefined);
  const open = gated && parts.find(({ name, floor }) => name !== gated.name && floor === undefined);
  if (gated && open) {
    throw new RangeError(
      `mix: "${gated.name}" has a gate, so "${open.name}" needs a floor: it is what counts of it where the gate is shut`,
    );
  }
}

/** Scores by part. @throws {RangeError} where two parts are not of the same clips */
function scoresOfTable(parts: readonly Settled[], table: Scores): PartScores {
  if (table.metrics.length === 0) {
    throw new RangeError('mix: the table has no column "metric"; give scores by part: { physics: [0.1, …] }');
  }
  const rows = parts
    .filter(({ name }) => table.metrics.includes(name))
    .map(({ name }) => [name, table.of(name)] as const);
  const clips = rows[0]?.[1].array('clip');
  for (const [name, own] of rows.slice(1)) {
    const other = own.array('clip').findIndex((clip, i) => clip !== clips[i]);
    if (other < 0 && own.numRows() === clips.length) continue;
    throw new RangeError(
      `mix: "${name}" has scores of other clips than "${rows[0][0]}", or in another order; keep those that all parts have`,
    );
  }
  return Object.fromEntries(rows.map(([name, own]) => [name, own.array('score')]));
}

/** The places of the clips. @throws {RangeError} for missing or non-finite scores, or lists of different lengths */
function clipCount(parts: readonly Settled[], scores: PartScores): number[] {
  const [{ name: first }] = parts;
  for (const { name } of parts) {
    const own = Object.hasOwn(scores, name) ? scores[name] : undefined;
    if (!own)
      throw new RangeError(
        `mix: there are no scores of "${name}"; there are ${Object.keys(scores).join(', ')}`,
      );
    if (own.length !== scores[first].length) {
      throw new RangeError(
        `mix: expected ${scores[first].length} scores of "${name}", as of "${first}", received ${own.length}`,
      );
    }
    own.forEach((score, clip) => {
      if (!Number.isFinite(score))
        throw new RangeError(`mix: "${name}": score ${clip + 1} is ${score}, not a finite number`);
    });
  }
  if (scores[first].length === 0) throw new RangeError('mix: expected at least one score, received none');
  return scores[first].map((_, clip) => clip);
}

function covariance(x: readonly number[], y: readonly number[]): number {
  const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
  const [a, b] = [mean(x), mean(y)];
  return x.reduce((sum, value, i) => sum + (value - a) * (y[i] - b), 0) / x.length;
}

/** Share of the pairs that two scores order differently; NaN of fewer than two. */
function disagreement(x: readonly number[], y: readonly number[]): number {
  const count = Math.min(x.length, mostCompared);
  let differently = 0;
  for (let i = 0; i < count; i++) {
    for (let j = i + 1; j < count; j++) if ((x[i] - x[j]) * (y[i] - y[j]) < 0) differently++;
  }
  return differently / ((count * (count - 1)) / 2);
}
