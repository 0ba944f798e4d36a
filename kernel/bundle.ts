import { Console } from 'node:console';
import { Writable } from 'node:stream';
import { inspect } from 'node:util';
import { type Displayable, jupyterDisplay, type MimeBundle, mime } from '../src/notebook/contract.js';

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
  if (has<Displayable>(value, jupyterDisplay)) return value[jupyterDisplay]();
  if (has<Table>(value, 'toHTML') && has(value, 'columnNames')) return tableBundle(value);
  return { [mime.text]: inspect(value) };
}

function has<T>(value: unknown, method: string | symbol): value is T {
  return typeof (value as Record<string | symbol, unknown> | null | undefined)?.[method] === 'function';
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

const escapeHtml = (text: string): string =>
  text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
