import { from } from 'arquero';
import { describe, expect, it } from 'vitest';
import { Random } from '../../../src/base/random.js';
import { agreement } from '../../../src/data/votes/agreement.js';
import {
  fleissKappa,
  krippendorffAlpha,
  rawAgreement,
  type VoteMatrix,
} from '../../../src/data/votes/agreementMeasures.js';
import { votesTable } from '../../../src/data/votes/votes.js';
import { votesOfMatrix } from '../../support/goldenTables.js';

interface Measured {
  dimension: string;
  measure: string;
  value: number;
  low: number;
  high: number;
  clips: number;
  annotators: number;
}

/** Annotators who err with probability 0.2 and leave a fifth of the clips out. */
function noisyMatrix(clips: number, seed: number): VoteMatrix {
  const random = new Random(seed);
  return Array.from({ length: clips }, (_, i) =>
    Array.from({ length: 4 }, () => (random.chance(0.2) ? null : random.chance(0.2) !== (i % 2 === 0))),
  );
}

const rowsOf = (...input: Parameters<typeof agreement>) => agreement(...input).objects() as Measured[];

describe('agreement', () => {
  const matrix = noisyMatrix(80, 3);

  it('has a row for each dimension and measure, with the measures of the matrix', () => {
    const two = votesOfMatrix(matrix).concat(votesOfMatrix(noisyMatrix(30, 4), 'alignment'));
    const rows = rowsOf(two, { samples: 20 });
    expect(rows.map(({ dimension, measure }) => `${dimension} ${measure}`)).toEqual([
      "physics Krippendorff's alpha",
      "physics Fleiss' kappa",
      'physics raw agreement',
      "alignment Krippendorff's alpha",
      "alignment Fleiss' kappa",
      'alignment raw agreement',
    ]);
    expect(rows.slice(0, 3).map(({ value }) => value)).toBeAllclose(
      [krippendorffAlpha(matrix), fleissKappa(matrix), rawAgreement(matrix)],
      { rtol: 1e-12 },
    );
    const judged = matrix.filter((item) => item.filter((vote) => vote !== null).length > 1).length;
    expect(rows[0]).toMatchObject({ clips: judged, annotators: 4 });
    expect(rowsOf(two, { dimension: 'alignment', samples: 20 })).toEqual(rows.slice(3));
  });

  it('measures 60,000 clips, whose kinds it draws, with the interval that the deviation over clips gives', () => {
    const large = noisyMatrix(60_000, 5);
    const rows = rowsOf(votesOfMatrix(large), { samples: 2000 });
    expect(rows.map(({ value }) => value)).toBeAllclose(
      [krippendorffAlpha(large), fleissKappa(large), rawAgreement(large)],
      { rtol: 1e-9 },
    );
    // An interval shrinks by the root of the number of clips.
    const few = rowsOf(votesOfMatrix(large.slice(0, 6000)), { samples: 2000 });
    rows.forEach(({ value, low, high }, i) => {
      expect(low).toBeLessThan(value);
      expect(high).toBeGreaterThan(value);
      expect((few[i].high - few[i].low) / (high - low) / Math.sqrt(10)).toBeCloseTo(1, 0);
    });
  });

  it('has the interval of a bootstrap over clips', () => {
    const rows = rowsOf(votesOfMatrix(matrix), { samples: 4000, seed: 1 });
    const judged = matrix.filter((item) => item.filter((vote) => vote !== null).length > 1);
    const random = new Random(99);
    const drawn = Array.from({ length: 4000 }, () => judged.map(() => random.choice(judged)));
    [krippendorffAlpha, fleissKappa, rawAgreement].forEach((measure, i) => {
      const values = drawn.map(measure).sort((a, b) => a - b);
      const { value, low, high } = rows[i];
      expect([low, high]).toBeAllclose([values[100], values[3900]], { rtol: 0, atol: 0.02 });
      expect(low).toBeLessThan(value);
      expect(high).toBeGreaterThan(value);
    });
  });

  it('is the same for the same seed, and another for another', () => {
    const votes = votesOfMatrix(matrix);
    expect(rowsOf(votes, { seed: 5, samples: 50 })).toEqual(rowsOf(votes, { seed: 5, samples: 50 }));
    expect(rowsOf(votes, { seed: 5, samples: 50 })).not.toEqual(rowsOf(votes, { seed: 6, samples: 50 }));
  });

  it('is NaN for alpha and kappa where all votes are the same', () => {
    const [alpha, kappa, raw] = rowsOf(votesOfMatrix([[true, true]]));
    for (const { value, low, high } of [alpha, kappa])
      expect([value, low, high]).toEqual([Number.NaN, Number.NaN, Number.NaN]);
    expect([raw.value, raw.low, raw.high]).toEqual([1, 1, 1]);
  });

  it('refuses an unknown dimension, single votes, a wrong table and wrong samples', () => {
    const votes = votesOfMatrix(matrix);
    expect(() => agreement(votes, { dimension: 'taste' })).toThrow(
      'no vote is on the dimension "taste"; the table has physics',
    );
    const single = votesTable([{ clip: 'a', annotator: 'x', dimension: 'physics', pass: true }]);
    expect(() => agreement(single)).toThrow('no clip has the votes of two annotators on "physics"');
    expect(() => agreement(from([{ clip: 'a' }]))).toThrow(
      'agreement: the table has no column "annotator"; it has clip',
    );
    for (const samples of [0, 1.5, Number.NaN]) {
      expect(() => agreement(votes, { samples })).toThrow(/samples must be a whole number/);
    }
  });
});
