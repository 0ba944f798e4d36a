import { escapeHtml } from './html.js';

/** What stands in a table, as texts. */
export interface TableTexts {
  columns: readonly string[];
  /** Row by row, a text for each column. */
  cells: readonly (readonly string[])[];
  /** By column, whether its values are numbers: they stand at the right, and are sorted as such. */
  numeric: readonly boolean[];
  caption?: string;
  /** A line below it. */
  note?: string;
}

const style = `<style>
.solireward-table th{cursor:pointer}
.solireward-table th[aria-sort=ascending]::after{content:" \\25b2"}
.solireward-table th[aria-sort=descending]::after{content:" \\25bc"}
</style>`;

/**
 * Sorts by the column whose head is clicked: up, down, and as it was. It listens once for all tables of a page, whether or not
 * they are there yet.
 */
const script = `<script>
(() => {
  if (window.solirewardTables) return;
  window.solirewardTables = true;
  const sort = (head) => {
    const [column, body] = [head.cellIndex, head.closest('table').tBodies[0]];
    const next = { ascending: 'descending', descending: 'none' };
    const order = next[head.getAttribute('aria-sort')] ?? 'ascending';
    for (const other of head.parentNode.cells) other.removeAttribute('aria-sort');
    if (order !== 'none') head.setAttribute('aria-sort', order);
    const isNumber = head.dataset.values === 'numbers';
    const rows = [...body.rows].map((row, i) => {
      const text = row.cells[column].textContent;
      return { row, at: (row.dataset.at ??= i), key: isNumber ? parseFloat(text.replaceAll(',', '')) : text };
    });
    const isBlank = ({ key }) => key === '' || Number.isNaN(key);
    const compare = (a, b) => isNumber ? a - b : a.localeCompare(b, undefined, { numeric: true });
    const sign = order === 'descending' ? -1 : 1;
    rows.sort((a, b) => (order === 'none' ? 0 : isBlank(a) - isBlank(b) || (isBlank(a) ? 0 : sign * compare(a.key, b.key)))
      || a.at - b.at);
    body.append(...rows.map(({ row }) => row));
  };
  const listen = (type, isMeant) => document.addEventListener(type, (event) => {
    const head = event.target.closest?.('table.solireward-table > thead th');
    if (!head || !isMeant(event)) return;
    event.stopPropagation();
    sort(head);
  }, true);
  listen('click', () => true);
  listen('keydown', ({ key }) => key === 'Enter');
})();
</script>`;

/** A table as HTML: sorted by a click on the head of a column where scripts run, and a plain table elsewhere. */
export function htmlTable({ columns, cells, numeric, caption, note }: TableTexts): string {
  const align = (column: number) => `style="text-align:${numeric[column] ? 'right' : 'left'}"`;
  const isSorted = cells.length > 1;
  const sorted = isSorted ? ' tabindex="0"' : '';
  const heads = columns.map((name, column) => {
    const values = numeric[column] ? ' data-values="numbers"' : '';
    return `<th${sorted}${values} ${align(column)}>${escapeHtml(name)}</th>`;
  });
  const rows = cells.map((row) => {
    const texts = row.map((text, column) => `<td ${align(column)}>${escapeHtml(text)}</td>`);
    return `<tr>${texts.join('')}</tr>`;
  });
  const title = caption ? `<caption style="text-align:left">${escapeHtml(caption)}</caption>` : '';
  const table = `<table${isSorted ? ' class="solireward-table"' : ''}>${title}<thead><tr>${heads.join('')}</tr></thead><tbody>${rows.join('')}</tbody></table>`;
  const below = note ? `<div><small>${escapeHtml(note)}</small></div>` : '';
  return `${isSorted ? style : ''}<div style="overflow-x:auto">${table}</div>${below}${isSorted ? script : ''}`;
}
