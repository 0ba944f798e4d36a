/** What files write where there is no value. */
const blanks = new Set(['', 'nan', 'na', 'n/a', 'null', 'none']);

/** The words of Pass (true) and Fail (false). */
const verdicts = new Map([
  ...['pass', 'true', 'yes', '1', '1.0'].map((word) => [word, true] as const),
  ...['fail', 'false', 'no', '0', '0.0'].map((word) => [word, false] as const),
]);

/** Whether a value says that there is none. */
export function isMissing(value: unknown): boolean {
  if (typeof value === 'string') return value.length <= 8 && blanks.has(value.trim().toLowerCase());
  return value === undefined || value === null || Number.isNaN(value);
}

/** Text of a value, trimmed; a number is written out. */
export function textOf(value: unknown): string {
  return typeof value === 'string' ? value.trim() : String(value);
}

/** A finite number, NaN where the value is missing; undefined where it is anything else. */
export function numberOf(value: unknown): number | undefined {
  if (typeof value === 'number') return Number.isFinite(value) || Number.isNaN(value) ? value : undefined;
  if (isMissing(value)) return Number.NaN;
  if (typeof value !== 'string' && typeof value !== 'bigint') return undefined;
  const number = Number(value);
  return Number.isFinite(number) ? number : undefined;
}

/** Pass (true) or Fail (false) in one of the usual words; undefined for any other value. */
export function verdictOf(value: unknown): boolean | undefined {
  return typeof value === 'boolean' ? value : verdicts.get(textOf(value).toLowerCase());
}

/** Whether all values that are there are numbers, and at least one is. */
export function isNumeric(values: readonly unknown[]): boolean {
  let found = false;
  for (const value of values) {
    const number = typeof value === 'boolean' ? undefined : numberOf(value);
    if (number === undefined) return false;
    if (!Number.isNaN(number)) found = true;
  }
  return found;
}

/** Whether all values that are there are words of Pass and Fail, and at least one is. */
export function isVerdict(values: readonly unknown[]): boolean {
  let found = false;
  for (const value of values) {
    if (isMissing(value)) continue;
    if (verdictOf(value) === undefined) return false;
    found = true;
  }
  return found;
}

/** A value as an error shows it. */
export const shown = (value: unknown): string =>
  typeof value === 'string' ? JSON.stringify(value) : String(value);
