/** What is missing in a table or list: one rule for all that read or measure one. */

/** What files write where there is no value. */
const blanks = new Set(['', 'nan', '-nan', 'na', 'n/a', '#n/a', '<na>', 'null', 'none']);
const longestBlank = 5;

/** Whether a value says that there is none. */
export function isMissing(value: unknown): boolean {
  if (typeof value === 'string') {
    const text = value.trim();
    return text.length <= longestBlank && blanks.has(text.toLowerCase());
  }
  return value === undefined || value === null || Number.isNaN(value);
}

/** `left out: 3 rows without a score or a label`. @param names what each row has to have, such as `score` */
export function leftOutWords(rows: number, names: readonly string[]): string {
  const wanted = names.map((name) => `a ${name}`).join(' or ');
  return `left out: ${rows} ${rows === 1 ? 'row' : 'rows'} without ${wanted}`;
}
