import { types } from 'node:util';
import { escapeHtml } from '../../src/base/html.js';
import { htmlTable } from '../../src/base/htmlTable.js';
import { plural, shortLine, sizeOf, tableTexts } from './records.js';

/** Entries that are shown of a Map or Set, and how far Maps and Sets in it are folded out of it. */
const limit = { entries: 100, depth: 3, all: 1000 };

/** A Map or Set as HTML that is folded: a line, and its entries below it when it is opened; undefined for all else. */
export function folded(value: unknown): string | undefined {
  return isCollection(value) ? fold(value, limit.depth, { left: limit.all }) : undefined;
}

type Collection = ReadonlyMap<unknown, unknown> | ReadonlySet<unknown>;

const isCollection = (value: unknown): value is Collection => types.isMap(value) || types.isSet(value);

/** @param budget how many more entries may be shown, of all that are in one another */
function fold(value: Collection, depth: number, budget: { left: number }): string {
  const entries: [unknown, unknown][] = [];
  // The built-in ones: a subclass may do anything when it is asked.
  const all = types.isMap(value) ? Map.prototype.entries.call(value) : Set.prototype.entries.call(value);
  for (const entry of all) {
    if (entries.length === limit.entries || budget.left === 0) break;
    budget.left--;
    entries.push(entry as [unknown, unknown]);
  }
  const line = `<summary style="cursor:pointer"><code>${escapeHtml(shortLine(value))}</code></summary>`;
  const isMap = types.isMap(value);
  const size = sizeOf(value);
  const columns = isMap ? ['key', 'value'] : ['value'];
  const rows = entries.map(([key, of]) => (isMap ? [key, of] : [of]));
  const inner = depth > 1 ? entries.map(([, of]) => of).filter(isCollection) : [];
  const table = htmlTable({
    ...tableTexts({ columns, rows, count: { rows: rows.length, columns: columns.length } }),
    note:
      size > rows.length
        ? `${plural(size, 'entry')}; shown: the first ${rows.length}`
        : plural(size, 'entry'),
  });
  const nested = inner.map((collection) => fold(collection, depth - 1, budget));
  return `<details>${line}<div style="margin-left:1em">${table}${nested.join('')}</div></details>`;
}
