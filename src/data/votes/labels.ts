import { type ColumnTable, table } from 'arquero';
import { type ClipFields, clipColumns } from '../tables/fields.js';
import type { TableOf } from '../tables/tableOf.js';

/** What the votes on a clip in one dimension were made into. */
export interface Label {
  clip: string;
  /** What is known of the clip besides its id. */
  fields: ClipFields;
  dimension: string;
  pass: boolean;
  /** From 0 to 1: share or posterior of the winning side. */
  confidence: number;
  /** How many there are. */
  votes: number;
}

/** A row of a table of labels. */
export interface LabelRow extends ClipFields {
  /** Id of the clip. */
  clip: string;
  /** What the label is about, such as `physics`. */
  dimension: string;
  /** The label: true is Pass. */
  pass: boolean;
  /** From 0 to 1: share or posterior of the winning side. */
  confidence: number;
  /** How many there are. */
  votes: number;
}

/** Labels of one dimension or several: an arquero table, and `of` for the rows of one. */
export type LabelTable = TableOf<LabelRow> & {
  /** The labels of one dimension. @throws Error naming the dimensions that there are. */
  of(dimension: string): LabelTable;
};

/** Gives a table of labels `of`; arquero's own verbs make plain tables of it again. */
export function withDimensions(labels: ColumnTable): LabelTable {
  const of = (dimension: string) => ofDimension(labels, dimension);
  return Object.defineProperty(labels, 'of', { value: of, configurable: true }) as LabelTable;
}

/** The labels of one dimension. @throws Error naming the dimensions that there are. */
export function ofDimension(labels: ColumnTable, dimension: string): LabelTable {
  const all = labels.reify();
  const names = Array.from(all.array('dimension') as ArrayLike<string>);
  const rows = names.flatMap((name, row) => (name === dimension ? [row] : []));
  if (rows.length === 0) {
    const present = [...new Set(names)].join(', ');
    throw new Error(`labels.of: no label is of the dimension "${dimension}"; the table has ${present}`);
  }
  return withDimensions(all.reify(rows));
}

/** A table with the columns `clip`, `dimension`, `pass`, `confidence`, `votes` (how many) and those known of clips. */
export function labelsTable(labels: readonly Label[]): LabelTable {
  const known = clipColumns.filter((column) => labels.some(({ fields }) => fields[column] !== undefined));
  const columns = {
    clip: labels.map(({ clip }) => clip),
    dimension: labels.map(({ dimension }) => dimension),
    pass: labels.map(({ pass }) => pass),
    confidence: labels.map(({ confidence }) => confidence),
    votes: labels.map(({ votes }) => votes),
    ...Object.fromEntries(known.map((column) => [column, labels.map(({ fields }) => fields[column])])),
  };
  const made = withDimensions(table(columns));
  labelsOfTables.set(made, labels);
  return made;
}

/** The labels of tables that were made of them: arquero changes no table that there is. */
const labelsOfTables = new WeakMap<ColumnTable, readonly Label[]>();

/** The labels that a table was made of, where it was made of labels: one a clip and dimension. */
export const labelsIn = (made: ColumnTable): readonly Label[] | undefined => labelsOfTables.get(made);
