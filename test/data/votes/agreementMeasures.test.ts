import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import {
  completeFleissKappa,
  fleissKappa,
  krippendorffAlpha,
  meanItemAgreement,
  pairAgreement,
  rawAgreement,
} from '../../../src/data/votes/agreementMeasures.js';
import { goldenPath } from '../../support/goldenFolder.js';
import { type GoldenTable, matrixOf } from '../../support/goldenTables.js';

const exactly = { rtol: 1e-9, atol: 1e-9 };

describe('agreement of the golden tables', () => {
  const golden = JSON.parse(readFileSync(goldenPath('metrics.json'), 'utf8'));
  const tables = golden.annotation_tables as GoldenTable[];

  it.each(tables)('table $id', ({ table, expected }) => {
    const matrix = matrixOf(table);
    expect(krippendorffAlpha(matrix)).toBeAllclose(expected.krippendorff_alpha_nominal, exactly);
    expect(fleissKappa(matrix)).toBeAllclose(expected.fleiss_kappa_all_items_with_2_or_more.kappa, exactly);
    expect(completeFleissKappa(matrix)).toBeAllclose(expected.fleiss_kappa_complete_items.kappa, exactly);
    expect(rawAgreement(matrix)).toBeAllclose(expected.raw_agreement_pooled_pairs, exactly);
    expect(meanItemAgreement(matrix)).toBeAllclose(expected.raw_agreement_item_mean, exactly);
    for (const [pair, { items, agreement, cohen_kappa }] of Object.entries(expected.pairwise)) {
      const [first, second] = pair.split(',').map(Number);
      const found = pairAgreement(matrix, first, second);
      expect(found.items).toBe(items);
      expect([found.agreement, found.kappa]).toBeAllclose([agreement, cohen_kappa], exactly);
    }
  });
});

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
