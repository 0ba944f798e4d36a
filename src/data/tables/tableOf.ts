import type { ColumnTable } from 'arquero';

/** An arquero table whose rows are known: `objects()` gives them with their types. */
export type TableOf<Row> = { objects(options?: Parameters<ColumnTable['objects']>[0]): Row[] } & ColumnTable;
