import type { Interval } from '../base/bootstrap.js';

/** A number with three significant digits; undefined ones are a dash. */
export function number(value: number): string {
  if (Number.isNaN(value)) return '–';
  if (!Number.isFinite(value)) return value > 0 ? '∞' : '−∞';
  const text =
    value !== 0 && Math.abs(value) < 1e-3 ? value.toExponential(1) : String(Number(value.toPrecision(3)));
  return text.replace('-', '−');
}

/** A share as a percentage. */
export function percent(share: number): string {
  return Number.isNaN(share) ? '–' : `${(100 * share).toFixed(1)}%`;
}

/** A number of things, with commas; with a noun in singular or plural. */
export function count(things: number, noun?: string): string {
  const text = things.toLocaleString('en-US');
  if (noun === undefined) return text;
  return `${text} ${noun}${things === 1 ? '' : 's'}`;
}

/** A value with its 95% interval. */
export function interval({ value, low, high }: Interval, write: (value: number) => string = fixed): string {
  return Number.isNaN(low) || Number.isNaN(high)
    ? write(value)
    : `${write(value)} (${write(low)} to ${write(high)})`;
}

/** Three decimals, for values between −1 and 1. */
export function fixed(value: number): string {
  return Number.isNaN(value) ? '–' : value.toFixed(3).replace('-', '−');
}

/** A p-value. */
export function pValue(p: number): string {
  return p < 1e-4 ? 'p < 0.0001' : `p = ${p.toPrecision(2)}`;
}

/** A name that is too long for a legend or a cell, shortened. */
export function short(name: string, most = 32): string {
  return name.length <= most ? name : `${name.slice(0, most - 1)}…`;
}
