import { describe, expect, it } from 'vitest';
import {
  fleissKappa,
  krippendorffAlpha,
  pairAgreement,
  rawAgreement,
} from '../../../src/data/votes/agreementMeasures.js';
import { matrixOf } from '../../support/goldenTables.js';

describe('agreement', () => {
  it('is 1 where annotators agree on clips of both kinds', () => {
    const matrix = matrixOf([
      [1, 1, 1],
      [0, 0, null],
    ]);
    expect([krippendorffAlpha(matrix), fleissKappa(matrix), rawAgreement(matrix)]).toEqual([1, 1, 1]);
    expect(pairAgreement(matrix, 0, 1)).toEqual({ items: 2, agreement: 1, kappa: 1 });
  });

  it('is undefined by chance-corrected measures where all votes are the same', () => {
    const matrix = matrixOf([
      [1, 1],
      [1, 1],
    ]);
    expect([krippendorffAlpha(matrix), fleissKappa(matrix), rawAgreement(matrix)]).toEqual([
      Number.NaN,
      Number.NaN,
      1,
    ]);
  });

  it('leaves out items of one vote', () => {
    const rows = [
      [1, 0],
      [1, 1],
      [0, 0],
    ];
    const more = [...rows, [null, 1], [null, null]];
    expect(krippendorffAlpha(matrixOf(more))).toBe(krippendorffAlpha(matrixOf(rows)));
    expect(fleissKappa(matrixOf(more))).toBe(fleissKappa(matrixOf(rows)));
  });
});
