import { type Displayable, jupyterDisplay, type MimeBundle } from '../base/host.js';
import type { BenchmarkRow } from './measured.js';
import { noted } from './noted.js';

/** Pairs or clips that do not count, and why. */
export interface LeftOut {
  /** What people were asked. */
  dimension: string;
  /** How many are left out. */
  count: number;
  /** Why they are left out. */
  reason: string;
}

/** What a benchmark says of scores: it shows itself as a table, and is one JSON value. */
export class BenchmarkResult implements Displayable {
  constructor(
    /** As the benchmark's authors call it. */
    readonly name: string,
    /** A row for each dimension and rule. */
    readonly rows: readonly BenchmarkRow[],
    /** What does not count, and why; ties that a rule leaves out are not here. */
    readonly leftOut: readonly LeftOut[],
    /** What else is to be known of the rows. */
    readonly notes: readonly string[],
  ) {}

  toString(): string {
    return this.#shown().toString();
  }

  [jupyterDisplay](): MimeBundle {
    return this.#shown()[jupyterDisplay]();
  }

  #shown() {
    const several = new Set(this.rows.map(({ score }) => score)).size > 1;
    const cells = this.rows.map(({ dimension, score, metric, rule, n, ties, prompts, ...row }) => ({
      ...{ dimension, ...(several && { score }), metric, rule },
      ...{ value: fixed(row.value), '95% interval': `${fixed(row.low)} to ${fixed(row.high)}`, n },
      ...(ties !== undefined && { ties }),
      ...{ prompts, threshold: row.thresholds.map((value) => Number(value.toPrecision(4))).join(', ') },
    }));
    return noted(cells, this.name, [
      ...this.leftOut.map(({ dimension, count, reason }) => `${dimension}: ${count} left out: ${reason}`),
      ...this.notes,
    ]);
  }
}

const fixed = (value: number): string => (Number.isNaN(value) ? '–' : value.toFixed(4));
