import type { Interval } from '../base/bootstrap.js';

/** A number in three digits, without an exponent where it need not have one. */
export function short(value: number): string {
  const size = Math.abs(value);
  if (value === 0 || (size >= 1e-3 && size < 1e6)) return String(Number(value.toPrecision(3)));
  return value.toPrecision(3);
}

/** A value with its interval: 0.31 (0.2 to 0.4). */
export const withInterval = ({ value, low, high }: Interval): string =>
  Number.isNaN(low) || Number.isNaN(high)
    ? short(value)
    : `${short(value)} (${short(low)} to ${short(high)})`;

/** A p: 0.031, or that it is below 0.001. */
export const pWords = (p: number): string => (p < 0.001 ? 'p < 0.001' : `p = ${p.toFixed(3)}`);
