/** A column of a table: a list, or texts that are made when they are asked for. */
export interface Column extends Iterable<unknown> {
  readonly length: number;
  at(row: number): unknown;
}

/** The columns of a table by name, all of one length. Text formats give strings, the others what they hold. */
export type Columns = ReadonlyMap<string, Column>;
