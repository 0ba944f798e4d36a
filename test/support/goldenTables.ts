import type { ColumnTable } from 'arquero';
import type { VoteMatrix } from '../../src/data/votes/agreementMeasures.js';
import { votesTable } from '../../src/data/votes/votes.js';

/** One of `annotation_tables` in golden/metrics.json: items x annotators. */
export interface GoldenTable {
  id: number;
  table: (number | null)[][];
  expected: { majority: (number | 'tie')[] };
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
