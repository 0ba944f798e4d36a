import type { Interval } from '../base/bootstrap.js';
import type { Effect } from './effect.js';
import type { Expectation } from './expectations.js';
import { farthest, type PairedScores } from './pairedScores.js';
import type { Family } from './variants.js';

/** A change of clips or prompts. */
export interface Change {
  /** The family of the change. */
  family: Family;
  /** 1 for the mildest. */
  level: number;
  /** How much, in words. */
  strength: string;
}

/** A line of the table: what a change does. */
export interface Row extends Change, Effect {
  expectation: Expectation;
  /** Sign-flip p of the mean drop, and the same after Holm's correction over the whole table. */
  p: number;
  adjusted: number;
  /** Of an ensemble: the mean deviation of its heads on the changed clips, in deviations of the control's scores. */
  spread?: number;
}

/** Whether the heads of an ensemble are further apart on a change than its drop is from 0. */
export const isUnsure = ({ drop, spread }: Pick<Row, 'drop' | 'spread'>): boolean =>
  spread !== undefined && Math.abs(drop.value) < spread;

/** What a comparison found, and the scores behind it. */
export interface Compared<T extends Effect = Row> {
  row: T;
  pairs: readonly PairedScores[];
}

/** What can be wrong with a scorer. */
export type VerdictKind =
  | 'misses'
  | 'wrong way'
  | 'sensitive'
  | 'not monotone'
  | 'not deterministic'
  | 'ignores the prompt';

/** What is wrong with a scorer, at one level of a family. */
export interface Verdict extends Change {
  /** What is wrong. */
  kind: VerdictKind;
  /** In a sentence. */
  text: string;
  /** Mean drop of the score, in deviations of the control's scores, with its 95% interval. */
  drop: Interval;
  /** NaN for *not deterministic*, which is not a test. */
  adjusted: number;
  /** The clip that shows it best, and its scores: of the control, or of the milder level where it is *not monotone*, and of the change. */
  worst: PairedScores;
}

/** What counts. */
export const thresholds = {
  /** A smaller change is none, in deviations of the control's scores. */
  floor: 0.2,
  /** A drop that is not to be missed. */
  large: 1,
  /** Two scores of one file that differ by no more are the same. */
  rounding: 1e-3,
  /** How often a table may hold a false *wrong way*, *sensitive* or *not monotone*. */
  level: 0.05,
} as const;

const isShown = (adjusted: number): boolean => adjusted <= thresholds.level;

/** Whether the second scores are shown to be higher, by more than nothing. */
const rises = ({ drop, adjusted }: Pick<Row, 'drop' | 'adjusted'>): boolean =>
  drop.value <= -thresholds.floor && isShown(adjusted);

/**
 * *Wrong way*: damage is preferred, at some level, by 0.2 deviations or more.
 * @param levels of a family that is to drop
 */
export function wrongWay(levels: readonly Compared[]): Verdict | undefined {
  const preferred = levels.filter(({ row }) => rises(row));
  if (preferred.length === 0) return undefined;
  const { row, pairs } = preferred.reduce((a, b) => (b.row.drop.value < a.row.drop.value ? b : a));
  return {
    ...found('wrong way', row),
    text: `${named(row)} is preferred by ${sized(row.drop)} deviations: a cheat`,
    worst: farthest(pairs, 'above'),
  };
}

/**
 * *Misses*, or *ignores the prompt*: damage costs nothing. At the strongest level no drop is shown, and the interval holds 0 and leaves
 * out a whole deviation; or it leaves out 0.2.
 * @param levels of a family that is to drop, the mildest first
 * @param enough whether there are enough clips to show anything
 * @returns 'undecided' where the clips are too few to say, undefined where it drops
 */
export function misses(levels: readonly Compared[], enough: boolean): Verdict | 'undecided' | undefined {
  const { row, pairs } = levels[levels.length - 1];
  const shown = row.drop.value > 0 && isShown(row.adjusted);
  const small = row.drop.high < thresholds.floor;
  if (shown && !small) return undefined;
  // An interval above 0 speaks for a drop, though not after the correction.
  const none = row.drop.low <= 0 && row.drop.high < thresholds.large;
  if (!enough || !(small || none)) return 'undecided';
  const prompt = row.family === 'other prompt';
  return {
    ...found(prompt ? 'ignores the prompt' : 'misses', row),
    text: `${named(row)} should cost, and costs ${signed(row.drop)} deviations`,
    worst: farthest(pairs, 'above'),
  };
}

/**
 * *Sensitive*: what should not matter moves the score by 0.2 deviations or more, either way.
 * @param levels of a family that is to stay
 */
export function sensitive(levels: readonly Compared[]): Verdict | undefined {
  const size = ({ row }: Compared) => Math.abs(row.drop.value);
  const moved = levels.filter((one) => size(one) >= thresholds.floor && isShown(one.row.adjusted));
  if (moved.length === 0) return undefined;
  const { row, pairs } = moved.reduce((a, b) => (size(b) > size(a) ? b : a));
  const up = row.drop.value < 0;
  return {
    ...found('sensitive', row),
    text: `${named(row)} should not matter, and ${up ? 'is preferred by' : 'costs'} ${sized(row.drop)} deviations`,
    worst: farthest(pairs, up ? 'above' : 'below'),
  };
}

/** A level beside the next stronger one. */
export type Step = Change & Pick<Row, 'drop' | 'adjusted' | keyof Effect>;

/**
 * *Not monotone*: a level scores higher than the milder one before it, by 0.2 deviations or more.
 * @param steps of a family that is to drop; the scores of the milder level come first
 */
export function notMonotone(steps: readonly Compared<Step>[]): Verdict | undefined {
  const back = steps.filter(({ row }) => rises(row));
  if (back.length === 0) return undefined;
  const { row, pairs } = back.reduce((a, b) => (b.row.drop.value < a.row.drop.value ? b : a));
  return {
    ...found('not monotone', row),
    text: `${named(row)} scores ${sized(row.drop)} deviations above the next milder level`,
    worst: farthest(pairs, 'above'),
  };
}

/**
 * *Not deterministic*: the same file gets another score, by more than rounding (a thousandth of a deviation).
 * @param unit the deviation of the control's scores
 */
export function notDeterministic(
  { row, pairs }: Compared<Change & Effect>,
  unit: number,
): Verdict | undefined {
  const gap = ({ first, second }: PairedScores) => Math.abs(first - second) / unit;
  const others = pairs.filter((pair) => gap(pair) > thresholds.rounding);
  if (others.length === 0) return undefined;
  const worst = others.reduce((a, b) => (gap(b) > gap(a) ? b : a));
  return {
    ...found('not deterministic', { ...row, adjusted: Number.NaN }),
    text: `${others.length} of ${pairs.length} clips get another score the second time, by up to ${written(gap(worst))} deviations`,
    worst,
  };
}

const found = (kind: VerdictKind, { family, level, strength, drop, adjusted }: Step) => ({
  ...{ kind, family, level, strength, drop, adjusted },
});

const named = ({ family, strength }: Change): string => `${family} (${strength})`;

/** The size of a drop or of a rise, with its interval. */
const sized = (drop: Interval): string =>
  drop.value < 0 ? signed({ value: -drop.value, low: -drop.high, high: -drop.low }) : signed(drop);

const signed = ({ value, low, high }: Interval): string =>
  `${written(value)} (${written(low)} to ${written(high)})`;

const written = (value: number): string => value.toFixed(2).replace('-', '−');
