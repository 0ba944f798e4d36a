import { types } from 'node:util';
import { type Displayable, jupyterDisplay, type MimeBundle, mime } from '../../src/base/host.js';
import { htmlTable } from '../../src/base/htmlTable.js';
import { mostPictureBytes, pictureType } from '../../src/base/pictureType.js';
import { shown } from './errors.js';
import { folded } from './folded.js';
import { ownValue, plural, recordsOf, rowsShown, tableTexts } from './records.js';
import { textTable } from './textTable.js';

/** What an arquero table offers and this kernel uses. */
interface Table {
  numRows(): number;
  columnNames(): string[];
  objects(options: { limit: number }): object[];
  toHTML(): string;
}

/**
 * How the kernel shows a value: by the value's own `Symbol.for('Jupyter.display')` method; as a table, if it is one of arquero
 * or an array of records; as a picture, if it is the bytes of one; a Map or Set as Node prints it, to be opened;
 * anything else as Node prints it.
 */
export async function bundleOf(value: unknown): Promise<MimeBundle> {
  if (has<Displayable>(value, jupyterDisplay)) return checkedBundle(await value[jupyterDisplay]());
  if (has<Table>(value, 'toHTML') && has(value, 'columnNames')) return tableBundle(value);
  return { ...richForm(value), [mime.text]: shown(value) };
}

/**
 * How a value is shown that is given to `display`: as {@link bundleOf} does, but an object with a MIME type among its names
 * is meant as a bundle.
 * @throws {TypeError} where that is none, see {@link checkedBundle}
 */
export async function displayedBundle(value: unknown): Promise<MimeBundle> {
  return isMeantAsBundle(value) ? checkedBundle(value) : bundleOf(value);
}

/** MIME types that nobody gives to anything else. */
const knownType =
  /^(text\/(plain|html|markdown|latex|csv|css|javascript)|image\/(png|jpeg|gif|webp|bmp|svg\+xml)|(audio|video)\/(mp4|mpeg|ogg|webm|wav)|application\/(json|javascript|pdf|geo\+json|vnd\.\S+))$/;

function isMeantAsBundle(value: unknown): boolean {
  if (typeof value !== 'object' || value === null || types.isProxy(value) || has(value, jupyterDisplay))
    return false;
  const prototype = Object.getPrototypeOf(value);
  if (prototype !== null && prototype !== Object.prototype) return false;
  return Object.keys(value).some((name) => knownType.test(name));
}

/** What there is of a value besides its text. */
function richForm(value: unknown): MimeBundle {
  const picture =
    types.isUint8Array(value) && value.byteLength <= mostPictureBytes ? pictureType(value) : undefined;
  if (picture) return { [picture]: Buffer.from(value as Uint8Array).toString('base64') };
  const records = recordsOf(value);
  const html = records ? htmlTable(tableTexts(records)) : folded(value);
  return html === undefined ? {} : { [mime.html]: html };
}

/** Characters of HTML that a figure may have beside its data and its picture, which both hold the same. */
const mostFallback = 300_000;

/** Whether HTML only repeats a figure, at a length that would make files of notebooks large for nothing. */
const isLargeFallback = (bundle: object, type: string, value: unknown): boolean =>
  type === mime.html &&
  typeof value === 'string' &&
  value.length > mostFallback &&
  Object.hasOwn(bundle, mime.plotly) &&
  Object.hasOwn(bundle, mime.svg);

/**
 * A bundle that a notebook can hold: bytes become base64, as pictures want it; of a large figure the HTML is left out, in
 * whose place viewers without plotly show the picture.
 * @throws {TypeError} for what is not an object of MIME types, or a type whose value is neither text nor JSON
 */
export function checkedBundle(bundle: unknown): MimeBundle {
  if (typeof bundle !== 'object' || bundle === null || Array.isArray(bundle)) {
    throw new TypeError(
      `display: expected an object of MIME types, such as { 'text/html': '<b>1</b>' }, received ${shown(bundle)}`,
    );
  }
  const entries = Object.entries(bundle).filter(
    ([type, value]) => value !== undefined && !isLargeFallback(bundle, type, value),
  );
  const checked = entries.map(([type, value]) => [type, checkedValue(type, value)] as const);
  const isWhole =
    checked.length === Object.keys(bundle).length && checked.every(([, value], i) => value === entries[i][1]);
  return isWhole ? (bundle as MimeBundle) : Object.fromEntries(checked);
}

function checkedValue(type: string, value: unknown): unknown {
  if (!/^[^/\s]+\/[^/\s]+$/.test(type)) {
    throw new TypeError(`display: expected a MIME type such as text/html, received ${JSON.stringify(type)}`);
  }
  if (value instanceof ArrayBuffer) return Buffer.from(value).toString('base64');
  if (ArrayBuffer.isView(value))
    return Buffer.from(value.buffer, value.byteOffset, value.byteLength).toString('base64');
  if (/^application\/(.*\+)?json$/.test(type)) return value;
  if (typeof value === 'string') return value;
  // As notebook files hold text.
  if (Array.isArray(value) && value.every((line) => typeof line === 'string')) return value.join('');
  throw new TypeError(`display: expected text or bytes of ${type}, received ${shown(value)}`);
}

function has<T>(value: unknown, method: string | symbol): value is T {
  try {
    return typeof (value as Record<string | symbol, unknown> | null | undefined)?.[method] === 'function';
  } catch {
    return false; // a value that does not answer is printed
  }
}

/** Rows of a table that are printed as text. */
const printedRows = 20;

function tableBundle(table: Table): MimeBundle {
  const columns = table.columnNames();
  const objects = table.objects({ limit: rowsShown(columns.length) });
  const count = { rows: table.numRows(), columns: columns.length };
  const rows = objects.map((row) => columns.map((name) => ownValue(row, name)));
  const { note, ...texts } = tableTexts({ columns, rows, count });
  const size = `${plural(count.rows, 'row')}, ${plural(count.columns, 'column')}`;
  return {
    [mime.html]: htmlTable({ ...texts, note }),
    [mime.text]: `${textTable(objects.slice(0, printedRows), columns)}${size}`,
  };
}
