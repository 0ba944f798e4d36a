import { shortened, shown } from './vocabulary.js';

/** Where a value stands: the operation and its file, the row from 0, the column. */
export interface Cell {
  where: string;
  row: number;
  column: string;
}

/** The error of a value in a table: where it is, what was expected there, and what is there. Rows are told from 1. */
export function cellError({ where, row, column }: Cell, expected: string, value: unknown): Error {
  const received = value === undefined ? 'nothing' : shown(value);
  return new Error(
    `${where} row ${row + 1}, column "${shortened(column)}": expected ${expected}, received ${received}`,
  );
}
