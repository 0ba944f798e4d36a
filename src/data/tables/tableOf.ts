import type { ColumnTable } from 'arquero';

/** An arquero table whose rows are known: `objects()` and `array()` give them with their types. */
export type TableOf<Row> = {
  objects(options?: Parameters<ColumnTable['objects']>[0]): Row[];
  array<Name extends keyof Row & string>(name: Name): Row[Name][];
} & ColumnTable;
