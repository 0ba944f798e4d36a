import { mean } from '../analysis/distribution.js';
import { holm } from '../analysis/holm.js';
import { effectOf, unitOf } from './effect.js';
import type { Expectations } from './expectations.js';
import { type PairedScores, pairScores, type Scores } from './pairedScores.js';
import { signFlip, smallestP } from './signFlip.js';
import type { Family } from './variants.js';
import {
  type Change,
  type Compared,
  misses,
  notDeterministic,
  notMonotone,
  type Row,
  type Step,
  sensitive,
  thresholds,
  type Verdict,
  wrongWay,
} from './verdicts.js';

/** Scores of the clips of an audit under one change. */
export interface Column extends Change {
  scores: Scores;
  /** Of an ensemble: how far its heads are apart on each clip. */
  spreads?: Scores;
}

/** What an audit found. */
export interface Judgement {
  rows: Row[];
  verdicts: Verdict[];
  /** Families that should drop, of which these clips cannot tell whether they do. */
  undecided: Family[];
  /** Sample deviation of the control's scores. */
  unit: number;
  /** Whether there are enough clips for any p to survive the correction. */
  enough: boolean;
}

/**
 * Judges a table of scores: the effect of each change, p by flipping signs, corrected by Holm over all of them and over the
 * steps between the levels of what should drop; and the verdicts on each family (`verdicts.ts` has the rules).
 * @param control scores of the control, clip by clip. @param columns levels of a family from the mildest on.
 * @throws {RangeError} when no clip has a control score
 */
export function judge(control: Scores, columns: readonly Column[], expectations: Expectations): Judgement {
  const known = control.filter((score) => score !== undefined);
  if (known.length === 0) throw new RangeError('audit: no clip has a score');
  const unit = unitOf(known);
  const changes = columns
    .filter(({ family }) => family !== 'retest')
    .map((column) => ({ column, pairs: pairScores(control, column.scores) }))
    .filter(({ pairs }) => pairs.length > 0);
  const steps = columns
    .map((column, i) => ({ column, pairs: stepOf(columns[i - 1], column, expectations) }))
    .filter(({ pairs }) => pairs.length > 0);

  const compared = [...changes, ...steps];
  const values = compared.map(({ pairs }) => signFlip(pairs.map(({ first, second }) => first - second)));
  const adjusted = holm(values);
  const enough = smallestP(known.length) * values.length <= thresholds.level;
  const [ofChanges, ofSteps] = [0, changes.length].map((from, i) =>
    [changes, steps][i].map(({ column: { family, level, strength, spreads = [] }, pairs }, j) => ({
      row: {
        ...{ family, level, strength, expectation: expectations[family] },
        ...effectOf(pairs, unit),
        ...spreadOf(pairs, spreads, unit),
        ...{ p: values[from + j], adjusted: adjusted[from + j] },
      },
      pairs,
    })),
  );

  const verdicts: Verdict[] = [];
  const undecided: Family[] = [];
  for (const family of new Set(ofChanges.map(({ row }) => row.family))) {
    const own = <T extends Step>(all: readonly Compared<T>[]) =>
      all.filter(({ row }) => row.family === family);
    const found = judgeFamily(own(ofChanges), own(ofSteps), expectations[family], enough);
    verdicts.push(...found.verdicts);
    if (found.undecided) undecided.push(family);
  }
  const retest = columns.find(({ family }) => family === 'retest');
  const again = retest ? pairScores(control, retest.scores) : [];
  if (retest && again.length > 0) {
    const unsteady = notDeterministic({ row: { ...retest, ...effectOf(again, unit) }, pairs: again }, unit);
    if (unsteady) verdicts.push(unsteady);
  }
  return { rows: ofChanges.map(({ row }) => row), verdicts, undecided, unit, enough };
}

/** The mean spread of a change's scores, in deviations of the control's; nothing where there is none. */
function spreadOf(pairs: readonly PairedScores[], spreads: Scores, unit: number): Pick<Row, 'spread'> {
  const own = pairs.flatMap(({ clip }) => spreads[clip] ?? []);
  return own.length === 0 ? {} : { spread: mean(own) / unit };
}

function judgeFamily(
  levels: readonly Compared[],
  steps: readonly Compared<Step>[],
  expectation: Row['expectation'],
  enough: boolean,
): { verdicts: Verdict[]; undecided: boolean } {
  if (expectation === 'open') return { verdicts: [], undecided: false };
  if (expectation === 'stay') {
    const found = sensitive(levels);
    return { verdicts: found ? [found] : [], undecided: false };
  }
  // What is preferred is neither missed nor, besides, out of order.
  const preferred = wrongWay(levels);
  if (preferred) return { verdicts: [preferred], undecided: false };
  const missed = misses(levels, enough);
  const back = notMonotone(steps);
  return {
    verdicts: [missed, back].filter((verdict) => typeof verdict === 'object'),
    undecided: missed === 'undecided',
  };
}

/** Scores of a level beside those of the milder one before it, where it is to cost more. */
function stepOf(milder: Column | undefined, column: Column, expectations: Expectations): PairedScores[] {
  if (milder?.family !== column.family || expectations[column.family] !== 'drop') return [];
  // Paraphrases are numbered, and no more than that.
  return column.family === 'paraphrase' ? [] : pairScores(milder.scores, column.scores);
}
