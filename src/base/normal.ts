/** The 97.5% quantile of the standard normal distribution: a 95% interval is this many standard errors each way. */
export const normal975 = 1.959963984540054;

/**
 * P(|Z| >= |z|) of a standard normal Z, which is erfc(|z| / sqrt 2); NaN of NaN.
 * By the series of erf near 0 and the continued fraction of erfc beyond (Abramowitz and Stegun 7.1.6, 7.1.14).
 */
export function twoSidedP(z: number): number {
  const x = Math.abs(z) / Math.SQRT2;
  if (Number.isNaN(x)) return Number.NaN;
  return x < 2 ? 1 - erfSeries(x) : erfcFraction(x);
}

/** erf x = 2 exp(-x^2) / sqrt(pi) * sum over n of 2^n x^(2n + 1) / (1 * 3 * ... * (2n + 1)). */
function erfSeries(x: number): number {
  let term = x;
  let sum = x;
  for (let n = 1; term > sum * 1e-17; n++) {
    term *= (2 * x * x) / (2 * n + 1);
    sum += term;
  }
  return ((2 * Math.exp(-x * x)) / Math.sqrt(Math.PI)) * sum;
}

/** sqrt(pi) exp(x^2) erfc x = 1 / (x + (1/2) / (x + 1 / (x + (3/2) / (x + ...)))), from its 100th part inwards. */
function erfcFraction(x: number): number {
  let fraction = x;
  for (let n = 100; n >= 1; n--) fraction = x + n / 2 / fraction;
  return Math.exp(-x * x) / (Math.sqrt(Math.PI) * fraction);
}
