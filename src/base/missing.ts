/** What is missing in a table or list: one rule for all that read or measure one. */

/** What files write where there is no value. */
const blanks = new Set(['', 'nan', '-nan', 'na', 'n/a', '#n/a', '<na>', 'null', 'none']);
/** The most characters of a blank without the spaces around it. */
export const longestBlank = 5;

/** Whether a value says that there is none. */
export function isMissing(value: unknown): boolean {
  if (typeof value === 'string') {
    // Numbers, and longer text without spaces around it: nearly all values of a large table.
    const first = value.charCodeAt(0);
    if (isDigit(first)) return false;
    if (value.length > longestBlank && isPrinted(first) && isPrinted(value.charCodeAt(value.length - 1)))
      return false;
    const text = value.trim();
    return text.length <= longestBlank && blanks.has(text.toLowerCase());
  }
  return value === undefined || value === null || Number.isNaN(value);
}

const isDigit = (code: number): boolean => code >= 48 && code <= 57;

/** Whether a character of ASCII is seen. */
export const isPrinted = (code: number): boolean => code > 32 && code < 127;

/** `left out: 3 rows without a score or a label`. @param names what each row has to have, such as `score` */
export function leftOutWords(rows: number, names: readonly string[]): string {
  const wanted = names.map((name) => `a ${name}`).join(' or ');
  return `left out: ${rows} ${rows === 1 ? 'row' : 'rows'} without ${wanted}`;
}
