import type { Interval } from '../base/bootstrap.js';
import type { Figure } from '../plot/figure.js';

/** A value that is drawn with its 95% interval, around a value that says nothing. */
export interface DrawnInterval extends Interval {
  nothing: number;
}

/** A cell of a table. */
export type Cell = string | number | DrawnInterval;

/** A correlation, or a difference of two shares, as a cell. */
export const aroundZero = (interval: Interval): DrawnInterval => ({ ...interval, nothing: 0 });

/** A share, such as the AUC, as a cell. */
export const aroundHalf = (interval: Interval): DrawnInterval => ({ ...interval, nothing: 0.5 });

/** A clip with a player, where its file is there. */
export interface ShownClip {
  id: string;
  path?: string;
  prompt?: string;
  group?: string;
  score: number;
  note: string;
}

/** What a section is made of. */
export type Part =
  | { kind: 'text'; text: string }
  | { kind: 'figure'; figure: Figure; title: string; text: string }
  | { kind: 'table'; header: string[]; rows: Cell[][]; text?: string }
  | { kind: 'clips'; title: string; clips: ShownClip[] };

/** A part of the report: what is shown, and its numbers for the JSON file. */
export interface Section {
  title: string;
  parts: Part[];
  values: object;
  /** Its main numbers in a few words, for a line of text. */
  headline?: string;
}
