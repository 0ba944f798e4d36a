import { Console } from 'node:console';
import { Writable } from 'node:stream';
import { type Displayable, jupyterDisplay, type MimeBundle, mime } from '../../src/base/host.js';
import { escapeHtml } from '../../src/base/html.js';
import { shown } from './errors.js';

/** What an arquero table offers and this kernel uses. */
interface Table {
  numRows(): number;
  columnNames(): string[];
  objects(options: { limit: number }): object[];
  rename(names: Record<string, string>): Table;
  toHTML(options: { limit: number }): string;
}

/** Rows of a table that are shown. */
const rowLimit = 20;

/**
 * How the kernel shows a value: by the value's own `Symbol.for('Jupyter.display')` method, an arquero table as
 * HTML and text, anything else as Node prints it.
 */
export async function bundleOf(value: unknown): Promise<MimeBundle> {
  if (has<Displayable>(value, jupyterDisplay)) return checkedBundle(await value[jupyterDisplay]());
  if (has<Table>(value, 'toHTML') && has(value, 'columnNames')) return tableBundle(value);
  return { [mime.text]: shown(value) };
}

/**
 * A bundle that a notebook can hold: bytes become base64, as pictures want it.
 * @throws {TypeError} for what is no object of MIME types, or a type whose value is neither text nor JSON
 */
export function checkedBundle(bundle: unknown): MimeBundle {
  if (typeof bundle !== 'object' || bundle === null || Array.isArray(bundle)) {
    throw new TypeError(
      `display: expected an object of MIME types, such as { 'text/html': '<b>1</b>' }, received ${shown(bundle)}`,
    );
  }
  const entries = Object.entries(bundle).filter(([, value]) => value !== undefined);
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

function tableBundle(table: Table): MimeBundle {
  const size = `${table.numRows()} rows, ${table.columnNames().length} columns`;
  // toHTML escapes the cells but not the column names.
  const names = Object.fromEntries(table.columnNames().map((name) => [name, escapeHtml(name)]));
  const html = `${table.rename(names).toHTML({ limit: rowLimit })}<div><small>${size}</small></div>`;
  return { [mime.html]: html, [mime.text]: `${textTable(table.objects({ limit: rowLimit }))}${size}` };
}

function textTable(rows: object[]): string {
  let text = '';
  const stream = new Writable({
    write: (chunk, _encoding, done) => {
      text += chunk;
      done();
    },
  });
  new Console({ stdout: stream }).table(rows);
  return text;
}
