import { readFileSync } from 'node:fs';
import type { Interval } from '../../../src/base/bootstrap.js';

/** What scipy and plain loops say; see makeComparisons.py. */
interface Effect {
  difference: Interval;
  p: number;
  hedgesG: Interval;
  cliffDelta: number;
  holm: number;
}

export const comparisons: {
  groups: Record<string, number[]>;
  byGroup: Record<string, Effect & { mean: Interval }>;
  againstA: Record<string, Effect>;
  paired: {
    first: number[];
    second: number[];
    difference: Interval;
    p: number;
    spearman: number;
    pearson: number;
  };
  prompts: { scores: number[]; prompts: string[]; intraclass: number };
  student: { t: number; degrees: number; p: number; quantile: number }[];
  holm: { p: number[]; adjusted: number[] };
} = JSON.parse(readFileSync(new URL('comparisons.json', import.meta.url), 'utf8'));
