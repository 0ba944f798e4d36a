import type { Column, Columns } from '../data/tables/column.js';
import { readColumnFile } from '../data/tables/columnFile.js';
import { isMissing, shortened, textOf } from '../data/tables/vocabulary.js';
import type { Named } from './layouts.js';

/** A column of the file that a layout knows. */
export interface FoundColumn {
  name: string;
  values: Column;
}

/** The columns of a benchmark's file, asked for by what a layout calls them; it tells which were taken. */
export class LayoutColumns {
  readonly #taken: string[] = [];

  private constructor(
    /** The operation and the file, for errors. */
    readonly where: string,
    private readonly layout: string,
    private readonly columns: Columns,
    private readonly readNotes: readonly string[],
  ) {}

  /** @throws as `readColumns` */
  static async read(layout: string, where: string, file: string): Promise<LayoutColumns> {
    const { columns, notes } = await readColumnFile('benchmark.read', file);
    return new LayoutColumns(where, layout, columns, notes);
  }

  get rows(): number {
    return [...this.columns.values()][0].length;
  }

  /** The first of these that the file has. */
  find(names: Named): FoundColumn | undefined {
    const name = names.find((candidate) => this.columns.has(candidate));
    if (name === undefined) return undefined;
    this.#taken.push(name);
    return { name, values: this.columns.get(name) as Column };
  }

  /** @throws {Error} that names what the layout expects and what the file has */
  require(names: Named): FoundColumn {
    const found = this.find(names);
    if (found) return found;
    throw this.unlike(`a column ${names.join(' or ')}`);
  }

  /** Those of the columns that are there, by what the layout calls them. @throws {Error} where none is */
  some(columns: Readonly<Record<string, Named>>): [string, FoundColumn][] {
    const found = Object.entries(columns).flatMap(([key, names]): [string, FoundColumn][] => {
      const column = this.find(names);
      return column ? [[key, column]] : [];
    });
    if (found.length > 0) return found;
    const expected = Object.values(columns).map((names) => names.join(' or '));
    throw this.unlike(`at least one of the columns ${expected.join(', ')}`);
  }

  /** The file is not of the layout. */
  private unlike(expected: string): Error {
    const present = [...this.columns.keys()].map(shortened).join(', ');
    return new Error(
      `${this.where} is not in the layout of ${this.layout}: expected ${expected}; the file has ${present}`,
    );
  }

  /** Which columns were taken and which were not. */
  get notes(): string[] {
    const others = [...this.columns.keys()].filter((name) => !this.#taken.includes(name));
    return [
      ...this.readNotes,
      `columns taken: ${this.#taken.join(', ')}`,
      ...(others.length > 0 ? [`other columns: ${others.map(shortened).join(', ')}`] : []),
    ];
  }
}

/** Text of a cell; undefined where it is blank. */
export const textIn = (column: FoundColumn | undefined, row: number): string | undefined =>
  column === undefined || isMissing(column.values.at(row)) ? undefined : textOf(column.values.at(row));
