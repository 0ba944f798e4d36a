/** A column of a table: a list, or texts that are made when they are asked for. */
export interface Column extends Iterable<unknown> {
  readonly length: number;
  at(row: number): unknown;
}
