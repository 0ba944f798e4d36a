import type { ColumnTable } from 'arquero';
import type { VoteMatrix } from '../../src/data/votes/agreementMeasures.js';
import { votesTable } from '../../src/data/votes/votes.js';

/** One of `annotation_tables` in golden/metrics.json: items x annotators. */
export interface GoldenTable {
  id: number;
  table: (number | null)[][];
  positive_votes: number[];
  expected: {
    krippendorff_alpha_nominal: number;
    fleiss_kappa_all_items_with_2_or_more: { kappa: number };
    fleiss_kappa_complete_items: { kappa: number };
    raw_agreement_pooled_pairs: number;
    raw_agreement_item_mean: number;
    pairwise: Record<string, { items: number; agreement: number; cohen_kappa: number }>;
    majority: (number | 'tie')[];
  };
  dawid_skene?: Record<'converged' | 'after_10_iterations', GoldenDawidSkene>;
}

interface GoldenDawidSkene {
  class_prior: [number, number];
  /** [annotator][true class][given class]. */
  confusion: number[][][];
  posterior_positive: number[];
}

/** 1 as Pass, 0 as Fail. */
export function matrixOf(table: readonly (readonly (number | null)[])[]): VoteMatrix {
  return table.map((item) => item.map((vote) => (vote === null ? null : vote === 1)));
}

/** The table as votes on clips c0, c1, ... of annotators a0, a1, ... */
export function votesOfMatrix(matrix: VoteMatrix, dimension = 'physics'): ColumnTable {
  return votesTable(
    matrix.flatMap((item, i) =>
      item.flatMap((pass, j) =>
        pass === null ? [] : [{ clip: `c${i}`, annotator: `a${j}`, dimension, pass }],
      ),
    ),
  );
}
