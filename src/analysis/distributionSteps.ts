import { ordered } from '../base/argsort.js';

/** The distances between neighbouring values of two samples, in ascending order. */
export interface DistributionSteps {
  /** Distribution function of `a` minus that of `b` between the two values of each. */
  differences: Float64Array;
  /** How far these are apart. */
  widths: Float64Array;
}

/** Compares the distribution functions of two samples, neither of which is empty, where they are constant. */
export function distributionSteps(a: readonly number[], b: readonly number[]): DistributionSteps {
  const [{ sorted: sortedA }, { sorted: sortedB }] = [ordered(a), ordered(b)];
  const [lengthA, lengthB] = [sortedA.length, sortedB.length];
  const differences = new Float64Array(lengthA + lengthB - 1);
  const widths = new Float64Array(differences.length);
  let count = 0;
  let [i, j] = [0, 0];
  let value = Math.min(sortedA[0], sortedB[0]);
  while (true) {
    while (i < lengthA && sortedA[i] === value) i++;
    while (j < lengthB && sortedB[j] === value) j++;
    if (i === lengthA && j === lengthB) break;
    const ofB = j < lengthB && (i === lengthA || sortedB[j] < sortedA[i]);
    const next = ofB ? sortedB[j] : sortedA[i];
    differences[count] = i / lengthA - j / lengthB;
    widths[count++] = next - value;
    value = next;
  }
  return { differences: differences.subarray(0, count), widths: widths.subarray(0, count) };
}
