const [minus, plus, point, zero] = [0x2d, 0x2b, 0x2e, 0x30];

/** The powers of ten that are numbers exactly, and their first 26 bits: products of halves are exact. */
const powers = Float64Array.from({ length: 23 }, (_, exponent) => Number(`1e${exponent}`));
const powersHigh = powers.map(firstHalf);

/** Digits that fit into either of the two parts of a number: any of up to nine do into 30 bits. */
const partDigits = 9;

/** Larger than the error of a correction, relative to it, by far. */
const slack = 2 ** -40;

/**
 * The numbers that plain decimals of ASCII stand for, as `Number` reads them: digits with or without a sign and a point,
 * up to 18 of them that count and up to 22 behind the point. NaN for any other text, and in rare cases where more digits would tell.
 * All are read in one loop: a number that a function returns is an object that has to be made.
 *
 * Up to 15 digits the number is a quotient of two that are exact, rounded once (Clinger 1990). Of more it is q + c, where
 * q is the rounded quotient and c what that leaves: the remainder of a division is exact (Dekker 1971). Where rounding
 * q + c does not hang on c's own error, it is the nearest number.
 */
export function decimalsIn(bytes: Uint8Array, starts: Uint32Array, ends: Uint32Array): Float64Array {
  const numbers = new Float64Array(starts.length).fill(Number.NaN);
  for (let i = 0; i < starts.length; i++) {
    const end = ends[i];
    const sign = bytes[starts[i]];
    let at = sign === minus || sign === plus ? starts[i] + 1 : starts[i];
    const first = at;
    let head = 0;
    let tail = 0;
    let digits = 0;
    let tailDigits = 0;
    let pointAt = -1;
    for (; at < end; at++) {
      const digit = bytes[at] - zero;
      if (digit >= 0 && digit <= 9) {
        if (digits < partDigits) {
          head = 10 * head + digit;
          if (head > 0) digits++;
        } else {
          tail = 10 * tail + digit;
          tailDigits++;
        }
      } else if (bytes[at] === point && pointAt < 0) pointAt = at;
      else break;
    }
    const behind = pointAt < 0 ? 0 : end - pointAt - 1;
    const hasDigits = end - first > (pointAt < 0 ? 0 : 1);
    if (at < end || !hasDigits || tailDigits > partDigits || behind >= powers.length) continue;
    const whole = head * powers[tailDigits];
    const high = whole + tail;
    const number =
      digits + tailDigits <= 15 ? high / powers[behind] : quotient(high, tail - (high - whole), behind);
    numbers[i] = sign === minus ? -number : number;
  }
  return numbers;
}

/** (high + low) / 10^exponent, rounded once; NaN where it may be either of two numbers. */
function quotient(high: number, low: number, exponent: number): number {
  const power = powers[exponent];
  const near = high / power;
  const product = near * power;
  const nearHigh = firstHalf(near);
  const nearLow = near - nearHigh;
  const powerHigh = powersHigh[exponent];
  const powerLow = power - powerHigh;
  const lost =
    nearHigh * powerHigh - product + nearHigh * powerLow + nearLow * powerHigh + nearLow * powerLow;
  const rest = (high - product - lost + low) / power;
  const error = slack * Math.abs(rest);
  const number = near + (rest - error);
  return number === near + (rest + error) ? number : Number.NaN;
}

/** The first 26 bits of a number (Veltkamp 1968). */
function firstHalf(number: number): number {
  const scaled = 134217729 * number; // 2^27 + 1
  return scaled - (scaled - number);
}
