/** A length of paper or screen: pixels, of which an inch has 96, or a number with its unit, such as '85mm'. */
export type Length = number | `${number}${'mm' | 'cm' | 'in' | 'pt' | 'px'}`;

const pixels = { mm: 96 / 25.4, cm: 96 / 2.54, in: 96, pt: 96 / 72, px: 1 };
/** No paper is wider, and no screen. */
const longest = 20_000;

/**
 * A length in pixels.
 * @throws {RangeError} that names operation and option, for no length, or one that is not above 0
 */
export function toPixels(operation: string, option: string, length: unknown): number {
  const [, number, unit] = /^([\d.]+) ?(mm|cm|in|pt|px)$/.exec(String(length)) ?? [];
  const value = typeof length === 'number' ? length : Number(number) * pixels[unit as keyof typeof pixels];
  if (value > 0 && value <= longest) return value;
  throw new RangeError(
    `${operation}: ${option}: expected pixels, or a length such as '85mm', '3.5in' or '240pt', above 0 and up to ` +
      `${longest} pixels; received ${typeof length === 'string' ? `'${length}'` : String(length)}`,
  );
}
