/**
 * The 97.5% quantile of Student's t, of any number of degrees of freedom above 0: a 95% interval of a mean is this many
 * standard errors each way. By bisection of `studentP`.
 */
export function student975(degrees: number): number {
  let [low, high] = [1.9, 13];
  while (studentP(high, degrees) > 0.05) high *= 2;
  for (let i = 0; i < 60; i++) {
    const middle = (low + high) / 2;
    if (studentP(middle, degrees) > 0.05) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}

/**
 * P(|T| >= |t|) of Student's t: I(x; degrees / 2, 1 / 2) with x = degrees / (degrees + t^2), the incomplete beta function
 * (Abramowitz and Stegun 26.7.1); NaN of NaN.
 */
export function studentP(t: number, degrees: number): number {
  if (Number.isNaN(t) || Number.isNaN(degrees)) return Number.NaN;
  const square = t * t;
  if (square === Number.POSITIVE_INFINITY) return 0;
  const [a, b] = [degrees / 2, 0.5];
  const x = degrees / (degrees + square);
  // The fraction converges fast below the mean of the distribution; above it the other side is computed.
  return x < (a + 1) / (a + b + 2) ? beta(x, a, b) : 1 - beta(square / (degrees + square), b, a);
}

/** The incomplete beta function by its continued fraction (Abramowitz and Stegun 26.5.8), from its front by Lentz's method. */
function beta(x: number, a: number, b: number): number {
  if (x === 0) return 0;
  const front =
    Math.exp(logGamma(a + b) - logGamma(a) - logGamma(b) + a * Math.log(x) + b * Math.log1p(-x)) / a;
  let [c, d] = [1, 1 / (1 - ((a + b) * x) / (a + 1))];
  let fraction = d;
  for (let m = 1; m <= 10_000; m++) {
    const even = (m * (b - m) * x) / ((a + 2 * m - 1) * (a + 2 * m));
    d = 1 / (1 + even * d);
    c = 1 + even / c;
    fraction *= d * c;
    const odd = (-(a + m) * (a + b + m) * x) / ((a + 2 * m) * (a + 2 * m + 1));
    d = 1 / (1 + odd * d);
    c = 1 + odd / c;
    const change = d * c;
    fraction *= change;
    if (Math.abs(change - 1) < 1e-15) break;
  }
  return front * fraction;
}

/** ln Γ(x) of x > 0: Stirling's series (Abramowitz and Stegun 6.1.41) at x + 10 or more, and back by Γ(x + 1) = x Γ(x). */
function logGamma(x: number): number {
  let [at, product] = [x, 1];
  for (; at < 10; at++) product *= at;
  const inverse = 1 / at;
  const square = inverse * inverse;
  const series =
    inverse * (1 / 12 - square * (1 / 360 - square * (1 / 1260 - square * (1 / 1680 - square / 1188))));
  return (at - 0.5) * Math.log(at) - at + Math.log(2 * Math.PI) / 2 + series - Math.log(product);
}
