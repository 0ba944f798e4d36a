import { readFileSync } from 'node:fs';

const read = (name: string) => JSON.parse(readFileSync(new URL(name, import.meta.url), 'utf8'));

/** Values of scipy, statsmodels and scikit-learn, made by makeReference.py. */
export interface Reference {
  correlations: {
    name: string;
    x: number[];
    y: number[];
    pearson: number | null;
    spearman: number | null;
    kendall: number | null;
  }[];
  classifications: {
    name: string;
    scores: number[];
    other: number[];
    labels: boolean[];
    averagePrecision: number;
    precision: number[];
    recall: number[];
    intercept: number;
    slope: number;
    brier: number;
    observed: number[];
    predicted: number[];
    tenths: { observed: number[]; predicted: number[] };
    ece: number;
    delong: { aucs: number[]; errors: number[]; error: number; z: number; p: number };
  }[];
  mcnemar: {
    onlyFirst: number;
    onlySecond: number;
    exactP: number;
    chiSquared: number;
    chiSquaredP: number;
  }[];
  drift: {
    name: string;
    before: number[];
    after: number[];
    distance: number;
    p: number;
    wasserstein: number;
    stability: number;
  }[];
  largeDrift: { distance: number; p: number };
  wilson: { hits: number; total: number; interval: [number, number] }[];
  advantages: { group: string; scores: number[]; advantages: number[] | null }[];
  seeds: {
    /** Value, low and high of the mean of the first, and of the mean difference. */
    cases: { first: number[]; second: number[]; mean: number[]; difference: number[] }[];
    /** Quantiles of Student's t by degrees of freedom, from 1. */
    student975: number[];
  };
}

export const reference: Reference = read('statistics.json');

/** Spearman and Kendall of scipy for each metric and dimension of FETV. */
export const fetvReference: {
  rows: { metric: string; dimension: string; clips: number; spearman: number; kendall: number }[];
} = read('fetv.json');
