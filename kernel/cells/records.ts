import { inspect, types } from 'node:util';
import type { TableTexts } from '../../src/base/htmlTable.js';
import { attempt, textOf } from './errors.js';

/**
 * Of so many rows, columns and cells, at most, a table shows the first ones; of a text, so many characters. Of an object
 * with more properties, it says how many.
 */
const limit = { rows: 100, columns: 40, cells: 2000, text: 100, properties: 100 };

/** A table with less than this share of its cells filled is not a table: its rows are of different kinds. */
const leastFilled = 0.5;

/** The beginning of a table: rows as values by column, and how many rows and columns there are. */
export interface TableHead {
  columns: readonly string[];
  rows: readonly (readonly unknown[])[];
  count: { rows: number; columns: number };
}

/** How many rows are shown of a table with so many columns. */
export const rowsShown = (columns: number): number =>
  Math.min(limit.rows, Math.max(1, Math.floor(limit.cells / Math.max(1, Math.min(columns, limit.columns)))));

/**
 * An array of records as a table: plain objects that have most of their names in common. Nothing of the values is run: a
 * getter is named, and a proxy is not a record.
 * @returns undefined for all else
 */
export function recordsOf(value: unknown): TableHead | undefined {
  if (!Array.isArray(value) || types.isProxy(value) || value.length === 0) return undefined;
  const first: object[] = [];
  for (let i = 0; i < Math.min(value.length, limit.rows); i++) {
    const record = ownValue(value, i);
    if (!isRecord(record)) return undefined;
    first.push(record);
  }
  const names = new Set<string>();
  for (const record of first) for (const name of Object.keys(record)) names.add(name);
  const columns = [...names].slice(0, limit.columns);
  const rows = first
    .slice(0, rowsShown(columns.length))
    .map((record) => columns.map((name) => ownValue(record, name)));
  const filled = first.reduce((sum, record) => sum + Object.keys(record).length, 0);
  if (filled < leastFilled * first.length * names.size || names.size === 0) return undefined;
  return { columns, rows, count: { rows: value.length, columns: names.size } };
}

/** The texts of a table, and a line with its size. */
export function tableTexts({ columns, rows, count }: TableHead): TableTexts & { note: string } {
  const written = columns.slice(0, limit.columns);
  const size = `${plural(count.rows, 'row')}, ${plural(count.columns, 'column')}`;
  const hidden = [
    ...(rows.length < count.rows ? [`the first ${plural(rows.length, 'row')}`] : []),
    ...(written.length < count.columns ? [`the first ${plural(written.length, 'column')}`] : []),
  ];
  return {
    columns: written,
    cells: rows.map((row) => written.map((_, column) => writeCell(row[column]))),
    numeric: written.map((_, column) => isNumeric(rows.map((row) => row[column]))),
    note: hidden.length > 0 ? `${size}; shown: ${hidden.join(' and ')}` : size,
  };
}

/** A value in one short line, as a cell of a table has it. */
export function writeCell(value: unknown): string {
  if (value === undefined || value === null) return '';
  if (value === getter) return '[Getter]';
  if (typeof value === 'string') return shortened(value.slice(0, limit.text + 1));
  if (typeof value === 'number')
    return String(Number.isInteger(value) ? value : Number(value.toPrecision(6)));
  if (types.isDate(value)) return attempt(() => Date.prototype.toISOString.call(value)) ?? 'Invalid Date';
  return shortLine(value);
}

/** A value as Node prints it, in one line that is cut off where it is long; code of the value itself is not run. */
export function shortLine(value: unknown, most = limit.text): string {
  const [depth, maxArrayLength, maxStringLength] = [1, 10, most];
  const properties = propertyCount(value);
  if (properties > limit.properties) return `an object with ${plural(properties, 'property')}`;
  const options = {
    depth,
    maxArrayLength,
    maxStringLength,
    breakLength: Number.POSITIVE_INFINITY,
    compact: true,
  };
  const text = attempt(() => inspect(value, { ...options, customInspect: false }));
  return shortened(textOf(text ?? 'a value that cannot be shown').replace(/\s*\n\s*/g, ' '), most);
}

/** `1 row`, `2,000 rows`. */
export const plural = (count: number, noun: string): string =>
  `${count.toLocaleString('en')} ${count === 1 ? noun : `${noun}s`.replace(/ys$/, 'ies')}`;

/** The properties of an object that has no order of its own; 0 for all else. */
function propertyCount(value: unknown): number {
  if (typeof value !== 'object' || value === null || types.isProxy(value)) return 0;
  return Array.isArray(value) || ArrayBuffer.isView(value) ? 0 : Object.keys(value).length;
}

const shortened = (text: string, most = limit.text): string =>
  text.length > most ? `${text.slice(0, most - 1)}…` : text;

function isNumeric(values: readonly unknown[]): boolean {
  const known = values.filter((value) => value !== undefined && value !== null);
  return known.length > 0 && known.every((value) => typeof value === 'number' || typeof value === 'bigint');
}

function isRecord(value: unknown): value is object {
  if (typeof value !== 'object' || value === null || types.isProxy(value)) return false;
  const prototype = Object.getPrototypeOf(value);
  return prototype === null || prototype === Object.prototype;
}

/** A property of an object, without running a getter. */
export function ownValue(holder: object, name: string | number): unknown {
  const property = Object.getOwnPropertyDescriptor(holder, name);
  return property && !('value' in property) ? getter : property?.value;
}

/** Stands for what only a getter knows. */
const getter = Symbol('[Getter]');

/** How many entries a Map or Set has, whatever a subclass says. */
export const sizeOf = (value: ReadonlyMap<unknown, unknown> | ReadonlySet<unknown>): number =>
  Object.getOwnPropertyDescriptor(types.isMap(value) ? Map.prototype : Set.prototype, 'size')!.get!.call(
    value,
  );
