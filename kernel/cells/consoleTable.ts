import { types } from 'node:util';
import { type MimeBundle, mime } from '../../src/base/host.js';
import { htmlTable } from '../../src/base/htmlTable.js';
import { ownValue, rowsShown, sizeOf, tableTexts } from './records.js';
import { textTable } from './textTable.js';

/** What `console.table` is given, row by row. */
interface Rows {
  /** Names of the columns before the values: index, and key of a Map. */
  heads: string[];
  /** What stands in these, and the value, of the first rows. */
  first: { lead: unknown[]; value: unknown }[];
  count: number;
  /** The first rows as Node's own `console.table` takes them. */
  part: object;
  /** Whether records become columns. */
  isWide: boolean;
}

/**
 * What `console.table` does in a notebook: an output of its own, since a notebook breaks a wide table of text into pieces.
 * Its text is what Node prints, where that fits into a line.
 * @param show shows a bundle in the cell that calls
 */
export function consoleTable(show: (bundle: MimeBundle) => void): typeof console.table {
  return (data: unknown, properties?: readonly string[]) => {
    const rows = rowsOf(data);
    if (!rows) return console.log(data);
    const { heads, first, count, part, isWide } = rows;
    const isRecord = (value: unknown): value is object => isWide && isObject(value);
    const records = first.map(({ value }) => value).filter(isRecord);
    const names = [...(properties ?? new Set(records.flatMap((record) => Object.keys(record))))].map(String);
    const values = !properties && records.length < first.length ? ['Values'] : [];
    const columns = [...heads, ...names, ...values];
    const cells = first.map(({ lead, value }) =>
      isRecord(value)
        ? [...lead, ...names.map((name) => ownValue(value, name))]
        : [...lead, ...names.map(() => undefined), ...values.map(() => value)],
    );
    const texts = tableTexts({ columns, rows: cells, count: { rows: count, columns: columns.length } });
    const isWhole = first.length === count;
    const text = textTable(part, isWide ? names : [], properties);
    show({
      [mime.html]: htmlTable({ ...texts, note: isWhole ? undefined : texts.note }),
      [mime.text]: isWhole ? text : `${text}${texts.note}\n`,
    });
  };
}

const isObject = (value: unknown): value is object =>
  (typeof value === 'object' && value !== null && !types.isProxy(value)) || typeof value === 'function';

/** The rows of what can be a table; undefined for all else, which is printed. */
function rowsOf(data: unknown): Rows | undefined {
  if (typeof data !== 'object' || data === null || types.isProxy(data)) return undefined;
  const most = rowsShown(1);
  if (types.isMap(data)) {
    const all = [...take(Map.prototype.entries.call(data), most)];
    const first = all.map(([key, value], i) => ({ lead: [i, key], value }));
    return {
      heads: ['(iteration index)', 'Key'],
      first,
      count: sizeOf(data),
      part: new Map(all),
      isWide: false,
    };
  }
  if (types.isSet(data)) {
    const all = [...take(Set.prototype.values.call(data), most)];
    const first = all.map((value, i) => ({ lead: [i], value }));
    return { heads: ['(iteration index)'], first, count: sizeOf(data), part: new Set(all), isWide: false };
  }
  const isList = Array.isArray(data) || types.isTypedArray(data);
  const keys = isList ? [...take(Array.prototype.keys.call(data), most)] : Object.keys(data).slice(0, most);
  const first = keys.map((key) => ({ lead: [key], value: ownValue(data, key) }));
  const plain = first.map(({ lead: [key], value }) => [key, isObject(value) ? withoutGetters(value) : value]);
  return {
    heads: ['(index)'],
    first,
    count: isList ? data.length : Object.keys(data).length,
    part: isList ? plain.map(([, value]) => value) : Object.fromEntries(plain),
    isWide: true,
  };
}

/** A copy whose getters are named, and not run when it is printed. */
const withoutGetters = (record: object): object =>
  Object.fromEntries(Object.keys(record).map((name) => [name, ownValue(record, name)]));

function* take<T>(values: Iterable<T>, most: number): Iterable<T> {
  let left = most;
  if (left > 0)
    for (const value of values) {
      yield value;
      if (--left === 0) return;
    }
}
